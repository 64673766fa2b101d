import { createZaloClient, type Result, type ZaloClient } from '../../../../src/channels/zalo/sdk/index.js'
import { createClock } from '../../../support/clock.js'
import { startFakeZalo, type FakeZalo } from '../../../support/fake-zalo/fake-zalo.js'
import type { FakeUser } from '../../../support/fake-zalo/person.js'

let clock = createClock()
let zalo: FakeZalo
let client: ZaloClient
let tu: FakeUser

beforeEach(async () => {
  clock = createClock()
  zalo = await startFakeZalo({ now: clock })
  zalo.grant()
  client = connect('', { tokens: living })
  tu = zalo.user({ id: '246845883529197922' })
  tu.says('alo')
})
afterEach(() => zalo.close())

/** The token that works now, and another one when it has run out. */
const living = {
  accessToken: async () => ({ ok: true, accessToken: zalo.livingPair().accessToken ?? '' }) as const,
  afterRefusal: async () => ({ ok: true, accessToken: zalo.grant().accessToken }) as const,
}

function connect(accessToken: string, over: Partial<Parameters<typeof createZaloClient>[0]> = {}) {
  return createZaloClient({
    tokens: { accessToken: async () => ({ ok: true, accessToken }) },
    apiRoot: zalo.apiRoot,
    zbsRoot: zalo.zbsRoot,
    ...over,
  })
}

const refused = (code: number, kind: string) => ({ ok: false, outcome: 'refused', error: { code, kind } })
const dataOf = <T>(result: Result<T>): T => {
  if (!result.ok) throw new Error(JSON.stringify(result))
  return result.data
}

describe('a text', () => {
  test('is accepted in NFC, and the reply says its id and that it was free', async () => {
    const result = await client.sendText(tu.id, 'Chào bác'.normalize('NFD'))
    expect(result).toMatchObject({ ok: true, data: { userId: tu.id, sentAt: clock() }, quota: { type: 'reply' } })
    expect(zalo.accepted).toMatchObject([
      { text: 'Chào bác'.normalize('NFC'), messageId: dataOf(result).messageId, api: 'v3' },
    ])
  })

  test('over 2,000 characters is refused', async () => {
    expect(await client.sendText(tu.id, 'ế'.repeat(2001))).toMatchObject(refused(-210, 'invalid'))
  })

  test('keeps the digits of ids that Zalo sends as numbers', async () => {
    zalo.oa.numericIds = true
    expect(dataOf(await client.sendText(tu.id, 'a'))).toMatchObject({
      userId: '246845883529197922',
      messageId: zalo.accepted[0]?.messageId,
    })
  })

  test('may quote what the user wrote, but not what they did not', async () => {
    const quoteMessageId = tu.says('hỏi')
    expect(await client.sendText(tu.id, 'đáp', { quoteMessageId })).toMatchObject({ ok: true })
    expect(await client.sendText(tu.id, 'đáp', { quoteMessageId: '5' })).toMatchObject(refused(-201, 'invalid'))
  })

  test('goes to an anonymous visitor by v2', async () => {
    expect(await client.sendText({ anonymousId: 'v', conversationId: 'c' }, 'a')).toMatchObject({ ok: true })
    expect(zalo.accepted).toMatchObject([{ api: 'v2', to: 'v' }])
  })
})

describe('the sort of account', () => {
  test('a state agency refuses v3 with -235 and takes v2', async () => {
    zalo.oa.type = 'state'
    expect(await client.sendText(tu.id, 'a')).toMatchObject({
      error: { code: -235, kind: 'wrong-path', retry: 'other-path' },
    })
    expect(await client.sendText(tu.id, 'a', { api: 'v2' })).toMatchObject({ ok: true })
    expect(zalo.accepted).toHaveLength(1)
  })

  test('a business refuses v2 with -240', async () => {
    expect(await client.sendText(tu.id, 'a', { api: 'v2' })).toMatchObject({
      error: { code: -240, retry: 'other-path' },
    })
    expect(zalo.accepted).toHaveLength(0)
  })
})

