import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { createZaloClient, parseEvent, verifySignature, type ZaloClient } from '../../../src/channels/zalo/sdk/index.js'
import { createClock } from '../clock.js'
import { startFakeZalo, type FakeZalo } from './fake-zalo.js'

interface Got {
  key: string
  kind: string
  text: string | null
  retry: string | undefined
  valid: boolean
}

let clock = createClock()
let zalo: FakeZalo
let client: ZaloClient
let bot: Server
let got: Got[] = []
/** What the bot answers next; then 200. */
let answers: (number | 'hang')[] = []

beforeEach(async () => {
  clock = createClock()
  got = []
  answers = []
  zalo = await startFakeZalo({ now: clock })
  const { accessToken } = zalo.grant()
  client = createZaloClient({ tokens: { accessToken: async () => ({ ok: true, accessToken }) }, apiRoot: zalo.apiRoot })
  bot = createServer(async (req, res) => {
    const chunks: Buffer[] = []
    for await (const chunk of req) chunks.push(chunk as Buffer)
    const raw = Buffer.concat(chunks)
    const parsed = parseEvent(raw)
    const header = req.headers['x-zevent-signature']
    if (parsed.ok) {
      got.push({
        key: parsed.key,
        kind: parsed.event.kind,
        text: 'text' in parsed.event ? parsed.event.text : null,
        retry: req.headers['num_retry'] as string | undefined,
        valid: verifySignature(raw, header as string | undefined, zalo.app.appId, zalo.app.oaSecret),
      })
    }
    const answer = answers.shift() ?? 200
    if (answer !== 'hang') res.writeHead(answer).end()
  })
  await new Promise<void>((resolve) => {
    bot.listen(0, '127.0.0.1', resolve)
  })
  zalo.webhooks.url = `http://127.0.0.1:${(bot.address() as AddressInfo).port}/webhooks/zalo`
})

afterEach(async () => {
  await zalo.close()
  bot.closeAllConnections()
  await new Promise((resolve) => {
    bot.close(resolve)
  })
})

test('events are signed as the client checks them', async () => {
  const tu = zalo.user()
  tu.follows()
  tu.says('Xin chào')
  tu.taps('#XONG')
  tu.sends('image')
  tu.submitsInfo({ name: 'Tư', phone: '84912345678' })
  await zalo.webhooks.deliver()
  expect(got.every(({ valid }) => valid)).toBe(true)
  expect(got.map(({ kind }) => kind)).toEqual(['follow', 'message', 'message', 'message', 'submitted-info'])
})

test('ids as numbers are signed as they are sent', async () => {
  zalo.oa.numericIds = true
  zalo.user().says('a')
  await zalo.webhooks.deliver()
  expect(got).toMatchObject([{ kind: 'message', valid: true }])
})

test('what fails comes again at Zalo’s times with its number, and the last failure switches the webhook off', async () => {
  const tu = zalo.user()
  tu.says('a')
  answers = Array.from({ length: 10 }, () => 500)
  await zalo.webhooks.deliver()
  for (const wait of ['30 seconds', '5 minutes', '15 minutes', '30 minutes', '1 hour']) {
    expect(await zalo.webhooks.deliver()).toEqual([])
    clock.pass(wait)
    await zalo.webhooks.deliver()
  }
  expect(got.map(({ retry }) => retry)).toEqual([undefined, '1', '2', '3', '4', '5'])
  expect(new Set(got.map(({ key }) => key)).size).toBe(1)
  expect(zalo.webhooks.enabled).toBe(false)
  tu.says('b')
  expect(await zalo.webhooks.deliver()).toEqual([])
})

test('no answer within the time counts as a failure', async () => {
  zalo.webhooks.answerWithinMs = 40
  zalo.user().says('a')
  answers = ['hang']
  expect(await zalo.webhooks.deliver()).toMatchObject([{ status: null }])
  expect(zalo.webhooks.waiting).toBe(1)
})

test('copies and a shuffled order carry the same keys', async () => {
  const tu = zalo.user()
  for (let i = 0; i < 20; i++) tu.says(String(i))
  let seed = 1
  const random = () => (seed = (seed * 16_807) % 2_147_483_647) / 2_147_483_647
  await zalo.webhooks.deliver({ copies: 3, shuffle: random, parallel: 4 })
  expect(got).toHaveLength(60)
  expect(new Set(got.map(({ key }) => key)).size).toBe(20)
  expect(got.slice(0, 20).map(({ text }) => text)).not.toEqual(Array.from({ length: 20 }, (_, i) => String(i)))
})

