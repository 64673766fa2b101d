import { sql } from 'kysely'
import type { Content } from '../../src/core/model/message.js'
import type { Said } from '../../src/core/model/outbox.js'
import { slipCode } from '../../src/core/roster/slip.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { loadByAddresses } from '../../src/store/contacts.js'
import { outboxLast } from '../../src/store/outbox.js'
import { createSlip } from '../../src/store/slips.js'
import { figures } from '../../src/store/figures.js'
import { recountFigures } from '../../src/store/recount.js'
import { ledgerOfRun } from '../../src/store/ledger.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('several people behind one phone', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let helper: Resident
  const { work, says, taps } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    helper = bot.resident()
    await begin(helper)
  })
  const bringIn = async (label: string) => {
    await says(helper, '/nguoithan')
    await taps(helper, 'new')
    await says(helper, label)
    return taps(helper, 'agreed')
  }
  const rosterPerson = async () => {
    const { store } = bot.context
    const id = bot.context.newId()
    await sql`insert into person (id, grp, created_at) values (${id}, 7, 1)`.execute(store.db)
    await sql`
      insert into household (id, grp, code, street, house, created_at) values ('h1', 7, 'h1', '', '', 1)`.execute(
      store.db,
    )
    await sql`
      insert into roster (person, household, name, folded, residence, card, visit, official, updated_at)
      values (${id}, 'h1', 'Nguyễn Thị Lan', 'nguyen thi lan', 'permanent', 'none', 0, 0, 1)`.execute(store.db)
    const code = slipCode(new Uint8Array(40).map((_, i) => i))!
    await createSlip(store.db, scopeOf(OPERATOR), bot.context.seals, { person: id, code, now: bot.clock() })
    return { id, code }
  }

  test('every step is credited to the person, with the helper and the source beside it', async () => {
    const own = (await helper.run())!
    const now = await bringIn('mẹ')
    expect(now.text).toContain('ghi cho mẹ')
    await helper.start('vneid-level-1')
    expect((await helper.last()).text).toContain('(Đang làm cho: mẹ)')
    await helper.tap('begin')
    await helper.tap('done')
    const hers = (await helper.run())!
    expect(hers.person).not.toBe(own.person)
    expect((await says(helper, '/tiendo')).text).toContain('Tiến độ của mẹ:')
    const events = await ledgerOfRun(database.store.db, hers.id)
    const { id } = await helper.contact()
    expect(events.map(({ source, contact, person, group }) => ({ source, contact, person, group }))).toEqual(
      events.map(() => ({ source: 'helper', contact: id, person: hers.person, group: 5 })),
    )
    await says(helper, '/nguoithan')
    expect((await taps(helper, 'self')).text).toMatch(/chính bác[^]*Mình làm tiếp nhé/)
    expect((await helper.run())!.step).toBe(own.step)
    await says(helper, '/nguoithan')
    expect((await taps(helper, 'p0')).text).toContain('(Đang làm cho: mẹ)')
    await says(helper, '1')
    expect((await helper.run())!.step).toBe(hers.step)
  })

  test('a slip lets somebody act for a person of the roster, in that person’s group, once', async () => {
    const { id, code } = await rosterPerson()
    await says(helper, '/nguoithan')
    await taps(helper, 'slip')
    await says(helper, code.toLowerCase())
    await taps(helper, 'theirs')
    expect((await says(helper, 'bà Lan')).text).toContain('ghi cho bà Lan')
    await helper.start('id-card')
    await helper.tap('begin')
    const run = (await helper.run())!
    expect(run.person).toBe(id)
    expect((await ledgerOfRun(database.store.db, run.id))[0]).toMatchObject({ group: 7, source: 'helper' })
    const second = bot.resident()
    await begin(second)
    await second.start(`ps_${code}`)
    await work()
    expect((await taps(second, 'mine')).text).toContain('dùng rồi')
  })

  test('the owner of a slip is joined to the list with all they did, and may end what others do for them', async () => {
    const { id, code } = await rosterPerson()
    await helper.start(`ps_${code}`)
    await work()
    const before = (await helper.run())!
    expect((await taps(helper, 'mine')).text).toContain('nối bác với danh sách của tổ')
    expect((await helper.session()).person).toBe(id)
    expect((await helper.run())!.step).toBe(before.step)

    const { store } = bot.context
    const grandson = bot.resident()
    await begin(grandson)
    const { id: other } = await grandson.contact()
    await sql`insert into helping (contact, person, label, how, since) values (${other}, ${id}, 'bà', 'slip', 1)`.execute(
      store.db,
    )
    await says(grandson, '/nguoithan')
    await taps(grandson, 'p0')
    expect((await says(helper, '/nguoithan')).text).toContain('1 người đang làm hộ')
    expect((await taps(helper, 'withdraw')).text).toContain('không ai làm hộ')
    expect((await grandson.last()).text).toContain('không nhờ bác nữa')
    expect((await grandson.session()).person).not.toBe(id)
  })

  const joins = async () =>
    (await sql<{ n: number }>`
      select (select count(*) from merge) + (select count(*) from helping) + (select count(*) from slip where used_at is not null)
        + (select count(*) from audit where deed = 'joined') as n`.execute(database.store.db)).rows.map(({ n }) => Number(n)) // prettier-ignore

  for (const whose of ['mine', 'theirs'] as const)
    test(`a slip joins nobody before they agreed (${whose}), and after it the first questions go on`, async () => {
      const { id, code } = await rosterPerson()
      const newcomer = bot.resident()
      await newcomer.start(`ps_${code}`)
      await work()
      expect((await newcomer.ask()).kind).toBe('consent')
      expect(await newcomer.heard()).toHaveLength(1)
      expect((await taps(newcomer, 'agree')).text).toContain('Phiếu này là của ai')
      expect(await joins()).toEqual([0])
      await taps(newcomer, whose)
      if (whose === 'theirs') await says(newcomer, 'bà Lan')
      const { text } = await newcomer.last()
      expect(text).toContain(whose === 'mine' ? 'nối bác với danh sách' : 'ghi cho bà Lan')
      expect(text).toContain('cháu gọi mình là gì')
      expect(await joins()).not.toEqual([0])
      expect((await newcomer.session()).person).toBe(id)
      await taps(newcomer, 'bac')
      // The list knows in which group its people live; of a helper nobody knows it yet.
      if (whose === 'theirs') await taps(newcomer, 'g5')
      expect((await newcomer.ask()).kind).toBe('triage')
    })

  test('a no to keeping anything leaves no join behind, /dulieu says so, and the slip is its owner’s', async () => {
    const { id, code } = await rosterPerson()
    const newcomer = bot.resident()
    await newcomer.start(`ps_${code}`)
    await work()
    expect((await taps(newcomer, 'decline')).text).toContain('không ghi gì cả')
    expect(await joins()).toEqual([0])
    expect((await says(newcomer, '/dulieu')).text).toMatch(/chưa đồng ý lưu gì[^]*Không nối với danh sách nào/)
    expect((await says(newcomer, '/nguoithan')).options.map(({ data }) => data)).toHaveLength(2)
    expect((await newcomer.ask()).kind).toBe('consent')
    await helper.start(`ps_${code}`)
    await work()
    expect((await taps(helper, 'mine')).text).toContain('nối bác với danh sách của tổ')
    expect((await helper.session()).person).toBe(id)
    // Whoever agrees after all is told that it was used meanwhile, and goes on.
    await newcomer.tap('agree')
    await work()
    const { text } = await taps(newcomer, 'mine')
    expect(text).toMatch(/dùng rồi[^]*cháu gọi mình là gì/)
  })

  test('a slip whose question was open when the consent ended joins nobody before a new one', async () => {
    const { code } = await rosterPerson()
    await helper.start(`ps_${code}`)
    await work()
    const { version, ...session } = await helper.session()
    const { id } = await helper.contact()
    await sql`update session set state = ${JSON.stringify({ ...session, consent: null })} where contact = ${id} and version = ${version}`.execute(database.store.db) // prettier-ignore
    await taps(helper, 'mine')
    expect([(await helper.ask()).kind, await joins()]).toEqual(['consent', [0]])
    expect((await taps(helper, 'agree')).text).toContain('Phiếu này là của ai')
    expect((await taps(helper, 'mine')).text).toContain('nối bác với danh sách của tổ')
  })

  test('a slip that comes while the consent is out of date waits for the new one', async () => {
    const { id, code } = await rosterPerson()
    const { id: contact } = await helper.contact()
    const { version, ...session } = await helper.session()
    await sql`update session set state = ${JSON.stringify({ ...session, consent: { version: 'old', at: 1 } })} where contact = ${contact} and version = ${version}`.execute(database.store.db) // prettier-ignore
    await helper.start(`ps_${code}`)
    await work()
    expect((await helper.last()).text).toContain('vừa thay đổi')
    expect((await taps(helper, 'agree')).text).toContain('Phiếu này là của ai')
    await taps(helper, 'mine')
    expect((await helper.session()).person).toBe(id)
  })

  for (const channel of ['telegram', 'zalo'] as const)
    test(`consent comes before a slip on ${channel}, too`, async () => {
      const { id, code } = await rosterPerson()
      const { db } = database.store
      const address = `99${channel.length}`
      const at = async (content: Content) => {
        await bot.context.turns.accept({ channel, externalId: bot.context.newId(), address, content, at: bot.clock(), secrets: [] }) // prettier-ignore
        await work()
        const [row] = await loadByAddresses(db, [{ channel, address }])
        const said = (await outboxLast(db, row!.contact, 1)).map(({ body }) => JSON.parse(body) as Said)[0]!
        return { row: row!, said, tap: (n: number) => at({ kind: 'tap', data: said.options[n]!.data }) }
      }
      const asked = await at({ kind: 'start', payload: `ps_${code}` })
      expect([asked.row.session.prompt.ask.kind, asked.said.options.length]).toEqual(['consent', 2])
      const no = await asked.tap(1)
      expect([no.said.text, await joins()]).toEqual([expect.stringContaining('không ghi gì cả'), [0]])
      const whose = await no.tap(0)
      expect(whose.said.text).toContain('Phiếu này là của ai')
      const mine = await whose.tap(0)
      expect(mine.said.text).toContain('nối bác với danh sách')
      expect(mine.row.self).toBe(id)
    })

  test('a slip of somebody brought in before is theirs: asked once, what was done counts for the person of the list, in that group', async () => {
    const { id, code } = await rosterPerson()
    const { store } = bot.context
    await bringIn('bà ngoại')
    await helper.start('id-card')
    await helper.tap('begin')
    const before = (await helper.run())!
    bot.clock.pass(60_000)
    await bringIn('ông Tư')
    await says(helper, '/nguoithan')
    await taps(helper, 'p0')
    await helper.start(`ps_${code}`)
    await work()
    const asked = await helper.last()
    expect(asked.text).toContain('Phiếu này là của ai')
    expect(asked.options.map(({ label }) => label)).toEqual(['Phiếu của tôi', 'Của bà ngoại, tôi đang làm hộ', 'Của ông Tư, tôi đang làm hộ', 'Người khác, tôi làm hộ', 'Thôi']) // prettier-ignore
    expect((await taps(helper, 'p0')).text).toContain('ghi cho bà ngoại')
    expect((await helper.session()).person).toBe(id)
    expect((await helper.runs()).find((run) => run.id === before.id)).toMatchObject({ person: id, step: before.step })
    // Not a second entry, and on from where she stood.
    await says(helper, '/nguoithan')
    expect((await helper.last()).options.filter(({ label }) => label === 'Làm cho bà ngoại')).toHaveLength(1)
    await says(helper, 'Làm cho bà ngoại')
    await says(helper, '1')
    await says(helper, '1')
    const after = (await helper.run())!
    expect([after.id, after.person]).toEqual([before.id, id])
    const events = await ledgerOfRun(store.db, before.id)
    expect([...new Set(events.map(({ group }) => group))]).toEqual([5, 7])
    const begun = await figures(store.db, scopeOf(OPERATOR), { flow: 'id-card' })
    expect(begun.filter(({ started }) => started > 0)).toMatchObject([{ grp: 7, started: 1 }])
    expect(await recountFigures(store.db, scopeOf(OPERATOR))).toEqual(await figures(store.db, scopeOf(OPERATOR)))
    const [merge] = (await sql`select how, kept from merge`.execute(store.db)).rows
    expect(merge).toEqual({ how: 'slip', kept: id })
  })

  test('a slip for somebody else leaves those alone who were brought in before', async () => {
    const { id, code } = await rosterPerson()
    await bringIn('bà ngoại')
    const hers = (await helper.session()).person
    await helper.start(`ps_${code}`)
    await work()
    await taps(helper, 'theirs')
    expect((await says(helper, 'bà Lan')).text).toContain('ghi cho bà Lan')
    expect((await helper.session()).person).toBe(id)
    const rows = (await sql`select person, label, how from helping order by label`.execute(database.store.db)).rows
    expect(rows).toEqual([{ person: id, label: 'bà Lan', how: 'slip' }, { person: hers, label: 'bà ngoại', how: 'made' }]) // prettier-ignore
    expect((await sql`select 1 from merge`.execute(database.store.db)).rows).toEqual([])
  })

  test('a slip that opens nothing for somebody whom the list knows as another is left to its owner', async () => {
    const { id, code } = await rosterPerson()
    const { person } = await helper.session()
    const { store } = bot.context
    await sql`
      insert into roster (person, household, name, folded, residence, card, visit, official, updated_at)
      values (${person}, 'h1', 'Nguyễn Văn Ba', 'nguyen van ba', 'permanent', 'none', 0, 0, 1)`.execute(store.db)
    await helper.start(`ps_${code}`)
    await work()
    expect((await taps(helper, 'mine')).text).toContain('một người khác')
    const owner = bot.resident()
    await begin(owner)
    await owner.start(`ps_${code}`)
    await work()
    expect((await taps(owner, 'mine')).text).toContain('nối bác với danh sách của tổ')
    expect((await owner.session()).person).toBe(id)
  })

  test('a slip that a newer one replaced says so, however often it is typed, and is no wrong guess', async () => {
    const { id, code } = await rosterPerson()
    const newer = slipCode(new Uint8Array(40).map((_, i) => i + 3))!
    await createSlip(database.store.db, scopeOf(OPERATOR), bot.context.seals, { person: id, code: newer, now: bot.clock() }) // prettier-ignore
    for (let i = 0; i < 6; i++) {
      await helper.start(`ps_${code}`)
      await work()
      expect((await taps(helper, 'mine')).text).toContain('thay bằng phiếu mới')
    }
    // Paper may lie for a month.
    bot.clock.pass(31 * 86_400_000)
    await helper.start(`ps_${newer}`)
    await work()
    expect((await taps(helper, 'mine')).text).toContain('nối bác với danh sách của tổ')
  })

  test('without the person’s word nobody is brought in, and one may stop at any time', async () => {
    await says(helper, '/nguoithan')
    await taps(helper, 'new')
    await says(helper, 'mẹ')
    await taps(helper, 'cancel')
    expect((await sql`select 1 from helping`.execute(database.store.db)).rows).toEqual([])
    await bringIn('bố')
    await says(helper, '/nguoithan')
    await taps(helper, 'stop')
    expect((await taps(helper, 'p0')).text).toContain('Đã thôi làm hộ bố')
    expect((await helper.session()).person).toBe((await helper.runs())[0]!.person)
    expect((await sql`select 1 from helping`.execute(database.store.db)).rows).toEqual([])
  })

  test('«đừng nhắn nữa» silences whoever says it, on all their apps, and says so; whom they act for has a word of their own', async () => {
    const { store } = bot.context
    const own = (await helper.session()).person
    const { id } = await helper.contact()
    await bringIn('mẹ')
    const mother = (await helper.session()).person
    // The mother has a phone of her own, and the helper a second app.
    await sql`insert into contact (id, person, role, created_at) values ('hers', ${mother}, 'resident', 1), ('second', ${own}, 'resident', 1)`.execute(store.db) // prettier-ignore
    const silent = async () => (await sql<{ subject: string }>`select subject from opt_out order by subject`.execute(store.db)).rows.map(({ subject }) => subject) // prettier-ignore
    expect((await says(helper, '/dung')).text).toContain('không nhắn nhắc bác nữa, kể cả tin về mẹ')
    expect(await silent()).toEqual([id, own, 'second'].sort())
    // Back to themselves: nothing of it stays behind.
    await says(helper, '/nguoithan')
    await taps(helper, 'self')
    expect((await says(helper, '/nhan')).text).toContain('nhắn nhắc lại cho bác, cả tin về mẹ')
    expect(await silent()).toEqual([])
  })
})
