import { Hono } from 'hono'
import type { Context } from '../context.js'
import { storeFailure } from '../store/errors.js'
import { countDead, countDeferred } from '../store/inbox.js'
import { countFailed, countWaiting } from '../store/sending.js'
import { countOnContact } from '../store/waiting.js'
import type { Feeds } from './feeds.js'
import type { Metrics } from './metrics.js'

/** How long the database may take to answer, ms. */
const ANSWER_MS = 1000

/** `GET /healthz`, `/readyz`, `/metrics`: for the watchdog, the load balancer and Prometheus; no word about any person. */
export function healthRoutes({ store, counts }: Context, feeds: Feeds, metrics: Metrics): Hono {
  const app = new Hono()

  app.get('/healthz', (c) => c.json({ alive: true }))

  app.get('/readyz', async (c) => {
    const reason = await within(ANSWER_MS, countDeferred(store.db)).then(
      (answer) => (answer === 'slow' ? 'slow' : null),
      (error: unknown) => storeFailure(error) ?? 'unknown',
    )
    return reason === null ? c.json({ ready: true }) : c.json({ ready: false, reason }, 503)
  })

  app.get('/metrics', async (c) => {
    const count = async (asked: Promise<number>) => {
      const answer = await within(ANSWER_MS, asked).catch(() => null)
      return typeof answer === 'number' ? answer : null
    }
    const asked = [countDead, countDeferred, countWaiting, countFailed, countOnContact].map((figure) =>
      count(figure(store.db)),
    )
    const [dead = null, deferred = null, waiting = null, failed = null, onContact = null] = await Promise.all(asked)
    const { rss, heapUsed } = process.memoryUsage()
    const body = metrics.text({
      inbox_dead: { help: 'Messages that were put aside because their turn failed.', value: dead },
      inbox_deferred: { help: 'Messages whose answer is still being worked out.', value: deferred },
      outbox_waiting: { help: 'Messages that still have to leave for an app.', value: waiting },
      outbox_on_contact: { help: 'Messages that leave when their resident writes again.', value: onContact },
      outbox_failed: { help: 'Messages that no app will take: given up.', value: failed },
      database_up: { help: 'Whether the database answered just now.', value: dead === null ? 0 : 1 },
      chat_feeds: { help: 'Chat pages that listen to this process.', value: feeds.count() },
      process_resident_memory_bytes: { help: 'Memory of the process.', value: rss },
      process_heap_used_bytes: { help: 'Memory in use by JavaScript.', value: heapUsed },
      process_uptime_seconds: { help: 'Seconds since the start.', value: Math.round(process.uptime()) },
    })
    return c.text(body + counts.text(), 200, { 'Content-Type': 'text/plain; version=0.0.4; charset=utf-8' })
  })

  return app
}

function within<T>(ms: number, work: Promise<T>): Promise<T | 'slow'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), ms)
  })
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
