import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Faults } from './faults.js'
import { METHODS } from './methods.js'
import { Refusal, type State } from './state.js'

/** The Bot API on loopback. */
export interface BotApi {
  server: Server
  /** Resolves when a question for updates is open and everything before it is confirmed. */
  quiet(): Promise<void>
  /** Ends the open question with nothing. */
  endPolls(): void
}

export function createBotApi(state: State, faults: Faults): BotApi {
  let poll: { end: (answer: unknown) => void } | null = null
  let waiting: (() => void)[] = []

  /** Waits for updates as `getUpdates` does: one question at a time, none beside a webhook. */
  const getUpdates = async (params: Record<string, unknown>): Promise<unknown> => {
    if (state.webhook)
      throw new Refusal(409, "Conflict: can't use getUpdates method while webhook is active; use deleteWebhook to delete the webhook first") // prettier-ignore
    poll?.end(new Refusal(409, 'Conflict: terminated by other getUpdates request; make sure that only one bot instance is running')) // prettier-ignore
    const {
      offset = 0,
      limit = 100,
      timeout = 0,
      allowed_updates: kinds,
    } = params as {
      offset?: number
      limit?: number
      timeout?: number
      allowed_updates?: string[]
    }
    if (limit < 1 || limit > 100 || timeout < 0 || timeout > 50) throw new Refusal(400, 'Bad Request: out of range')
    state.pending = state.pending.filter(({ update }) => update.update_id >= offset)
    const due = () =>
      state.pending
        .map(({ update }) => update)
        .filter((update) => !kinds || kinds.some((kind) => kind in update))
        .slice(0, limit)
    if (due().length > 0 || timeout === 0) return due()
    let timer: NodeJS.Timeout | undefined
    const mine = { end: (_: unknown) => {} }
    const answer = await new Promise((resolve) => {
      mine.end = resolve
      poll = mine
      timer = setTimeout(() => resolve([]), timeout * 1000)
      state.onUpdate = () => resolve(due())
      void Promise.resolve().then(() => waiting.splice(0).forEach((go) => go()))
    })
    clearTimeout(timer)
    if (poll === mine) {
      poll = null
      state.onUpdate = () => {}
    }
    if (answer instanceof Refusal) throw answer
    return due()
  }

  const run = async (method: string, params: Record<string, unknown>): Promise<unknown> => {
    if (method === 'getUpdates') return getUpdates(params)
    const known = METHODS[method]
    if (!known) throw new Refusal(404, 'Not Found: method not found')
    return known(state, params)
  }

  const answer = async (req: IncomingMessage, res: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const [, token = '', method = ''] = /^\/bot([^/]+)\/(\w+)$/.exec(req.url ?? '') ?? []
    state.calls.set(method, (state.calls.get(method) ?? 0) + 1)
    if (!/^\d+:[\w-]+$/.test(token)) return refuse(res, new Refusal(404, 'Not Found'))
    if (token !== state.token) return refuse(res, new Refusal(401, 'Unauthorized'))
    const params =
      chunks.length === 0 ? {} : (JSON.parse(Buffer.concat(chunks).toString('utf8')) as Record<string, unknown>)
    const fault = faults.take(method)
    try {
      if (fault && 'refuse' in fault) {
        const { refuse: code, description = 'Too Many Requests', retryAfter } = fault
        throw new Refusal(code, description, retryAfter === undefined ? undefined : { retry_after: retryAfter })
      }
      const result = fault && !fault.accepted ? null : await run(method, params)
      const body = JSON.stringify({ ok: true, result })
      if (!fault) return json(res, 200, body)
      switch (fault.lost) {
        case 'reset':
          return void req.socket.resetAndDestroy()
        case 'cut':
          res.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) + 40 })
          // The connection stays open: nothing but a time limit notices.
          return void res.write(body.slice(0, 12))
        case 'hold':
          await faults.hold()
          return json(res, 200, body)
        case 'html-502':
          res.writeHead(502, { 'content-type': 'text/html' })
          return void res.end('<html><body><h1>502 Bad Gateway</h1></body></html>')
      }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      refuse(res, error)
    }
  }

  return {
    server: createServer((req, res) => void answer(req, res).catch(() => res.destroy())),
    quiet: () => {
      if (poll && state.pending.length === 0) return Promise.resolve()
      return new Promise((resolve) => {
        const look = () => (state.pending.length === 0 && poll ? resolve() : void waiting.push(look))
        waiting.push(look)
      })
    },
    endPolls: () => poll?.end([]),
  }
}

function json(res: ServerResponse, status: number, body: string): void {
  res.writeHead(status, { 'content-type': 'application/json' })
  res.end(body)
}

function refuse(res: ServerResponse, { code, message, parameters }: Refusal): void {
  json(
    res,
    code,
    JSON.stringify({ ok: false, error_code: code, description: message, ...(parameters ? { parameters } : {}) }),
  )
}
