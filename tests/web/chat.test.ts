import { openSqlite } from '../../src/store/open.js'
import { MONDAY, type Site, atFirstStep, openSite } from './site.js'

let site: Site
beforeEach(async () => {
  site = await openSite()
})
afterEach(() => site.close())

const count = async (table: 'contact' | 'inbox' | 'outbox' | 'ledger'): Promise<number> => {
  const [row] = await site.database.store.db
    .selectFrom(table)
    .select(({ fn }) => fn.countAll<number>().as('n'))
    .execute()
  return Number(row!.n)
}

/** Sees to it that the next writes find no room; returns how to make room again. */
async function fillDisk(): Promise<() => void> {
  const store = site.database.store
  const pragma = (text: string) =>
    store.db.executeQuery({ sql: text, parameters: [], query: {} as never, queryId: {} as never })
  const { rows } = await pragma('pragma page_count')
  const pages = (rows[0] as { page_count: number }).page_count
  await pragma(`pragma max_page_count = ${pages}`)
  return () => void pragma('pragma max_page_count = 1000000')
}

describe('posting a message', () => {
  test('looking at the page makes no contact, the first message does', async () => {
    const visitor = await site.visitor()
    expect(visitor.page).toContain('Tổng đài phường Hoa Sen')
    expect(await visitor.read()).toMatchObject({ newest: 0, messages: [] })
    expect(await count('contact')).toBe(0)
    await visitor.post({ id: 'a', kind: 'start' })
    expect(await count('contact')).toBe(1)
    expect((await visitor.newest()).text).toContain('không bao giờ hỏi')
  })

  test('a resident walks from the poster into the guide by taps', async () => {
    const visitor = await site.visitor()
    const step = await atFirstStep(visitor)
    expect(step.text).toContain('○○○○○○○○')
    const next = await visitor.choose('Tải xong rồi')
    expect(next.n).toBe(step.n + 1)
    expect(next.text).not.toBe(step.text)
    expect(await count('ledger')).toBe(2)
  })

  test('numbers and words are answers too', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const { said, kind } = await visitor.write('xong roi')
    expect(kind).toBe('handled')
    expect((await visitor.newest()).n).toBe(said)
    await visitor.write('1')
    expect(await count('ledger')).toBe(3)
  })

  test('the same id again is the same message: nothing happens twice', async () => {
    const visitor = await site.visitor()
    const step = await atFirstStep(visitor)
    const tap = { id: 'once', kind: 'tap', data: step.options[0]!.data }
    const first = await visitor.post(tap)
    const again = await visitor.post(tap)
    expect(first.body.kind).toBe('handled')
    expect(again.body).toMatchObject({ kind: 'duplicate', said: first.body.said })
    expect(await count('ledger')).toBe(2)
  })

  test('two visitors may make the same id', async () => {
    const [one, other] = [await site.visitor(), await site.visitor()]
    expect((await one.post({ id: 'x', kind: 'start' })).body.kind).toBe('handled')
    expect((await other.post({ id: 'x', kind: 'start' })).body.kind).toBe('handled')
  })

  test.each([['999:agree::'], ['1:finish:vneid-level-1:8'], ['../../etc/passwd'], ['💣'], ['x'.repeat(20_000)]])(
    'a forged button moves nobody and is answered',
    async (data) => {
      const visitor = await site.visitor()
      const step = await atFirstStep(visitor)
      const { status } = await visitor.post({ id: 'forged', kind: 'tap', data })
      expect(status).toBe(200)
      expect((await visitor.newest()).n).toBe(step.n + 1)
      expect(await count('ledger')).toBe(1)
    },
  )

  test('an old button is explained and moves nobody', async () => {
    const visitor = await site.visitor()
    const step = await atFirstStep(visitor)
    await visitor.choose('Tải xong rồi')
    await visitor.post({ id: 'old', kind: 'tap', data: step.options[0]!.data })
    expect((await visitor.newest()).text).toContain('tin cũ')
    expect(await count('ledger')).toBe(2)
  })

  test('10,000 characters get one sentence, not a refusal', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const { status } = await visitor.post({ id: 'long', kind: 'text', text: 'ẫ'.repeat(10_000) })
    expect(status).toBe(200)
    expect((await visitor.newest()).text).toContain('Tin dài quá')
    expect(site.bytes()).not.toContain(Buffer.from('ẫ'.repeat(50)).toString('latin1'))
  })

  test.each(['🙂🙂🙂', '👍', '   ', '\u0000'])('emoji or blanks alone (%j) are answered', async (text) => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const { status } = await visitor.post({ id: 'emoji', kind: 'text', text })
    expect(status).toBe(200)
    expect((await visitor.newest()).options.length).toBeGreaterThan(0)
    expect(await count('ledger')).toBe(1)
  })

  test('50 messages at once keep their order, move nobody twice, and none is lost', async () => {
    const visitor = await site.visitor()
    const step = await atFirstStep(visitor)
    const before = await count('inbox')
    const data = step.options[0]!.data
    const posted = await Promise.all(
      Array.from({ length: 50 }, (_, i) => visitor.post({ id: `burst${i}`, kind: 'tap', data })),
    )
    expect(posted.map(({ status }) => status)).toEqual(Array(50).fill(200))
    expect(posted.map(({ body }) => body.said)).toEqual(Array.from({ length: 50 }, (_, i) => step.n + 1 + i))
    expect(await count('inbox')).toBe(before + 50)
    expect(await count('ledger')).toBe(2)
    const { newest } = await visitor.read()
    expect(newest).toBe(step.n + 50)
  })

  test('the flood guard asks once for patience and keeps every message', async () => {
    await site.close()
    site = await openSite({}, { floodLimit: 30 })
    const visitor = await site.visitor()
    await Promise.all(
      Array.from({ length: 50 }, (_, i) => visitor.post({ id: `flood${i}`, kind: 'text', text: 'alo' })),
    )
    expect(await count('inbox')).toBe(50)
    expect((await visitor.newest()).text).toContain('nhanh quá')
    expect(await count('outbox')).toBe(31)
  })
})

