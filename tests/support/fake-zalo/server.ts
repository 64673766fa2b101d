import { createHmac } from 'node:crypto'
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http'
import type { Fault, Faults } from './faults.js'
import { checkAccess, consent, giveTokens } from './oauth.js'
import { zbsRoutes, openapiRoutes, type Route } from './routes.js'
import { fieldsOf, Refusal, type Fields, type State } from './state.js'

/** Called after something was accepted and before it is answered. */
export type AfterAccept = () => Promise<void> | void

interface Reply {
  status: number
  type: string
  body: string
  headers?: Record<string, string>
}

const json = (value: unknown): Reply => ({ status: 200, type: 'application/json', body: JSON.stringify(value) })
const html = (status: number, words: string): Reply => ({
  status,
  type: 'text/html',
  body: `<html><body>${words}</body></html>`,
})

export function createFakeServer(state: State, faults: Faults, afterAccept: AfterAccept): Server {
  const minute = { start: 0, used: 0 }

  const api = async (
    req: IncomingMessage,
    url: URL,
    path: string,
    host: 'openapi' | 'zbs',
    raw: Buffer<ArrayBuffer>,
  ): Promise<Reply> => {
    const routes = host === 'openapi' ? openapiRoutes : zbsRoutes
    const route = routes[`${req.method} ${path}`]
    if (route === undefined) return html(404, 'empty or invalid API')
    const headers: Record<string, string> = {}
    try {
      if (url.searchParams.has('access_token')) throw new Refusal(-216, 'Access token is invalid')
      checkAccess(state, header(req, 'access_token'))
      checkProof(state, req, host)
      count(state, minute, headers)
      checkAccount(state, route)
      const data = await route.run(state, { ...input(req, url, raw, host), raw })
      await afterAccept()
      return { ...json({ data, error: 0, message: 'Success' }), headers }
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      state.refused.push(error.code)
      return { ...json({ error: error.code, message: error.message }), headers }
    }
  }

  const oauth = (req: IncomingMessage, url: URL, path: string, raw: Buffer): Reply => {
    try {
      if (req.method === 'GET' && path === '/v4/oa/permission') {
        return { ...html(302, ''), headers: { location: consent(state, url.searchParams) } }
      }
      if (req.method !== 'POST' || path !== '/v4/oa/access_token') return html(404, 'Not found')
      if (!header(req, 'content-type')?.startsWith('application/x-www-form-urlencoded')) throw new Refusal(-14_001)
      return json(giveTokens(state, header(req, 'secret_key'), new URLSearchParams(raw.toString('utf8'))))
    } catch (error) {
      if (!(error instanceof Refusal)) throw error
      const fields = { error_name: error.message, error_reason: error.message, error_description: '', ref_doc: '' }
      return json({ error: error.code, ...fields })
    }
  }

  return createServer((req, res) => {
    void answer(req, res).catch(() => res.destroy())
  })

  async function answer(req: IncomingMessage, res: ServerResponse): Promise<void> {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const url = new URL(req.url ?? '/', 'http://fake')
    const [, host = '', path = ''] = /^\/(openapi|oauth|zbs)(\/.*)$/.exec(url.pathname) ?? []
    const fault = faults.take(url.pathname)
    const made = async () => {
      if (host === '') return html(404, 'Not found')
      return host === 'oauth' ? oauth(req, url, path, raw) : await api(req, url, path, host as 'openapi' | 'zbs', raw)
    }
    const reply = fault === null || fault.accepted ? await made() : json({ error: 0, data: {} })
    if (fault !== null) await goWrong(fault, reply, res, faults)
    else write(res, state.oa.numericIds ? { ...reply, body: withNumbers(reply.body) } : reply)
  }
}

async function goWrong({ answer }: Fault, reply: Reply, res: ServerResponse, faults: Faults): Promise<void> {
  if (typeof answer === 'object') return write(res, json({ error: answer.code, message: `fault ${answer.code}` }))
  switch (answer) {
    case 'html-502':
      return write(res, html(502, 'Bad Gateway'))
    case 'http-429':
      return write(res, html(429, 'Too Many Requests'))
    case 'empty':
      return write(res, { status: 200, type: 'application/json', body: '' })
    case 'reset':
      res.destroy()
      return
    case 'cut':
      res.writeHead(200, { 'content-type': reply.type, 'content-length': Buffer.byteLength(reply.body) })
      res.write(reply.body.slice(0, Math.ceil(reply.body.length / 2)), () => res.destroy())
      return
    case 'hold':
      await faults.hold()
      write(res, reply)
  }
}

function write(res: ServerResponse, { status, type, body, headers }: Reply): void {
  if (res.destroyed) return
  res.writeHead(status, { 'content-type': `${type}; charset=utf-8`, ...headers })
  res.end(body)
}

/** GET takes one JSON text in `data` (openapi) or ordinary parameters (zbs); POST takes JSON, or a form for uploads. */
function input(req: IncomingMessage, url: URL, raw: Buffer, host: 'openapi' | 'zbs'): { fields: Fields; type: string } {
  const type = header(req, 'content-type') ?? ''
  if (req.method === 'GET' && host === 'zbs') return { fields: Object.fromEntries(url.searchParams), type }
  if (type.startsWith('multipart/form-data')) return { fields: {}, type }
  try {
    const text = req.method === 'GET' ? (url.searchParams.get('data') ?? '{}') : raw.toString('utf8')
    return { fields: fieldsOf(JSON.parse(text)), type }
  } catch {
    throw new Refusal(-201, 'body is invalid')
  }
}

function header(req: IncomingMessage, name: string): string | undefined {
  const value = req.headers[name]
  return typeof value === 'string' ? value : undefined
}

function checkProof({ app }: State, req: IncomingMessage, host: 'openapi' | 'zbs'): void {
  const proof = header(req, 'appsecret_proof')
  if (proof === undefined) return
  const right = createHmac('sha256', app.appSecret)
    .update(header(req, 'access_token') ?? '')
    .digest('hex')
  if (proof !== right) throw new Refusal(host === 'openapi' ? -242 : -1241, 'appsecret_proof is invalid')
}

/** So many requests a minute of the fake's clock. */
function count(state: State, minute: { start: number; used: number }, headers: Record<string, string>): void {
  const start = Math.floor(state.now() / 60_000)
  if (minute.start !== start) Object.assign(minute, { start, used: 0 })
  minute.used++
  headers['X-RateLimit-Limit'] = String(state.oa.ratePerMinute)
  headers['X-RateLimit-Remain'] = String(Math.max(0, state.oa.ratePerMinute - minute.used))
  if (minute.used > state.oa.ratePerMinute) throw new Refusal(-32, 'Rate limit exceeded')
}

/** What holds for the account as a whole. */
function checkAccount({ oa, now }: State, { permission }: Route): void {
  if (!oa.appActive) throw new Refusal(-209, 'App is not activated')
  if (oa.package === 'basic' || oa.packageValidThrough < now()) throw new Refusal(-224, 'OA package is too low')
  if (permission !== undefined && !oa.permissions.has(permission))
    throw new Refusal(-223, 'OA has not granted this API')
}

function withNumbers(body: string): string {
  return body.replace(/"(\w*_id)":"(\d{16,})"/g, '"$1":$2')
}
