import { createServer, type Server } from 'node:http'
import { createAdaptorServer } from '@hono/node-server'
import type { Context } from '../context.js'
import { createWeb } from './app.js'
import { createFeeds } from './feeds.js'

/** How long answers under way may take when the server stops, ms. */
const GRACE_MS = 3000
/** How often connections that have become idle are closed meanwhile, ms. */
const SWEEP_MS = 20

/** Listens on the port of the settings (0: any free one). Rejects when the port is taken. */
export async function serveWeb(context: Context): Promise<{ port: number; close(): Promise<void> }> {
  const feeds = createFeeds(context)
  const app = createWeb(context, feeds)
  const server = createAdaptorServer({ fetch: app.fetch, createServer }) as Server
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(context.config.port, context.config.host, () => {
      server.removeListener('error', reject)
      resolve()
    })
  })
  feeds.start()
  const listening = server.address()
  return {
    port: typeof listening === 'object' && listening !== null ? listening.port : context.config.port,
    async close() {
      const closed = new Promise<void>((resolve) => {
        server.close(() => resolve())
      })
      // Streams end here; what is being answered may finish.
      await feeds.close()
      // A connection that was busy now is idle once its answer is out, and would be kept alive for the whole grace.
      const sweep = setInterval(() => server.closeIdleConnections(), SWEEP_MS)
      const late = setTimeout(() => server.closeAllConnections(), GRACE_MS)
      await closed
      clearInterval(sweep)
      clearTimeout(late)
    },
  }
}
