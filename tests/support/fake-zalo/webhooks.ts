import { createHash } from 'node:crypto'
import type { State } from './state.js'

const RETRY_MS = [30_000, 300_000, 900_000, 1_800_000, 3_600_000] as const

export interface Delivery {
  event: string
  /** 0 for the first try; then the header `num_retry`. */
  retry: number
  /** null: no answer in time, or no connection. */
  status: number | null
  /** How long the answer took, real time. */
  tookMs: number
}

interface Waiting {
  name: string
  body: string
  retry: number
  dueAt: number
}

export interface DeliverOptions {
  /** Numbers in [0, 1): given, the order is shuffled by them. */
  shuffle?: () => number
  /** How often each event is sent. */
  copies?: number
  /** How many at a time. */
  parallel?: number
}

/** Sends what happened to the bot's webhook: signed, at least once, tried again by the fake's clock, and switched off after the last try. */
export class Webhooks {
  url: string | null = null
  /** Zalo wants its 200 within this time. */
  answerWithinMs = 2000
  enabled = true
  readonly deliveries: Delivery[] = []
  #waiting: Waiting[] = []
  readonly #state: State

  constructor(state: State) {
    this.#state = state
  }

  /** How many events wait, due or not. */
  get waiting(): number {
    return this.#waiting.length
  }

  /** Puts an event into the queue; `timestamp` and `app_id` are filled in. */
  queue(name: string, fields: Record<string, unknown>): void {
    const { app, now } = this.#state
    const body = JSON.stringify({ app_id: app.appId, ...fields, event_name: name, timestamp: String(now()) })
    this.#waiting.push({ name, body: this.#withIds(body), retry: 0, dueAt: now() })
  }

  /** The bodies of what waits, to be sent by hand. */
  pendingBodies(): string[] {
    return this.#waiting.map(({ body }) => body)
  }

  /** Forgets what waits, as if the webhook had been down for good. */
  drop(): void {
    this.#waiting = []
  }

  /** Sends everything that is due, and what becomes due meanwhile; what fails waits for its next time. */
  async deliver({ shuffle, copies = 1, parallel = 1 }: DeliverOptions = {}): Promise<Delivery[]> {
    const done: Delivery[] = []
    const due = this.#waiting.filter(({ dueAt }) => dueAt <= this.#state.now())
    this.#waiting = this.#waiting.filter((one) => !due.includes(one))
    const posts = due.flatMap((one) => Array.from({ length: copies }, (_, copy) => ({ one, first: copy === 0 })))
    if (shuffle) shuffled(posts, shuffle)
    const work = async () => {
      for (let next = posts.shift(); next !== undefined; next = posts.shift()) {
        if (!this.enabled) continue
        const delivery = await this.#post(next.one)
        done.push(delivery)
        if (delivery.status !== 200 && next.first) this.#again(next.one)
      }
    }
    await Promise.all(Array.from({ length: parallel }, work))
    this.deliveries.push(...done)
    return done
  }

  /** Posts any body, as a forger would; gives the HTTP status, or null. */
  async post(body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}): Promise<number | null> {
    if (this.url === null) throw new Error('the fake Zalo has no webhook address')
    try {
      const signal = AbortSignal.timeout(this.answerWithinMs)
      const response = await fetch(this.url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', ...headers },
        body,
        signal,
      })
      await response.arrayBuffer()
      return response.status
    } catch {
      return null
    }
  }

  /** The header's value for a body. */
  sign(body: string): string {
    const { app } = this.#state
    const timestamp = /"timestamp":"?(\d+)/.exec(body)?.[1] ?? ''
    return `mac=${createHash('sha256')
      .update(app.appId + body + timestamp + app.oaSecret)
      .digest('hex')}`
  }

  async #post({ name, body, retry }: Waiting): Promise<Delivery> {
    const started = performance.now()
    const headers = { 'X-ZEvent-Signature': this.sign(body), ...(retry > 0 ? { num_retry: String(retry) } : {}) }
    const status = await this.post(body, headers)
    return { event: name, retry, status, tookMs: performance.now() - started }
  }

  #again(one: Waiting): void {
    const wait = RETRY_MS[one.retry]
    if (wait === undefined) this.enabled = false
    else this.#waiting.push({ ...one, retry: one.retry + 1, dueAt: this.#state.now() + wait })
  }

  #withIds(body: string): string {
    return this.#state.oa.numericIds ? body.replace(/"id":"(\d{16,})"/g, '"id":$1') : body
  }
}

function shuffled<T>(list: T[], random: () => number): void {
  for (let i = list.length - 1; i > 0; i--) {
    const j = Math.floor(random() * (i + 1))
    ;[list[i], list[j]] = [list[j] as T, list[i] as T]
  }
}
