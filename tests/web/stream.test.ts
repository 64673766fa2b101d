import { createContext } from '../../src/context.js'
import { FEEDS_OF_ONE } from '../../src/web/feeds.js'
import { serveWeb } from '../../src/web/serve.js'
import { type Site, type Visitor, atFirstStep, openSite } from './site.js'

interface Event {
  event: string
  id: string | undefined
  data: { n?: number; text?: string; newest?: number }
}

/** A page's stream over a real port. */
class Stream {
  readonly #reader: ReadableStreamDefaultReader<Uint8Array>
  readonly #abort: AbortController
  #text = ''

  static async open(base: string, cookie: string, headers: Record<string, string> = {}, query = ''): Promise<Stream> {
    const abort = new AbortController()
    const response = await fetch(`${base}/chat/stream${query}`, {
      headers: { cookie, ...headers },
      signal: abort.signal,
    })
    if (!response.ok) throw new Error(String(response.status))
    if (response.headers.get('x-accel-buffering') !== 'no') throw new Error('a proxy may hold this stream back')
    return new Stream(response.body!.getReader() as ReadableStreamDefaultReader<Uint8Array>, abort)
  }

  constructor(reader: ReadableStreamDefaultReader<Uint8Array>, abort: AbortController) {
    this.#reader = reader
    this.#abort = abort
  }

  /** The next event; null at the end of the stream. */
  async next(): Promise<Event | null> {
    for (;;) {
      const end = this.#text.indexOf('\n\n')
      if (end >= 0) {
        const fields = new Map(
          this.#text
            .slice(0, end)
            .split('\n')
            .map((line) => [line.slice(0, line.indexOf(':')), line.slice(line.indexOf(':') + 2)]),
        )
        this.#text = this.#text.slice(end + 2)
        if (!fields.has('data')) continue
        return {
          event: fields.get('event') ?? 'message',
          id: fields.get('id'),
          data: JSON.parse(fields.get('data')!) as Event['data'],
        }
      }
      const { done, value } = await this.#reader.read()
      if (done) return null
      this.#text += Buffer.from(value).toString()
    }
  }

  close(): void {
    this.#abort.abort()
  }
}

let site: Site
let served: Awaited<ReturnType<typeof serveWeb>>
let base: string
let visitor: Visitor

beforeEach(async () => {
  site = await openSite()
  served = await serveWeb(site.context)
  base = `http://127.0.0.1:${served.port}`
  visitor = await site.visitor()
})
afterEach(async () => {
  await served.close()
  await site.close()
})

test('a page that opens before its first message hears the answer', async () => {
  const stream = await Stream.open(base, visitor.cookie)
  expect(await stream.next()).toMatchObject({ event: 'ready', data: { newest: 0 } })
  await fetch(`${base}/chat/messages`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', cookie: visitor.cookie, origin: base },
    body: JSON.stringify({ id: 'a', kind: 'start' }),
  })
  expect(await stream.next()).toMatchObject({ event: 'message', id: '1', data: { n: 1 } })
  stream.close()
})

test('a stream goes on behind Last-Event-ID, each message once, old ones first', async () => {
  await atFirstStep(visitor)
  const stream = await Stream.open(base, visitor.cookie, { 'last-event-id': '2' }, '?after=1')
  expect(await stream.next()).toMatchObject({ event: 'ready', data: { newest: 4 } })
  expect((await stream.next())!.id).toBe('3')
  expect((await stream.next())!.id).toBe('4')
  await visitor.choose('Tải xong rồi')
  expect((await stream.next())!.id).toBe('5')
  stream.close()
})

test('a first look brings the last 30 messages', async () => {
  await atFirstStep(visitor)
  for (let i = 0; i < 40; i++) await visitor.write('tiến độ')
  const stream = await Stream.open(base, visitor.cookie)
  await stream.next()
  expect((await stream.next())!.id).toBe('15')
  stream.close()
})