describe('what is refused', () => {
  test.each([
    ['nothing at all', '', /JSON/],
    ['half of a JSON', '{"id":"a","kind"', /JSON/],
    ['a list', [], /whole body/],
    ['no id', { kind: 'text', text: 'xong' }, /Field id:/],
    ['an id of blanks', { id: ' ', kind: 'text', text: 'xong' }, /Field id:/],
    ['a long id', { id: 'i'.repeat(65), kind: 'text', text: 'xong' }, /Field id:/],
    ['an unknown kind', { id: 'a', kind: 'picture' }, /Field kind: must be text, tap or start/],
    ['a text that is a number', { id: 'a', kind: 'text', text: 1 }, /Field text:/],
    ['an empty text', { id: 'a', kind: 'text', text: '' }, /Field text: is empty/],
    ['a tap without data', { id: 'a', kind: 'tap' }, /Field data:/],
    ['seen below zero', { id: 'a', kind: 'text', text: 'xong', seen: -1 }, /Field seen:/],
  ])('%s: 400 with a sentence', async (_label, body, sentence) => {
    const visitor = await site.visitor()
    const answer = await visitor.post(body)
    expect(answer.status).toBe(400)
    expect(answer.body.error).toMatch(sentence)
    expect(await count('contact')).toBe(0)
  })

  test('more than 64 kB: 413', async () => {
    const visitor = await site.visitor()
    expect((await visitor.post({ id: 'a', kind: 'text', text: 'x'.repeat(65 * 1024) })).status).toBe(413)
  })

  test.each([
    [{ origin: 'https://evil.example' }],
    [{ origin: 'null' }],
    [{ 'sec-fetch-site': 'cross-site' }],
    [{ 'content-type': 'text/plain' }],
    [{ 'content-type': 'application/x-www-form-urlencoded' }],
  ])('another site or form (%j): 403', async (headers) => {
    const visitor = await site.visitor()
    expect((await visitor.post({ id: 'a', kind: 'start' }, headers)).status).toBe(403)
    expect(await count('contact')).toBe(0)
  })

  test('our own origin passes, by the public address and by the host of the request', async () => {
    const visitor = await site.visitor()
    const origin = new URL(site.context.config.publicUrl).origin
    expect((await visitor.post({ id: 'a', kind: 'start' }, { origin })).status).toBe(200)
    const here = { origin: 'http://10.0.0.5:3000', host: '10.0.0.5:3000' }
    expect((await visitor.post({ id: 'b', kind: 'start' }, here)).status).toBe(200)
  })

  test('a browser without our cookie is told why', async () => {
    const visitor = await site.visitor()
    const answer = await visitor.post({ id: 'a', kind: 'start' }, { cookie: '' })
    expect(answer.status).toBe(403)
    expect(answer.body.text).toContain('cookie')
  })

  test('one network address makes 60 contacts a minute at most; known visitors pass', async () => {
    const known = await site.visitor()
    await known.post({ id: 'a', kind: 'start' })
    for (let i = 1; i < 60; i++) await (await site.visitor()).post({ id: 'a', kind: 'start' })
    const late = await site.visitor()
    const refused = await late.post({ id: 'a', kind: 'start' })
    expect(refused.status).toBe(429)
    expect(refused.headers.get('retry-after')).toBe('5')
    expect((await known.post({ id: 'b', kind: 'start' })).status).toBe(200)
    site.now.at = MONDAY + 60_000
    expect((await late.post({ id: 'a', kind: 'start' })).status).toBe(200)
  })
})