describe('the window', () => {
  test('is free up to 48 hours, on the package up to 7 days, and closed later', async () => {
    zalo.oa.allowance = 1
    clock.pass('48 hours')
    expect(await client.sendText(tu.id, '1')).toMatchObject({ ok: true, quota: { type: 'reply' } })
    clock.pass(1)
    expect(await client.sendText(tu.id, '2')).toMatchObject({
      ok: true,
      quota: { type: 'sub_quota', remain: 0, total: 500 },
    })
    expect(await client.sendText(tu.id, '3')).toMatchObject(refused(-320, 'quota'))
    zalo.oa.cloudAccount = { balance: 100 }
    const charged = await client.sendText(tu.id, '3')
    expect(charged).toMatchObject({ ok: true })
    expect(charged).not.toHaveProperty('quota')
    expect(await client.sendText(tu.id, '4')).toMatchObject(refused(-321, 'quota'))
    clock.pass('5 days')
    expect(await client.sendText(tu.id, '5')).toMatchObject(refused(-230, 'window-closed'))
    tu.says('dạ')
    expect(await client.sendText(tu.id, '6')).toMatchObject({ ok: true, quota: { type: 'reply' } })
  })

  test('with paid messages off is closed after 48 hours', async () => {
    zalo.oa.paid = false
    clock.pass('3 days')
    expect(await client.sendText(tu.id, 'a')).toMatchObject(refused(-211, 'quota'))
  })

  test('of a follower who never wrote holds three messages', async () => {
    const newcomer = zalo.user()
    for (const remain of [2, 1, 0]) {
      expect(await client.sendText(newcomer.id, 'a')).toMatchObject({ quota: { type: 'welcome_msg', remain } })
    }
    expect(await client.sendText(newcomer.id, 'a')).toMatchObject(refused(-232, 'window-closed'))
  })

  test('is shut by whoever blocks, restricts, leaves or does not exist', async () => {
    const [a, b, c] = [zalo.user(), zalo.user(), zalo.user({ follower: false })]
    a.blocks()
    b.restricts()
    expect(await client.sendText(a.id, 'x')).toMatchObject(refused(-217, 'blocked'))
    expect(await client.sendText(b.id, 'x')).toMatchObject(refused(-244, 'blocked'))
    expect(await client.sendText(c.id, 'x')).toMatchObject(refused(-213, 'not-follower'))
    tu.unfollows()
    expect(await client.sendText(tu.id, 'x')).toMatchObject(refused(-213, 'not-follower'))
    expect(await client.sendText('1', 'x')).toMatchObject(refused(-201, 'invalid'))
  })
})