test('the echo of a send can arrive before its answer, with the same id', async () => {
  zalo.oa.echoes = true
  const tu = zalo.user()
  tu.says('a')
  zalo.webhooks.drop()
  zalo.faults.next('message/cs', { accepted: true, answer: 'hold' })
  const sending = client.sendText(tu.id, 'Chào bác')
  while (zalo.webhooks.waiting === 0) await new Promise(setImmediate)
  await zalo.webhooks.deliver()
  expect(got).toMatchObject([{ kind: 'oa-message', text: 'Chào bác' }])
  zalo.faults.release()
  const sent = await sending
  expect(got[0]?.key).toBe(`oa:${sent.ok ? sent.data.messageId : ''}`)
})

test('a colleague’s words come as an echo that no send of ours explains', async () => {
  const id = zalo.colleague('99', zalo.user().id, 'Để cô giúp bác')
  await zalo.webhooks.deliver()
  expect(got).toMatchObject([{ kind: 'oa-message', key: `oa:${id}` }])
  expect(zalo.accepted).toEqual([])
})

test('anything can be posted as a forger would', async () => {
  const body = '{"event_name":"follow","follower":{"id":"1"},"timestamp":"1"}'
  expect(await zalo.webhooks.post(body, { 'X-ZEvent-Signature': `mac=${'0'.repeat(64)}` })).toBe(200)
  expect(got).toMatchObject([{ valid: false }])
  await zalo.webhooks.post(body, { 'X-ZEvent-Signature': zalo.webhooks.sign(body) })
  expect(got).toMatchObject([{ valid: false }, { valid: true }])
})

test('a visible duplicate is the same words twice with nothing from the person in between', async () => {
  const tu = zalo.user()
  tu.says('a')
  await client.sendText(tu.id, 'Bước 1')
  await client.sendText(tu.id, 'Bước 2')
  await client.sendText(tu.id, 'Bước 1')
  expect(zalo.visibleDuplicates()).toMatchObject([{ text: 'Bước 1', to: tu.id }])
  tu.says('quay lại')
  await client.sendText(tu.id, 'Bước 1')
  expect(zalo.visibleDuplicates(tu.id)).toHaveLength(1)
  expect(tu.heard()).toEqual(['Bước 1', 'Bước 2', 'Bước 1', 'Bước 1'])
  const times = zalo.accepted.map(({ monotonicMs }) => monotonicMs)
  expect(times).toEqual([...times].sort((a, b) => a - b))
})

test('a planned fault hits the calls it names, as often as it says, accepted or not', async () => {
  const tu = zalo.user()
  tu.says('a')
  zalo.faults.next('message/cs', { accepted: false, answer: { code: -32 } }, 2)
  expect(await client.getOa()).toMatchObject({ ok: true })
  expect(await client.sendText(tu.id, 'a')).toMatchObject({ error: { code: -32 } })
  expect(await client.sendText(tu.id, 'a')).toMatchObject({ error: { code: -32 } })
  expect(await client.sendText(tu.id, 'a')).toMatchObject({ ok: true })
  zalo.faults.next('message/cs', { accepted: true, answer: { code: -200 } })
  expect(await client.sendText(tu.id, 'b')).toMatchObject({ error: { code: -200 } })
  expect(tu.heard()).toEqual(['a', 'b'])
})

test.each([
  [
    'a token in the address',
    (root: string, token: string) => fetch(`${root}/v2.0/oa/getoa?access_token=${token}`),
    -216,
  ],
  [
    'a body that is no JSON',
    (root: string, token: string) =>
      fetch(`${root}/v3.0/oa/message/cs`, { method: 'POST', headers: { access_token: token }, body: '{' }),
    -201,
  ],
])('%s is refused with HTTP 200', async (_, ask, code) => {
  const response = await ask(zalo.apiRoot, zalo.livingPair().accessToken ?? '')
  expect(response.status).toBe(200)
  expect(await response.json()).toMatchObject({ error: code })
})

test('a version that a family does not have is a page with 404', async () => {
  const response = await fetch(`${zalo.apiRoot}/v3.0/oa/message`, { method: 'POST' })
  expect(response.status).toBe(404)
  expect(await response.text()).toContain('empty or invalid API')
})
