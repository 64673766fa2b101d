import { createHash, timingSafeEqual } from 'node:crypto'
import { type Context as Call, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Context } from '../context.js'
import { storeFailure } from '../store/errors.js'
import { Stopping } from '../turns/turns.js'

/** The largest event that is read: Telegram's have a few kilobytes. */
export const WEBHOOK_LIMIT = 1024 * 1024

/** `POST /webhooks/telegram`: answered once the event is stored. Everything that is refused is counted, and nothing of it is kept. */
export function webhookRoutes({ config, telegram, intake, counts, log }: Context): Hono {
  const app = new Hono()
  const refuse = (c: Call, status: 400 | 401 | 404 | 413, why: string) => {
    counts.event('telegram', `refused: ${why}`)
    return c.json({ error: why }, status)
  }

  app.post(
    '/telegram',
    async (c, next) => {
      const secret = config.telegram?.webhookSecret
      if (secret === undefined) return refuse(c, 404, 'no webhook')
      if (!same(c.req.header('x-telegram-bot-api-secret-token') ?? '', secret)) return refuse(c, 401, 'secret')
      return next()
    },
    bodyLimit({ maxSize: WEBHOOK_LIMIT, onError: (c) => refuse(c, 413, 'too large') }),
    async (c) => {
      let event: unknown
      try {
        event = JSON.parse(await c.req.text())
      } catch (error) {
        if (!(error instanceof SyntaxError)) throw error
        return refuse(c, 400, 'not JSON')
      }
      try {
        const [taken] = await intake.take(telegram!, [event])
        return taken === 'refused' ? c.json({ error: 'not an update' }, 400) : c.json({})
      } catch (error) {
        const failure = storeFailure(error)
        if (failure === null && !(error instanceof Stopping)) throw error
        log.warn({ channel: 'telegram', failure }, 'webhook: not stored, Telegram brings it again')
        c.header('Retry-After', '5')
        return c.json({ error: 'not stored' }, 503)
      }
    },
  )
  return app
}

/** Equal, in a time that says nothing about where they differ. */
function same(a: string, b: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest()
  return timingSafeEqual(digest(a), digest(b))
}