describe('buttons', () => {
  const buttons = [
    { title: 'Xong rồi', action: { kind: 'query', payload: '#XONG', hidden: true } },
    { title: 'Mở trang', action: { kind: 'url', url: 'https://dichvucong.gov.vn' } },
    { title: 'Gọi', action: { kind: 'phone', phone: '842083863113' } },
    { title: 'Nhắn', action: { kind: 'sms', phone: '84912345678', content: 'VNeID' } },
    { title: 'Hỏi', action: { kind: 'query', payload: 'hỏi' }, iconUrl: 'https://x.example/i.png' },
  ] as const

  test('of every sort go in shape A', async () => {
    expect(await client.sendButtons(tu.id, 'Chọn', buttons)).toMatchObject({ ok: true })
    expect(zalo.accepted[0]?.message).toEqual({
      text: 'Chọn',
      attachment: {
        type: 'template',
        payload: {
          buttons: [
            { title: 'Xong rồi', type: 'oa.query.hide', payload: '#XONG' },
            { title: 'Mở trang', type: 'oa.open.url', payload: { url: 'https://dichvucong.gov.vn' } },
            { title: 'Gọi', type: 'oa.open.phone', payload: { phone_code: '842083863113' } },
            { title: 'Nhắn', type: 'oa.open.sms', payload: { content: 'VNeID', phone_code: '84912345678' } },
            { title: 'Hỏi', type: 'oa.query.show', payload: 'hỏi', image_icon: 'https://x.example/i.png' },
          ],
        },
      },
    })
  })

  test('go in shape B under a list, whose addresses stand beside the type', async () => {
    const rows = [
      { title: 'Thủ tục', subtitle: 'Cách làm', action: { kind: 'url', url: 'https://a.example' } },
    ] as const
    expect(await client.sendList(tu.id, rows, { buttons: buttons.slice(0, 1) })).toMatchObject({ ok: true })
    expect(zalo.accepted[0]?.message).toMatchObject({
      attachment: {
        payload: {
          template_type: 'list',
          elements: [{ default_action: { type: 'oa.open.url', url: 'https://a.example' } }],
        },
      },
    })
    expect(await client.sendList(tu.id, [{ title: 'a', subtitle: '' }])).toMatchObject(refused(-201, 'invalid'))
  })

  test('of more than five, and shapes that the account does not take, are refused', async () => {
    expect(await client.sendButtons(tu.id, 'Chọn', [...buttons, ...buttons])).toMatchObject(refused(-210, 'invalid'))
    Object.assign(zalo.oa.shapes, { buttons: -233, list: -201, requestUserInfo: -233 })
    expect(await client.sendButtons(tu.id, 'Chọn', buttons)).toMatchObject(refused(-233, 'unsupported-shape'))
    expect(await client.sendList(tu.id, [{ title: 'a', subtitle: 'b' }])).toMatchObject(refused(-201, 'invalid'))
    const ask = { title: 'UBND phường', subtitle: 'Xin số điện thoại', imageUrl: 'https://x.example/i.png' }
    expect(await client.requestUserInfo(tu.id, ask)).toMatchObject(refused(-233, 'unsupported-shape'))
    zalo.oa.shapes.requestUserInfo = 0
    expect(await client.requestUserInfo(tu.id, ask)).toMatchObject({ ok: true })
  })
})

describe('pictures and files', () => {
  const image = { bytes: new Uint8Array(1000), filename: 'buoc-5.png', type: 'image/png' }

  test('are uploaded and sent, and the upload dies after seven days', async () => {
    const attachmentId = dataOf(await client.uploadImage(image))
    expect(await client.sendImage(tu.id, { attachmentId }, { text: 'Bước 5' })).toMatchObject({ ok: true })
    expect(await client.sendImage(tu.id, { url: 'https://x.example/a.png' })).toMatchObject({ ok: true })
    clock.pass('8 days')
    tu.says('alo')
    expect(await client.sendImage(tu.id, { attachmentId })).toMatchObject(refused(-100, 'not-found'))
  })

  test('a PDF goes by its token, a gif by its size', async () => {
    const pdf = { bytes: new Uint8Array(10), filename: 'a.pdf', type: 'application/pdf' }
    expect(await client.sendFile(tu.id, dataOf(await client.uploadFile(pdf)))).toMatchObject({ ok: true })
    const gif = { bytes: new Uint8Array(10), filename: 'a.gif', type: 'image/gif' }
    const attachmentId = dataOf(await client.uploadGif(gif))
    expect(await client.sendGif(tu.id, { attachmentId }, { width: 100, height: 80 })).toMatchObject({ ok: true })
  })

  test.each([
    ['too large', { ...image, bytes: new Uint8Array(1024 * 1024 + 1) }, -210],
    ['without an extension', { ...image, filename: 'anh' }, -201],
    ['of the wrong kind', { ...image, filename: 'a.docx' }, -201],
  ])('%s are refused', async (_, upload, code) => {
    expect(await client.uploadImage(upload)).toMatchObject({ error: { code } })
  })
})

