import { invitationPayload, invite } from '../../../src/access/invite.js'
import { slipPayload } from '../../../src/access/slip.js'
import { loadByAddresses } from '../../../src/store/contacts.js'
import type { Store } from '../../../src/store/open.js'
import { freshSqlite } from '../../support/databases.js'
import { createTelegramBot, type TelegramBot } from '../../support/fake-telegram/bot.js'
import type { Person } from '../../support/fake-telegram/fake-telegram.js'

/** What a link `t.me/bot?start=…` may carry. */
const CARRIED = /^[A-Za-z0-9_-]{1,64}$/

describe('a link that opens the chat on Telegram', () => {
  let store: Store
  let bot: TelegramBot
  let person: Person
  beforeEach(async () => {
    store = await freshSqlite()
    bot = await createTelegramBot({ store, by: 'webhook' })
    person = bot.fake.person()
  })
  afterEach(() => bot.close())
  const opens = async (payload: string, who = person) => {
    expect(payload).toMatch(CARRIED)
    who.start(payload)
    await bot.settle()
    return who.last().text
  }
  const agrees = async (who = person) => {
    await opens('vneid-level-1_g5', who)
    for (const words of ['Đồng ý', 'Bác']) {
      who.tap(words)
      await bot.settle()
    }
  }

  test('of a guide and a group leads to the guide, and asks for no group', async () => {
    await agrees()
    expect(person.last().text).toContain('Đăng ký tài khoản VNeID mức 1')
  })

  test('of an invitation gives the role, once', async () => {
    await agrees()
    const payload = invitationPayload(await invite(store.db, 'leader', 5, bot.clock()))
    expect(await opens(payload)).toContain('tổ trưởng tổ 5')
    person.press(1)
    await bot.settle()
    expect(person.last().text).toContain('đã được ghi là')
    const second = bot.fake.person()
    await agrees(second)
    expect(await opens(payload, second)).not.toContain('tổ trưởng tổ 5')
  })

  test('of another app joins both, and the place in the guide is there', async () => {
    await agrees()
    person.tap('Bắt đầu')
    await bot.settle()
    person.press(1)
    await bot.settle()
    const place = (await store.db.selectFrom('run').select('step').execute()).map(({ step }) => step)
    person.say('/lienket')
    await bot.settle()
    person.press(1)
    await bot.settle()
    const code = /\b([A-Z0-9]{4}[- ]?[A-Z0-9]{4})\b/.exec(person.heard().map(({ text }) => text).join('\n'))?.[1] // prettier-ignore
    const second = bot.fake.person()
    await opens(`lk_${code!.replace(/\W/g, '')}`, second)
    second.press(1)
    await bot.settle()
    expect((await store.db.selectFrom('run').select('step').execute()).map(({ step }) => step)).toEqual(place)
    const both = [person, second].map(({ id }) => ({ channel: 'telegram' as const, address: String(id) }))
    const rows = await loadByAddresses(store.db, both)
    expect(rows).toHaveLength(2)
    expect(new Set(rows.map(({ contact }) => contact)).size).toBe(1)
  })

  test.each([slipPayload('ABCDEFGHJK'), 'lk_ABCD2345', 'inv_AAAAAAAAAAAAAAAA', 'x'.repeat(64)])(
    '%s, which nobody gave out, changes nothing and is answered',
    async (payload) => {
      await agrees()
      const heard = person.heard().length
      await opens(payload)
      expect(person.heard().length).toBeGreaterThan(heard)
      expect((await store.db.selectFrom('contact').select('role').execute()).map(({ role }) => role)).toEqual([
        'resident',
      ])
    },
  )
})
