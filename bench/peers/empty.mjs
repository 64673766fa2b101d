// The ceiling: the web server of ours with a handler that reads the body and answers.
import { Hono } from 'hono'
import { serveBench } from './serve.mjs'

const app = new Hono()
app.post('/chat/messages', async (c) => {
  await c.req.json()
  return c.json({ ok: true })
})
serveBench(app, async () => {})
