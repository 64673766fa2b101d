import { sql } from 'kysely'
import { setGroup, setRole } from '../../src/store/contacts.js'
import { redeemInvitation } from '../../src/store/invitations.js'
import { claimDeferred, countDeferred, listDead } from '../../src/store/inbox.js'
import type { Role } from '../../src/core/model/contact.js'
import { hashCode } from '../../src/access/codes.js'
import { INVITATION_MS, invitationPayload, invite } from '../../src/access/invite.js'
import { begin, createBot, finish, holdRequests, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('what is done after the turn', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
    // Every moment is the test's.
    holdRequests(bot)
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })

  const work = async () => {
    let done = 0
    for (let last = -1; last !== 0; done += last) last = await bot.context.requests.runOnce()
    return done
  }
  const invited = async (role: Exclude<Role, 'resident'>, group: number | null = null) =>
    invitationPayload(await invite(database.store.db, role, group, bot.clock()))
  const redeem = async (resident: Resident, payload: string) => {
    const accepted = await resident.start(payload)
    await work()
    if ((await resident.ask()).kind !== 'dialog') return accepted
    await resident.tap('accept')
    await work()
    return accepted
  }

  test('figures come as a message of their own that leaves the question in front alone', async () => {
    const staff = bot.resident()
    await begin(staff)
    await redeem(staff, await invited('staff'))
    await staff.tap('continue')
    await staff.tap('done')
    const { prompt } = await staff.session()
    const accepted = await staff.say('/thongke')
    expect(accepted.kind).toBe('deferred')
    const before = (await staff.heard()).length
    expect(await work()).toBe(1)
    const heard = await staff.heard()
    expect(heard).toHaveLength(before + 1)
    expect(heard.at(-1)).toMatchObject({ options: [] })
    expect(heard.at(-1)!.text).toContain('1 người bắt đầu, 0 người xong')
    expect((await staff.session()).prompt).toEqual(prompt)
    // Typed after the figures were on the screen: it still answers the step.
    await staff.send({ kind: 'text', text: '1' }, { seen: (await staff.session()).said })
    expect((await staff.run())!.step).toBe('app-code')
    expect(await countDeferred(database.store.db)).toBe(0)
    expect((await staff.session()).said).toBe((await staff.heard()).length)
  })

  test('a request that is delivered again is answered once', async () => {
    const staff = bot.resident()
    await redeem(staff, await invited('admin'))
    const item = staff.item({ kind: 'text', text: 'thống kê' })
    expect((await bot.context.turns.accept(item)).kind).toBe('deferred')
    await work()
    expect((await bot.context.turns.accept(item)).kind).toBe('duplicate')
    expect(await work()).toBe(0)
  })

  /** Somebody who became the head of group 5 while they were asked which group they live in. */
  const leaderAtTheGroupQuestion = async () => {
    const head = bot.resident()
    await head.start()
    await head.tap('agree')
    await head.tap('bac')
    expect((await head.ask()).kind).toBe('group')
    const { id } = await head.contact()
    await setRole(database.store.db, id, 'leader', [5], bot.clock())
    await setGroup(database.store.db, id, 5)
    return head
  }

  test('a group head sees the own group and no other, whatever they type or tap', async () => {
    for (const group of [5, 7]) {
      const resident = bot.resident()
      await begin(resident)
      if (group === 7) await sql`update person set grp = 7 where id = ${(await resident.runs())[0]!.person}`.execute(database.store.db) // prettier-ignore
      if (group === 7) await finish(resident)
    }
    const head = await leaderAtTheGroupQuestion()
    await head.say('/thongke vneid-level-1')
    await work()
    expect((await head.last()).text).toMatch(/^Tổ 5,[^]*1 người bắt đầu, 0 người xong/)
    await head.say('/thongke vneid-level-1 7')
    await work()
    expect((await head.last()).text).toContain('chỉ xem được số liệu của tổ 5')
    // The question about the own group was still in front: its answer must not open another group's figures.
    await head.tap('g7')
    expect(await head.contact()).toMatchObject({ role: 'leader', grp: 5 })
    await head.say('/thongke vneid-level-1')
    await work()
    expect((await head.last()).text).toMatch(/^Tổ 5,[^]*1 người bắt đầu, 0 người xong/)
    expect(await work()).toBe(0)
  })

  test('a group head who answers the question about the group with «unknown» does not see the whole ward', async () => {
    const head = await leaderAtTheGroupQuestion()
    await head.tap('unknown-group')
    expect(await head.contact()).toMatchObject({ role: 'leader', grp: 5 })
  })

  test('a resident is told that figures are not theirs', async () => {
    const resident = bot.resident()
    await begin(resident)
    expect((await resident.say('/thongke')).kind).toBe('handled')
    expect((await resident.last()).text).toContain('dành cho tổ trưởng và cán bộ')
  })

  test('staff keep the group they live in', async () => {
    const staff = bot.resident()
    await begin(staff)
    await redeem(staff, await invited('staff'))
    expect(await staff.contact()).toMatchObject({ role: 'staff', grp: 5 })
  })

  test('a code works once; a used, an old, and an unknown one are each told so', async () => {
    const [one, two, three] = [bot.resident(), bot.resident(), bot.resident()]
    const payload = await invited('staff')
    await redeem(one, payload)
    expect(await one.contact()).toMatchObject({ role: 'staff' })
    await redeem(two, payload)
    expect((await two.last()).text).toContain('đã dùng rồi')
    const old = await invited('staff')
    bot.clock.pass(INVITATION_MS)
    await redeem(two, old)
    expect((await two.last()).text).toContain('quá hạn')
    await redeem(three, 'inv_no-such-code-at-all')
    expect((await three.last()).text).toContain('không đúng')
    await redeem(two, `/start ${payload}`)
    for (const resident of [two, three]) expect(await resident.contact()).toMatchObject({ role: 'resident' })
    const said = await invited('leader', 3)
    await three.say(`/start ${said}`)
    await work()
    await three.tap('accept')
    await work()
    expect(await three.contact()).toMatchObject({ role: 'leader', grp: 3 })
  })

  test('of two who take one code at the same moment, one gets the role', async () => {
    const other = createBot(database.peer())
    const payload = await invited('admin')
    const residents = [bot.resident(), bot.resident()]
    for (const resident of residents) await resident.start(payload)
    await work()
    for (const resident of residents) await resident.tap('accept')
    await Promise.all([bot.context.requests.runOnce(), other.context.requests.runOnce()])
    await work()
    const roles = await Promise.all(residents.map(async (one) => (await one.contact()).role))
    expect(roles.sort()).toEqual(['admin', 'resident'])
    if (other.context.store !== database.store) await other.context.close()
  })

  test('the code is kept nowhere, only its hash, also while the request waits', async () => {
    const payload = await invited('staff')
    await bot.resident().start(payload)
    const kept = await sql<{ request: string }>`select request from inbox where request is not null`.execute(
      database.store.db,
    )
    expect(kept.rows[0]!.request).not.toContain(payload.slice(4))
    expect(kept.rows[0]!.request).toContain(hashCode(payload.slice(4)))
    await work()
    const left = await sql`select request from inbox where request is not null`.execute(database.store.db)
    expect(left.rows).toEqual([])
  })

  test('what a process that died left behind is taken over when its lease has ended', async () => {
    const staff = bot.resident()
    await redeem(staff, await invited('staff'))
    await staff.say('/thongke')
    const before = (await staff.heard()).length
    expect(await claimDeferred(database.store.db, bot.clock(), 60_000, 16)).toHaveLength(1)
    expect(await bot.context.requests.runOnce()).toBe(0)
    bot.clock.pass(59_999)
    expect(await bot.context.requests.runOnce()).toBe(0)
    bot.clock.pass(1)
    expect(await bot.context.requests.runOnce()).toBe(1)
    expect(await staff.heard()).toHaveLength(before + 1)
  })

  test('a request that fails three times is put aside with an apology', async () => {
    const staff = bot.resident()
    await redeem(staff, await invited('staff'))
    await staff.say('/thongke')
    const { flows } = bot.context.world
    ;(bot.context.world as { flows: unknown }).flows = { values: () => fail() }
    const fail = () => {
      throw new RangeError('a bug in the figures')
    }
    const before = (await staff.heard()).length
    for (const tries of [1, 2, 3]) {
      expect(await bot.context.requests.runOnce()).toBe(1)
      expect(await listDead(database.store.db, 5)).toHaveLength(tries === 3 ? 1 : 0)
      bot.clock.pass(60_000)
    }
    ;(bot.context.world as { flows: unknown }).flows = flows
    expect(await bot.context.requests.runOnce()).toBe(0)
    const heard = await staff.heard()
    expect(heard).toHaveLength(before + 1)
    expect(heard.at(-1)!.text).toContain('chưa làm được việc vừa rồi')
  })

  test('many requests at once are all worked off at one nudge', async () => {
    const own = createBot(database.peer(), { clock: bot.clock })
    const staff = await Promise.all(
      Array.from({ length: 40 }, async () => {
        const one = own.resident()
        await one.start(await invited('staff'))
        return one
      }),
    )
    await until(async () => (await countDeferred(database.store.db)) === 0)
    await Promise.all(staff.map((one) => one.say('/thongke')))
    await until(async () => (await countDeferred(database.store.db)) === 0)
    for (const one of staff) expect((await one.session()).said).toBe((await one.heard()).length)
    await own.context.requests.stop()
    if (own.context.store !== database.store) await own.context.close()
  })

  test('a code can be used up only by the one who has it in the database', async () => {
    const payload = await invited('leader', 2)
    const hash = hashCode(payload.slice(4))
    expect(await redeemInvitation(database.store.db, hash, 'c', bot.clock() + INVITATION_MS)).toBe(false)
    expect(await redeemInvitation(database.store.db, hash, 'c', bot.clock())).toBe(true)
  })
})

/** Asks again and again, in turns of the event loop: no time is waited for. */
async function until(done: () => Promise<boolean>): Promise<void> {
  for (let i = 0; i < 5000; i++) {
    if (await done()) return
    await new Promise((next) => setImmediate(next))
  }
  throw new Error('it never came about')
}
