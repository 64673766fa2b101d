import { type Context as Call, Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Context } from '../../context.js'
import { storeFailure } from '../../store/errors.js'
import { Stopping } from '../../turns/turns.js'
import { WEBHOOK_LIMIT } from '../webhooks.js'

/** Zalo counts no answer within 2 s as a failure, and switches a webhook off that fails for hours, ms. */
const ANSWER_MS = 1700

/**
 * `POST /webhooks/zalo`: 200 once the event is stored. What is forged is answered 200 too, because the console saves an address only after
 * that, and may test it with something unsigned; it is counted, and nothing of it is kept. Only what Zalo is to bring again is no 200.
 */
export function zaloWebhookRoutes({ zalo, intake, counts, log }: Context): Hono {
  const app = new Hono()
  const refuse = (c: Call, status: 200 | 400 | 404 | 413, why: string) => {
    counts.event('zalo', `refused: ${why}`)
    return c.body(null, status)
  }
  const again = (c: Call, why: string) => {
    log.warn({ channel: 'zalo', failure: why }, 'webhook: not stored, Zalo brings it again')
    c.header('Retry-After', '5')
    return c.body(null, 503)
  }

  app.get('/zalo', (c) => c.body(null, 200))
  app.post('/zalo', bodyLimit({ maxSize: WEBHOOK_LIMIT, onError: (c) => refuse(c, 413, 'too large') }), async (c) => {
    if (!zalo) return refuse(c, 404, 'no webhook')
    const raw = new Uint8Array(await c.req.arrayBuffer())
    if (!zalo.verify(raw, c.req.header('x-zevent-signature')))
      return raw.length > 0 && !isJson(raw) ? refuse(c, 400, 'not JSON') : refuse(c, 200, 'signature')
    if (c.req.header('num_retry') !== undefined) counts.event('zalo', 'retry')
    try {
      const answer = await within(ANSWER_MS, intake.take(zalo, [raw]))
      return answer === 'slow' ? again(c, 'slow') : c.body(null, 200)
    } catch (error) {
      const failure = storeFailure(error)
      if (failure !== null || error instanceof Stopping) return again(c, failure ?? 'stopping')
      // A bug: delivered again it would fail again, until Zalo switches the webhook off for everybody.
      counts.event('zalo', 'dropped')
      log.error({ channel: 'zalo', err: error instanceof Error ? error.name : 'failed' }, 'webhook: dropped, it cannot be handled') // prettier-ignore
      return c.body(null, 200)
    }
  })
  return app
}

function isJson(raw: Uint8Array): boolean {
  try {
    JSON.parse(Buffer.from(raw).toString('utf8'))
    return true
  } catch {
    return false
  }
}

/** The work goes on behind a «slow»: what it stores after all is known by its id when it comes again. */
function within<T>(ms: number, work: Promise<T>): Promise<T | 'slow'> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<'slow'>((resolve) => {
    timer = setTimeout(() => resolve('slow'), ms)
  })
  work.catch(() => {})
  return Promise.race([work, late]).finally(() => clearTimeout(timer))
}