describe('what the account knows', () => {
  test('who it is, under either name of its id', async () => {
    expect(dataOf(await client.getOa())).toMatchObject({ oaId: zalo.oa.oaId, type: 'business', package: 'Tăng trưởng' })
    zalo.oa.type = 'state'
    expect(dataOf(await client.getOa())).toMatchObject({ type: 'state', typeCode: 4 })
    const old = connect('t', {
      fetch: async () => Response.json({ error: 0, data: { oaid: 388613280878808645n.toString(), oa_type: '2' } }),
    })
    expect(dataOf(await old.getOa())).toMatchObject({ oaId: '388613280878808645', type: 'business' })
  })

  test('its users, by v3 or by the older calls', async () => {
    zalo.user({ displayName: 'Cô Hạnh' })
    expect(dataOf(await client.userList({ followersOnly: true }))).toMatchObject({ total: 2 })
    expect(dataOf(await client.userDetail(tu.id))).toMatchObject({
      userId: tu.id,
      displayName: 'Bác Tư',
      isFollower: true,
      lastInteraction: '23/11/2026',
    })
    Object.assign(zalo.oa, { type: 'state', stateUsersByV2: true })
    expect(await client.userList({})).toMatchObject(refused(-235, 'wrong-path'))
    expect(dataOf(await client.userList({}, { api: 'v2' }))).toMatchObject({ userIds: [tu.id, expect.any(String)] })
    expect(dataOf(await client.userDetail(tu.id, { api: 'v2' }))).toMatchObject({ displayName: 'Bác Tư' })
    expect(await client.userList({ count: 51 }, { api: 'v2' })).toMatchObject(refused(-210, 'invalid'))
  })

  test('its tags', async () => {
    expect(await client.tagUser(tu.id, 'to-5')).toEqual({ ok: true, data: null })
    expect(dataOf(await client.tags())).toEqual(['to-5'])
    await client.untagUser(tu.id, 'to-5')
    expect(dataOf(await client.tags())).toEqual([])
    expect(await client.removeTag('to-5')).toMatchObject({ ok: true })
  })

  test('what was said, newest first', async () => {
    await client.sendText(tu.id, 'Chào bác')
    expect(dataOf(await client.conversation(tu.id))).toMatchObject([
      { from: 'oa', text: 'Chào bác', toId: tu.id },
      { from: 'user', text: 'alo', fromId: tu.id, at: clock() },
    ])
    expect(dataOf(await client.recentChats())).toHaveLength(1)
    expect(await client.recentChats({ count: 11 })).toMatchObject(refused(-210, 'invalid'))
  })

  test('what is left to send', async () => {
    expect(dataOf(await client.userQuota(tu.id))).toMatchObject({ lastInteraction: clock(), reply: { remain: 8 } })
    expect(dataOf(await client.assetQuota({ owner: 'OA', product: 'cs', type: 'sub_quota' }))).toMatchObject([
      { product: 'cs', remain: 500 },
    ])
  })
})

test('a group is made from an asset, once, and takes texts at any time', async () => {
  const asset = zalo.addGroupAsset()
  expect(dataOf(await client.groupQuota({ owner: 'OA', product: 'gmf100', type: 'sub_quota' }))).toMatchObject([
    { id: asset },
  ])
  const { groupId } = dataOf(await client.createGroup({ name: 'Tổ 5', assetId: asset, memberIds: [tu.id] }))
  clock.pass('30 days')
  expect(await client.sendGroupText(groupId ?? '', 'Họp tối nay')).toMatchObject({ ok: true })
  expect(dataOf(await client.groups())).toMatchObject({ total: 1, groups: [{ groupId, name: 'Tổ 5' }] })
  expect(await client.createGroup({ name: 'Tổ 6', assetId: asset, memberIds: [tu.id] })).toMatchObject({ ok: false })
  expect(await client.sendGroupText('1', 'a')).toMatchObject(refused(-403, 'not-found'))
})