describe('a database that cannot write', () => {
  test('locked by another program: 503, nothing stored, and the same message passes afterwards', async () => {
    const visitor = await site.visitor()
    const step = await atFirstStep(visitor)
    const other = openSqlite(site.database.store.where)
    const tap = { id: 'locked', kind: 'tap', data: step.options[0]!.data }
    let answer = await visitor.post({ id: 'warm', kind: 'text', text: 'tiến độ' })
    await other.transaction(async () => {
      answer = await visitor.post(tap)
    })
    await other.close()
    expect(answer.status).toBe(503)
    expect(answer.headers.get('retry-after')).toBe('5')
    expect(answer.body.text).toContain('đang bận')
    expect((await visitor.post({ ...tap, data: (await visitor.newest()).options[0]!.data })).body.kind).toBe('handled')
    expect(await count('ledger')).toBe(2)
  })

  test('a full disk: 503 with the sentence, the talk can still be read, and sending again succeeds once', async () => {
    const visitor = await site.visitor()
    const step = await atFirstStep(visitor)
    const makeRoom = await fillDisk()
    const before = await count('inbox')
    let answer = await visitor.post({ id: 'full0', kind: 'text', text: 'tiến độ' })
    for (let i = 1; answer.status === 200; i++)
      answer = await visitor.post({ id: `full${i}`, kind: 'text', text: 'tiến độ' })
    expect(answer.status).toBe(503)
    expect(answer.body.text).toContain('chưa ghi được')
    expect((await visitor.read()).messages.length).toBeGreaterThanOrEqual(step.n)
    makeRoom()
    const stored = await count('inbox')
    expect(stored).toBeGreaterThanOrEqual(before)
    expect((await visitor.post({ id: 'again', kind: 'text', text: 'tiến độ' })).body.kind).toBe('handled')
    expect(await count('inbox')).toBe(stored + 1)
  })

  test('one that is closed: pages say so, readiness names the reason, the process lives', async () => {
    const visitor = await site.visitor()
    await site.database.store.close()
    expect((await visitor.post({ id: 'a', kind: 'start' })).status).toBe(503)
    expect((await site.app.request('/readyz')).status).toBe(503)
    expect((await site.app.request('/healthz')).status).toBe(200)
  })
})

test('what must not be kept is in no database, no log line and no answer', async () => {
  const secrets = ['0987654321', '001234567890', 'Abc@12345', '123456']
  const visitor = await site.visitor()
  const messages = ['0987654321', '001234567890', 'mật khẩu là Abc@12345', 'otp 123456']
  for (const [i, text] of messages.entries()) await visitor.post({ id: `early${i}`, kind: 'text', text })
  await atFirstStep(visitor)
  for (const text of [...messages, 'số của tôi là 0987654321 nhé']) await visitor.write(text)
  expect((await visitor.newest()).text).not.toBe('')
  const shown = await visitor.write('otp 123456')
  expect(shown.shown).toBe('otp ••••••')
  await visitor.post({ id: 'bad', kind: 'text', text: ['otp 123456'] })
  await site.app.request('/chat/nowhere?otp=123456')
  await site.database.store.close()
  await visitor.write('otp 123456')
  const everywhere = [site.bytes(), ...site.lines, ...site.answers]
  expect(site.lines.length).toBeGreaterThan(0)
  for (const secret of secrets) {
    expect(everywhere.filter((text) => text.includes(secret))).toEqual([])
    expect(everywhere.filter((text) => text.includes(Buffer.from(secret, 'utf16le').toString('latin1')))).toEqual([])
  }
})
