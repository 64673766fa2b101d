import { sql } from 'kysely'
import { addressState } from '../../../src/store/addresses.js'
import { loadByAddresses } from '../../../src/store/contacts.js'
import { detailsOf } from '../../../src/store/zalo.js'
import { countOnContact } from '../../../src/store/waiting.js'
import { appendOutbox } from '../../../src/store/outbox.js'
import { HOLD_MS } from '../../../src/turns/takeover.js'
import { createZaloBot, type ZaloBot } from '../../support/fake-zalo/bot.js'
import type { FakeUser } from '../../support/fake-zalo/person.js'
import { screenOf } from '../../support/fake-zalo/screen.js'
import type { OaSettings } from '../../support/fake-zalo/state.js'
import { describeEngines, engines, type TestDatabase } from '../../support/databases.js'

describeEngines('the manners of a bot on Zalo', await engines(), (engine) => {
  let database: TestDatabase
  let bot: ZaloBot
  const open = async (oa: Partial<OaSettings> = {}, env: Record<string, string> = {}) => {
    bot = await createZaloBot({ store: database.store, oa, env })
    return bot
  }
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(async () => {
    await bot.close()
    await database.drop()
  })

  const begin = async (person: FakeUser) => {
    person.says('/start vneid-level-1_g5')
    await bot.settle()
    for (let i = 0; i < 3; i++) {
      person.says('1')
      await bot.settle()
    }
  }
  const contactOf = async (person: FakeUser) =>
    (await loadByAddresses(database.store.db, [{ channel: 'zalo', address: person.id }]))[0]!
  const remind = async (person: FakeUser, n: number, kind: 'reminder' | 'bulk' = 'bulk') => {
    const { contact } = await contactOf(person)
    const body = JSON.stringify({ text: `Nhắc ${n}`, options: [] })
    const at = bot.clock()
    await appendOutbox(database.store.db, [{ contact, n: 500 + n, channel: 'zalo', address: person.id, at, kind, body, status: 'queued' }]) // prettier-ignore
    await bot.settle()
  }

  test('a state account is found out by one refusal, and it is remembered after a restart', async () => {
    await open({ type: 'state' })
    const person = bot.fake.user()
    await begin(person)
    expect(bot.fake.accepted.every(({ api }) => api === 'v2')).toBe(true)
    expect((await sql`select path, shape from zalo_oa`.execute(database.store.db)).rows).toEqual([{ path: 'v2', shape: 'payload' }]) // prettier-ignore
    const { fake, clock } = bot
    await bot.close({ fake: false })
    const asked: string[] = []
    const { take } = fake.faults
    fake.faults.take = (path) => {
      asked.push(path)
      return take.call(fake.faults, path)
    }
    bot = await createZaloBot({ store: database.another(), fake, clock })
    person.says('1')
    await bot.settle()
    expect(asked.filter((path) => path.includes('message'))).toEqual(['/openapi/v2.0/oa/message'])
  })

  test('an account whose kind changes is followed in both directions', async () => {
    await open({ type: 'business' })
    const person = bot.fake.user()
    await begin(person)
    bot.fake.oa.type = 'state'
    person.says('1')
    await bot.settle()
    bot.fake.oa.type = 'business'
    person.says('1')
    await bot.settle()
    const apis = bot.fake.accepted.map(({ api }) => api)
    expect(apis.slice(-2)).toEqual(['v2', 'v3'])
    expect(bot.fake.visibleDuplicates()).toEqual([])
  })

  test('a bad recipient says nothing about shapes, and a refused shape costs no message', async () => {
    await open({ shapes: { buttons: -233, list: -201, requestUserInfo: 0 } })
    const person = bot.fake.user()
    await begin(person)
    expect(new Set(screenOf(bot.fake, person.id).map(({ shape }) => shape))).toEqual(new Set(['text']))
    expect((await sql`select shape from zalo_oa`.execute(database.store.db)).rows).toEqual([{ shape: 'text' }])
    bot.fake.oa.shapes = { buttons: 0, list: 0, requestUserInfo: 0 }
    person.says('1')
    await bot.settle()
    expect(screenOf(bot.fake, person.id).at(-1)!.shape).toBe('text')
  })

  test('what every account takes is five buttons; more choices are numbered lines', async () => {
    await open()
    const person = bot.fake.user()
    person.says('/start')
    await bot.settle()
    person.says('1')
    await bot.settle()
    const form = screenOf(bot.fake, person.id).at(-1)!
    expect([form.shape, form.labels.length]).toEqual(['text', 6])
    person.says('2')
    await bot.settle()
    expect((await contactOf(person)).session.form).toBe('co')
  })

  describe('a colleague', () => {
    test('takes over: the bot is silent until half an hour after the colleague’s last word', async () => {
      await open({ echoes: true })
      const person = bot.fake.user()
      await begin(person)
      const before = person.heard().length
      bot.fake.colleague('99', person.id, 'Chào bác, cô Hạnh đây')
      await bot.settle()
      person.says('xong rồi')
      person.sends('image')
      await bot.settle()
      bot.clock.pass('20 minutes')
      bot.fake.colleague('99', person.id, 'Bác gửi ảnh màn hình cho cô')
      await bot.settle()
      bot.clock.pass(HOLD_MS - 1)
      person.says('1')
      await bot.settle()
      expect(person.heard()).toHaveLength(before)
      expect(bot.context.counts.of('zalo', 'held')).toBe(3)
      bot.clock.pass(1)
      person.says('xong rồi')
      await bot.settle()
      expect(person.heard()).toHaveLength(before + 1)
    })

    test('is told apart although Zalo does not name an admin, and a command calls the bot back', async () => {
      await open({ echoes: true })
      const person = bot.fake.user()
      const other = bot.fake.user()
      await begin(person)
      await begin(other)
      expect(bot.context.counts.of('zalo', 'colleague')).toBe(0)
      expect(bot.context.counts.of('zalo', 'echo')).toBe(bot.fake.accepted.length)
      const ends = { sender: { id: bot.fake.oa.oaId }, recipient: { id: person.id } }
      bot.fake.webhooks.queue('oa_send_text', { ...ends, message: { text: 'Chào bác', msg_id: 'unknown-1' } })
      await bot.settle()
      const before = [person, other].map((one) => one.heard().length)
      for (const one of [person, other]) one.says('1')
      await bot.settle()
      expect([person, other].map((one) => one.heard().length)).toEqual([before[0], before[1]! + 1])
      person.says('tiếp tục')
      await bot.settle()
      person.says('1')
      await bot.settle()
      expect(person.heard()).toHaveLength(before[0]! + 2)
    })

    test('is not seen in an echo that is there before the send has returned', async () => {
      await open({ echoes: true })
      const person = bot.fake.user()
      await begin(person)
      for (const shape of ['payload', 'text'] as const) {
        if (shape === 'text') bot.fake.oa.shapes.buttons = bot.fake.oa.shapes.list = -233
        bot.fake.faults.next('message/cs', { accepted: true, answer: 'hold' }, shape === 'text' ? 3 : 1)
        person.says('1')
        await bot.fake.webhooks.deliver()
        const sending = bot.context.delivery.runOnce()
        const release = setInterval(() => void (bot.fake.webhooks.waiting > 0 || bot.fake.faults.release()), 20)
        while (bot.fake.webhooks.waiting === 0) await new Promise((next) => setTimeout(next, 5))
        clearInterval(release)
        await bot.fake.webhooks.deliver()
        bot.fake.faults.release()
        await sending
        await bot.settle()
      }
      expect(bot.context.counts.of('zalo', 'colleague')).toBe(0)
    })

    test('is not disturbed by reminders; they come afterwards', async () => {
      await open()
      const person = bot.fake.user()
      await begin(person)
      bot.fake.colleague('99', person.id, 'Chào bác')
      await bot.settle()
      await remind(person, 1)
      expect(person.heard().at(-1)).not.toBe('Nhắc 1')
      bot.clock.pass(HOLD_MS)
      await bot.settle()
      expect(person.heard().at(-1)).toBe('Nhắc 1')
    })
  })

  test('somebody who unfollowed is left alone until they come back', async () => {
    await open()
    const person = bot.fake.user()
    await begin(person)
    bot.clock.pass('a minute')
    person.unfollows()
    await bot.settle()
    const before = person.heard().length
    await remind(person, 1)
    expect(await addressState(database.store.db, { channel: 'zalo', address: person.id })).toBe('blocked')
    expect(person.heard()).toHaveLength(before)
    person.follows()
    await bot.settle()
    await remind(person, 2)
    expect(person.heard().at(-1)).toBe('Nhắc 2')
    expect(person.heard()).not.toContain('Nhắc 1')
  })

  test('what the window shuts out waits; with ZALO_PAID_MESSAGES it may cost something, for a week', async () => {
    await open({}, { ZALO_PAID_MESSAGES: 'on' })
    const person = bot.fake.user()
    await begin(person)
    bot.clock.pass('3 days')
    await remind(person, 1)
    expect(bot.fake.accepted.at(-1)).toMatchObject({ text: 'Nhắc 1', charged: 'sub_quota' })
    bot.clock.pass('4 days')
    await remind(person, 2)
    expect(await countOnContact(database.store.db)).toBe(1)
    person.opensChat()
    await bot.settle()
    expect(bot.fake.accepted.at(-1)).toMatchObject({ text: 'Nhắc 2', charged: 'reply' })
  })

  test('what cannot be paid for waits until it is free', async () => {
    await open({ allowance: 0 }, { ZALO_PAID_MESSAGES: 'on' })
    const person = bot.fake.user()
    await begin(person)
    bot.clock.pass('3 days')
    await remind(person, 1)
    expect(await countOnContact(database.store.db)).toBe(1)
    expect(bot.context.counts.of('zalo', 'alert: cloud-account-not-linked')).toBe(1)
    person.says('tiếp tục')
    await bot.settle()
    expect(person.heard().at(-1)).toBe('Nhắc 1')
  })

  test('without paid messages nothing leaves that would cost anything', async () => {
    await open()
    const person = bot.fake.user()
    await begin(person)
    bot.clock.pass('49 hours')
    await remind(person, 1)
    expect(new Set(bot.fake.accepted.map(({ charged }) => charged))).toEqual(new Set(['reply']))
    expect(await countOnContact(database.store.db)).toBe(1)
  })

  test('a group is written to whatever the hour, and an article is made and not shown', async () => {
    await open()
    const zalo = bot.context.zalo!
    const head = bot.fake.user()
    const made = await zalo.client.createGroup({ name: 'Tổ trưởng', assetId: bot.fake.addGroupAsset(), memberIds: [head.id] }) // prettier-ignore
    const groupId = made.ok ? made.data.groupId! : ''
    bot.clock.pass('15 hours')
    expect(await zalo.sendToGroup(groupId, 'Tổ 5 còn 12 người [@123]')).toMatchObject({ kind: 'sent' })
    expect(bot.fake.accepted.at(-1)).toMatchObject({ kind: 'group', to: groupId, text: 'Tổ 5 còn 12 người ' })
    expect(await zalo.sendToGroup('77', 'x')).toEqual({ kind: 'rejected', code: '-403 not-in-group' })
    const article = { title: 'Làm căn cước', author: 'UBND phường', description: 'Lịch', coverUrl: 'https://example.vn/a.jpg', body: [{ kind: 'text' as const, html: '<p>a</p>' }] } // prettier-ignore
    expect(await zalo.prepareArticle(article)).toMatchObject({ ok: true })
  })

  test('a phone number that was given is kept sealed, thanked for once, and in no log line', async () => {
    await open()
    const person = bot.fake.user()
    await begin(person)
    person.submitsInfo({ name: 'Nguyễn Thị Tư', phone: '84912345678' })
    await bot.fake.webhooks.deliver({ copies: 2 })
    await bot.settle()
    expect(person.heard().filter((text) => text.includes('số điện thoại'))).toHaveLength(1)
    const { contact } = await contactOf(person)
    const kept = (await detailsOf(database.store.db, contact))!
    expect(JSON.stringify(kept)).not.toMatch(/912345678|Nguyễn/)
    const { seals } = bot.context
    expect(seals.open('contact_detail.phone', contact, kept.phone!)).toEqual({ ok: true, text: '0912345678' })
    expect(seals.open('contact_detail.name', contact, kept.name!)).toEqual({ ok: true, text: 'Nguyễn Thị Tư' })
    expect(bot.logs.join('')).not.toMatch(/912345678|Nguyễn/)
  })

  describe('somebody who wants a call back', () => {
    const picture = 'https://phoyen.example/contact.png'
    const forms = () => bot.fake.accepted.filter(({ message }) => JSON.stringify(message).includes('request_user_info'))
    const asks = async (person: FakeUser) => {
      await begin(person)
      person.says('gọi lại cho tôi')
      await bot.settle()
    }

    test('gets Zalo’s form, and goes on in the guide once it is filled in', async () => {
      await open({}, { ZALO_CONTACT_PICTURE: picture })
      const person = bot.fake.user()
      await asks(person)
      expect(forms()).toHaveLength(1)
      expect(JSON.stringify(forms()[0]!.message)).toContain(picture)
      person.submitsInfo({ name: 'Nguyễn Thị Tư', phone: '84912345678' })
      await bot.settle()
      expect(person.heard().join('\n')).toMatch(/đã ghi số điện thoại[^]*Mình làm tiếp nhé/)
      expect(await detailsOf(database.store.db, (await contactOf(person)).contact)).not.toBe(null)
      expect(bot.logs.join('')).not.toMatch(/912345678|Nguyễn/)
    })

    test.each([
      ['an account that may not show the form', { shapes: { buttons: 0, list: 0, requestUserInfo: -233 } }, { ZALO_CONTACT_PICTURE: picture }], // prettier-ignore
      ['a bot without a picture for it', {}, {}],
    ])('is told whom to call by %s', async (_, oa, env) => {
      await open(oa, env as Record<string, string>)
      const person = bot.fake.user()
      await asks(person)
      expect(forms()).toEqual([])
      expect(person.heard().join('\n')).toMatch(/không nhận số điện thoại[^]*18001096/)
      person.says('1')
      await bot.settle()
      expect(person.heard().at(-1)).toMatch(/Mình làm tiếp nhé|Tạo tài khoản/)
    })
  })

  describe('after downtime', () => {
    test('what was missed is taken in once, in its order, and not what somebody has answered', async () => {
      await open({ type: 'state' })
      const [missed, answered, quiet] = [bot.fake.user(), bot.fake.user(), bot.fake.user()]
      for (const person of [missed, answered, quiet]) await begin(person)
      bot.clock.pass('20 minutes')
      const before = [missed, answered, quiet].map((person) => person.heard().length)
      missed.says('1')
      missed.sends('image')
      answered.says('alo')
      bot.fake.colleague('9', answered.id, 'Cô nghe đây')
      bot.fake.webhooks.drop()
      bot.clock.pass('2 hours')
      expect(await bot.context.catchUp!.runOnce()).toBe(2)
      await bot.settle()
      const after = () => [missed, answered, quiet].map((person, i) => person.heard().length - before[i]!)
      expect(after()).toEqual([2, 0, 0])
      await bot.context.catchUp!.runOnce()
      await bot.settle()
      expect(after()).toEqual([2, 0, 0])
    })

    test('a webhook of the same message changes nothing, whichever comes first', async () => {
      await open()
      const person = bot.fake.user()
      await begin(person)
      const before = person.heard().length
      person.says('1')
      await bot.context.catchUp!.runOnce()
      await bot.settle()
      expect(person.heard()).toHaveLength(before + 1)
      expect(bot.context.counts.of('zalo', 'duplicate')).toBe(1)
    })

    test('more chats than a page holds are all caught up', async () => {
      await open()
      const people = Array.from({ length: 23 }, () => bot.fake.user())
      for (const person of people) person.says('/start')
      await bot.settle()
      for (const person of people) for (let i = 0; i < 12; i++) person.says(`câu ${i}`)
      bot.fake.webhooks.drop()
      expect(await bot.context.catchUp!.runOnce()).toBe(23 * 12)
    })

    test('a fresh bot leaves the old chats of the account alone, and a refusal breaks nothing', async () => {
      await open()
      const person = bot.fake.user()
      person.says('alo')
      bot.fake.webhooks.drop()
      expect(await bot.context.catchUp!.runOnce()).toBe(0)
      await begin(person)
      person.says('1')
      bot.fake.webhooks.drop()
      bot.fake.faults.next('listrecentchat', { accepted: false, answer: { code: -235 } })
      expect(await bot.context.catchUp!.runOnce()).toBe(0)
      expect(await bot.context.catchUp!.runOnce()).toBe(1)
    })
  })
})