test('an article is made in its own time and broadcast by day only', async () => {
  const article = {
    title: 'VNeID',
    author: 'UBND',
    description: 'd',
    coverUrl: 'https://x.example/c.png',
    body: [{ kind: 'text', html: '<p>a</p>' }],
  } as const
  const token = dataOf(await client.createArticle(article))
  expect(await client.verifyArticle(token)).toMatchObject({ error: { code: -214, retry: 'later' } })
  clock.pass('10 seconds')
  const id = dataOf(await client.verifyArticle(token))
  clock.pass(14 * 3_600_000 - 10_000)
  expect(await client.broadcast([id])).toMatchObject(refused(-234, 'night'))
  clock.pass('8 hours')
  expect(await client.broadcast([id], { cities: '4' })).toMatchObject({ ok: true })
})

test('a template goes to a user id or a phone number, with the errors of the host it goes to', async () => {
  zalo.addTemplate('t', ['name'])
  const message = { templateId: 't', data: { name: 'Tư' } }
  expect(await client.sendTemplate(tu.id, message)).toMatchObject(refused(-320, 'quota'))
  zalo.oa.cloudAccount = { balance: 1000 }
  expect(await client.sendTemplate(tu.id, message)).toMatchObject({ ok: true })
  const sent = await client.sendTemplateToPhone('84912345678', message, { trackingId: 'u17' })
  expect(sent).toMatchObject({ ok: true, data: { dailyQuota: 500, remainingQuota: 499 } })
  expect(dataOf(await client.templateStatus(dataOf(sent).messageId ?? ''))).toBe('received')
  expect(dataOf(await client.templateStatus('1'))).toBe('not-found')
  expect(await client.sendTemplateToPhone('0912345678', message, { trackingId: 'u' })).toMatchObject(
    refused(-108, 'blocked'),
  )
  expect(await client.sendTemplateToPhone('84912345678', { ...message, data: {} }, { trackingId: 'u' })).toMatchObject(
    refused(-1122, 'invalid'),
  )
})

test('a reaction costs nothing and needs a message of theirs', async () => {
  expect(await client.react(tu.id, tu.says('cảm ơn'), '/-heart')).toMatchObject({ ok: true })
  expect(await client.react(tu.id, '5', '/-heart')).toMatchObject(refused(-201, 'invalid'))
})

describe('what holds for the account', () => {
  test.each([
    ['no right to messages', () => zalo.oa.permissions.delete('messages'), -223],
    ['a package that ended', () => void (zalo.oa.packageValidThrough = clock() - 1), -224],
    ['an app that is switched off', () => void (zalo.oa.appActive = false), -209],
  ])('%s needs a person', async (_, spoil, code) => {
    spoil()
    expect(await client.sendText(tu.id, 'a')).toMatchObject({
      error: { code, kind: 'auth', retry: 'never', alert: true },
    })
  })

  test('too many requests in a minute are refused, and the headers say what is left', async () => {
    const left: number[] = []
    zalo.oa.ratePerMinute = 2
    client = connect(zalo.livingPair().accessToken ?? '', { onRate: ({ remain }) => left.push(remain) })
    await client.sendText(tu.id, '1')
    await client.sendText(tu.id, '2')
    expect(await client.sendText(tu.id, '3')).toMatchObject(refused(-32, 'rate'))
    expect(left).toEqual([1, 0, 0])
    clock.pass('1 minute')
    expect(await client.sendText(tu.id, '3')).toMatchObject({ ok: true })
  })
})

