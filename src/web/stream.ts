import { type Context as Call, Hono } from 'hono'
import { streamSSE } from 'hono/streaming'
import { type PageMessage, pageMessage } from '../channels/web/web.js'
import type { Context } from '../context.js'
import type { Feed, Feeds } from './feeds.js'
import { visitor } from './identity.js'

/** How often a quiet stream says that it is alive, so that no proxy cuts it, ms. */
const HEARTBEAT_MS = 15_000
/** How long a page without streams may wait for an answer, ms. */
const LONG_POLL_MS = 25_000
/** After how long a page comes back when its stream breaks, ms. */
const RETRY_MS = 2000

/** What a page learns first: how far the talk has come, and what time it is here. */
interface Ready {
  /** Number of the newest message, 0 before the first. */
  newest: number
  /** When that was, ms. */
  at: number
  now: number
}

/** `GET /chat/stream` (server-sent events) and `GET /chat/messages` (for browsers and networks that break streams). */
export function streamRoutes({ clock, log }: Context, feeds: Feeds): Hono {
  const app = new Hono()

  const ready = async (feed: Feed): Promise<Ready> => {
    const newest = await feed.newest()
    return { newest: newest?.n ?? 0, at: newest?.at ?? 0, now: clock() }
  }

  app.get('/stream', async (c) => {
    const feed = openFeed(c, feeds)
    if (feed instanceof Response) return feed
    let first: Ready
    try {
      first = await ready(feed)
    } catch (error) {
      feed.close()
      throw error
    }
    c.header('X-Accel-Buffering', 'no')
    return streamSSE(c, async (stream) => {
      stream.onAbort(() => feed.close())
      try {
        await stream.writeSSE({ event: 'ready', data: JSON.stringify(first), retry: RETRY_MS })
        let since = first.now
        let last = behind(c.req.header('last-event-id') ?? c.req.query('after'), first.newest)
        for (;;) {
          const rows = await feed.read(last)
          for (const row of rows) await stream.writeSSE({ id: String(row.n), data: JSON.stringify(pageMessage(row)) })
          last = rows.at(-1)?.n ?? last ?? 0
          if (rows.length > 0) continue
          for (const row of await feed.changed(since)) {
            // Without an id: the page comes back behind the newest message, not behind the newest change.
            await stream.writeSSE({ event: 'edit', data: JSON.stringify(pageMessage(row)) })
            since = row.editedAt
          }
          const what = await feed.wait(HEARTBEAT_MS)
          if (what === 'closed' || stream.aborted) return
          if (what === 'timeout') await stream.write(':\n\n')
        }
      } catch (error) {
        // The page comes back by itself and asks for what it has not seen.
        log.warn({ err: error instanceof Error ? error.message : String(error) }, 'stream: ended')
      } finally {
        feed.close()
      }
    })
  })

  app.get('/messages', async (c) => {
    const feed = openFeed(c, feeds)
    if (feed instanceof Response) return feed
    const gone = () => feed.close()
    c.req.raw.signal.addEventListener('abort', gone)
    try {
      const first = await ready(feed)
      const after = behind(c.req.query('after'), first.newest)
      let rows = await feed.read(after)
      if (rows.length === 0 && c.req.query('wait') === '1') {
        await feed.wait(LONG_POLL_MS)
        rows = await feed.read(after ?? 0)
      }
      const messages: PageMessage[] = rows.map(pageMessage)
      return c.json({ ...first, messages })
    } finally {
      c.req.raw.signal.removeEventListener('abort', gone)
      feed.close()
    }
  })

  return app
}

function openFeed(c: Call, feeds: Feeds): Feed | Response {
  c.header('Cache-Control', 'no-store')
  const address = visitor(c)
  if (address === null) return c.json({ error: 'cookie' }, 403)
  return feeds.open(address) ?? c.json({ error: 'too many pages' }, 429, { 'Retry-After': '30' })
}

/** The number that a page wants to go on from; null for a first look, and for a number from before the talk was erased. */
function behind(value: string | undefined, newest: number): number | null {
  if (value === undefined || !/^\d{1,7}$/.test(value)) return null
  return Number(value) <= newest ? Number(value) : null
}