test('a page that was long away gets everything in order', async () => {
  await atFirstStep(visitor)
  for (let i = 0; i < 230; i++) await visitor.write('tiến độ')
  const stream = await Stream.open(base, visitor.cookie, {}, '?after=4')
  await stream.next()
  for (let n = 5; n <= 234; n++) expect((await stream.next())!.data.n).toBe(n)
  stream.close()
})

test('a number from before the talk was erased counts as a first look', async () => {
  await atFirstStep(visitor)
  const stream = await Stream.open(base, visitor.cookie, { 'last-event-id': '99' })
  await stream.next()
  expect((await stream.next())!.id).toBe('1')
  stream.close()
})

test('one visitor has four streams at most, and a closed one makes room', async () => {
  const open = []
  for (let i = 0; i < FEEDS_OF_ONE; i++) {
    const stream = await Stream.open(base, visitor.cookie)
    await stream.next()
    open.push(stream)
  }
  await expect(Stream.open(base, visitor.cookie)).rejects.toThrow('429')
  open[0]!.close()
  for (;;) {
    const next = await Stream.open(base, visitor.cookie).catch(() => null)
    if (!next) continue
    open.push(next)
    break
  }
  open.forEach((stream) => stream.close())
})

test('without a cookie there is no stream', async () => {
  await expect(Stream.open(base, '')).rejects.toThrow('403')
})

test('the way without streams waits for the next message', async () => {
  const step = await atFirstStep(visitor)
  const waiting = fetch(`${base}/chat/messages?wait=1&after=${step.n}`, { headers: { cookie: visitor.cookie } })
  while (!(await (await fetch(`${base}/metrics`)).text()).includes('ward_chat_feeds 1\n'));
  await visitor.write('tiến độ')
  const answer = (await (await waiting).json()) as { messages: { n: number }[] }
  expect(answer.messages.map(({ n }) => n)).toEqual([step.n + 1])
})

test('messages that another process wrote are found by looking', async () => {
  const step = await atFirstStep(visitor)
  const feed = site.feeds.open(await addressOfVisitor())!
  await feed.read(null)
  const other = createContext(site.context.config, { store: site.database.another(), log: site.context.log })
  await other.turns.accept({
    channel: 'web',
    externalId: 'elsewhere',
    address: await addressOfVisitor(),
    content: { kind: 'text', text: 'tiến độ' },
    at: step.at + 1,
    secrets: [],
  })
  await site.feeds.runOnce()
  expect(await feed.wait(0)).toBe('woken')
  expect((await feed.read(step.n)).map(({ n }) => n)).toEqual([step.n + 1])
  feed.close()
})

test('a stop ends the streams and frees the port', async () => {
  const stream = await Stream.open(base, visitor.cookie)
  await stream.next()
  await served.close()
  expect(await stream.next()).toBeNull()
  await expect(fetch(`${base}/healthz`)).rejects.toThrow('fetch failed')
})

test('a port that is taken stops the start', async () => {
  const config = { ...site.context.config, port: served.port }
  await expect(serveWeb({ ...site.context, config })).rejects.toMatchObject({ code: 'EADDRINUSE' })
})

async function addressOfVisitor(): Promise<string> {
  const [row] = await site.database.store.db.selectFrom('address').select('address').execute()
  return row!.address
}

test('a page that is joined to another talk hears it go on', async () => {
  await atFirstStep(visitor)
  const other = await site.visitor()
  await other.post({ id: 'o', kind: 'start', payload: '' })
  const stream = await Stream.open(base, other.cookie, {}, '?after=1')
  expect((await stream.next())!.event).toBe('ready')
  await visitor.write('/lienket')
  await site.context.requests.runOnce()
  await visitor.choose('Lấy mã ở đây')
  await site.context.requests.runOnce()
  const code = /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec((await visitor.newest()).text)![0]
  await other.write(`/lienket ${code}`)
  await site.context.requests.runOnce()
  let heard = ''
  while (!heard.includes('Đã nối xong')) heard = (await stream.next())!.data.text ?? ''
  expect(heard).toContain('Mình làm tiếp')
  stream.close()
})