describe('a token', () => {
  test('that is old or expired is refused, and its text stays secret', async () => {
    const old = zalo.livingPair().accessToken ?? ''
    zalo.grant()
    const result = await connect(old).sendText(tu.id, 'a')
    expect(result).toMatchObject({ error: { code: -216, kind: 'auth', retry: 'after-refresh' } })
    expect(JSON.stringify(result)).not.toContain(old)
    const expiring = connect(zalo.grant().accessToken)
    clock.pass('26 hours')
    expect(await expiring.sendText(tu.id, 'a')).toMatchObject(refused(-220, 'auth'))
  })

  test('that is refused is renewed once, and the same call is made again once', async () => {
    let asked = 0
    const fresh = zalo.grant().accessToken
    const tokens = {
      accessToken: async () => ({ ok: true, accessToken: 'old' }) as const,
      afterRefusal: async () => {
        asked++
        return { ok: true, accessToken: fresh } as const
      },
    }
    expect(await connect('', { tokens }).sendText(tu.id, 'a')).toMatchObject({ ok: true })
    zalo.grant()
    expect(await connect('', { tokens }).sendText(tu.id, 'b')).toMatchObject(refused(-216, 'auth'))
    expect(asked).toBe(2)
    expect(zalo.accepted).toHaveLength(1)
  })

  test('that is missing sends nothing', async () => {
    const tokens = { accessToken: async () => ({ ok: false, reason: 'dead' }) as const }
    expect(await connect('', { tokens }).sendText(tu.id, 'a')).toEqual({
      ok: false,
      outcome: 'not-sent',
      cause: 'no-token',
    })
  })

  test('with a line break in it sends nothing and is not repeated', async () => {
    const result = await connect('secret\nvalue').sendText(tu.id, 'a')
    expect(result).toEqual({ ok: false, outcome: 'not-sent', cause: 'bad-request' })
  })

  test('may be proved with the app secret', async () => {
    const { accessToken } = zalo.grant()
    expect(await connect(accessToken, { appSecret: zalo.app.appSecret }).sendText(tu.id, 'a')).toMatchObject({
      ok: true,
    })
    expect(await connect(accessToken, { appSecret: 'wrong' }).sendText(tu.id, 'a')).toMatchObject(refused(-242, 'auth'))
  })
})

describe('when the network fails', () => {
  test.each([
    ['reset', 'reset'],
    ['cut', 'cut-body'],
    ['html-502', 'server-error'],
    ['empty', 'unreadable'],
  ] as const)('%s after a send leaves its outcome unknown, and nothing is sent twice', async (answer, cause) => {
    zalo.faults.next('message/cs', { accepted: true, answer })
    expect(await client.sendText(tu.id, 'a')).toEqual({ ok: false, outcome: 'unknown', cause })
    expect(zalo.accepted).toHaveLength(1)
  })

  test('a read that is lost has changed nothing', async () => {
    zalo.faults.next('getoa', { accepted: true, answer: 'reset' })
    expect(await client.getOa()).toEqual({ ok: false, outcome: 'not-sent', cause: 'reset' })
  })

  test('no answer in time is an unknown outcome', async () => {
    zalo.faults.next('message/cs', { accepted: true, answer: 'hold' })
    const hasty = connect(zalo.livingPair().accessToken ?? '', { timeoutMs: { send: 40 } })
    expect(await hasty.sendText(tu.id, 'a')).toEqual({ ok: false, outcome: 'unknown', cause: 'timeout' })
  })

  test('a server that is not there was sent nothing', async () => {
    const { accessToken } = zalo.livingPair()
    await zalo.close()
    expect(await connect(accessToken ?? '').sendText(tu.id, 'a')).toEqual({
      ok: false,
      outcome: 'not-sent',
      cause: 'no-connection',
    })
  })

  test('429 without a code of Zalo is a rate refusal, and a path that is not there is told', async () => {
    zalo.faults.next('message/cs', { accepted: false, answer: 'http-429' })
    expect(await client.sendText(tu.id, 'a')).toMatchObject(refused(429, 'rate'))
    const lost = connect(zalo.livingPair().accessToken ?? '', { apiRoot: `${zalo.apiRoot}/nowhere` })
    expect(await lost.getOa()).toMatchObject(refused(404, 'not-found'))
  })
})
