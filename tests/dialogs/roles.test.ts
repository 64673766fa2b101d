import { sql } from 'kysely'
import { invitationPayload, invite } from '../../src/access/invite.js'
import { makePageLink } from '../../src/access/page-link.js'
import type { Role } from '../../src/core/model/contact.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { auditLog } from '../../src/store/audit.js'
import { openInvitations } from '../../src/store/invitations.js'
import { groupsOf, scopeOfContact } from '../../src/store/scope.js'
import { revokeGroup, revokeRole } from '../../src/tickets/role-end.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('roles that are given and taken', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  const { work, says, taps, officer } = onFreshBot(engine, (made) => void ({ database, bot } = made))
  const idOf = async (who: Resident) => (await who.contact()).id
  const isNow = async (who: Resident) => ({
    role: (await who.contact()).role,
    groups: await groupsOf(database.store.db, await idOf(who)),
  })
  const made = async (
    role: Exclude<Role, 'resident'>,
    group: number | null,
    more: { by?: string; label?: string } = {},
  ) => invitationPayload(await invite(database.store.db, role, group, bot.clock(), more))
  const opens = async (who: Resident, payload: string) => {
    await who.start(payload)
    await work()
    return who.last()
  }
  const revokes = async (by: Resident, of: Resident) => {
    const { store } = database
    const scope = await scopeOfContact(store.db, await idOf(by))
    const contact = await idOf(of)
    return store.transaction((tx) => revokeRole(tx, bot.context, scope, contact))
  }
  const log = async () =>
    (await auditLog(database.store.db, scopeOf(OPERATOR), { limit: 50 })).map(
      ({ deed, kind, group, whoLabel }) => `${deed} ${kind} ${group ?? ''} ${whoLabel ?? ''}`,
    )
  const ticket = async () =>
    (
      await sql<{ state: string; taken_by: string | null }>`select state, taken_by from ticket`.execute(
        database.store.db,
      )
    ).rows[0]!

  describe('an invitation', () => {
    test('asks first, with whom it is for, and waits for the right person when it is declined', async () => {
      const payload = await made('leader', 5, { label: 'Cô Hạnh tổ 5' })
      const stranger = bot.resident()
      expect((await opens(stranger, payload)).text).toMatch(/tổ trưởng tổ 5, dành cho «Cô Hạnh tổ 5»/)
      await taps(stranger, 'cancel')
      expect(await isNow(stranger)).toEqual({ role: 'resident', groups: [] })
      const head = bot.resident()
      await opens(head, payload)
      await taps(head, 'accept')
      expect(await isNow(head)).toEqual({ role: 'leader', groups: [5] })
      expect(await log()).toEqual(['accepted leader 5 Cô Hạnh tổ 5'])
    })

    test('never lowers a role, and is not used up by trying', async () => {
      const admin = await officer('admin')
      const payload = await made('leader', 5)
      expect((await opens(admin, payload)).text).toContain('vai trò thấp hơn')
      expect(await isNow(admin)).toEqual({ role: 'admin', groups: [] })
      const head = bot.resident()
      await opens(head, payload)
      await taps(head, 'accept')
      expect(await isNow(head)).toEqual({ role: 'leader', groups: [5] })
    })

    test('adds a group to those that a head has, and says so when there is nothing to add', async () => {
      const head = await officer('leader', 3)
      const payload = await made('leader', 4)
      await opens(head, payload)
      await taps(head, 'accept')
      expect(await isNow(head)).toEqual({ role: 'leader', groups: [3, 4] })
      expect((await opens(head, await made('leader', 4))).text).toContain('có đủ')
      expect((await head.contact()).grp).toBe(3)
    })

    test('to a higher role says what it takes the place of: who helps in group 3 does not lead it', async () => {
      const helper = await officer('helper', 3)
      expect((await opens(helper, await made('leader', 5))).text).toContain('thôi làm người hỗ trợ tổ 3')
      await taps(helper, 'accept')
      expect(await isNow(helper)).toEqual({ role: 'leader', groups: [5] })
    })

    test('is not for whoever made it', async () => {
      const admin = await officer('admin')
      expect((await opens(admin, await made('admin', null, { by: await idOf(admin) }))).text).toContain('không tự nhận')
    })

    test('says who is invited, is listed as long as nobody took it up, and is worth nothing once its maker may not make it', async () => {
      const { db } = database.store
      const staff = await officer('staff')
      await says(staff, '/moi')
      await taps(staff, 'leader')
      await says(staff, '5')
      expect((await says(staff, 'x'.repeat(61))).text).toContain('dài quá')
      const shown = await says(staff, 'Chú Ba tổ 5')
      expect(shown.text).toMatch(/«Chú Ba tổ 5» làm tổ trưởng tổ 5/)
      const payload = /start=(inv_\S+)/.exec(shown.text)![1]!
      expect(await openInvitations(db, scopeOf(OPERATOR), bot.clock())).toEqual([
        expect.objectContaining({ role: 'leader', grp: 5, label: 'Chú Ba tổ 5', createdBy: await idOf(staff) }),
      ])
      const head = bot.resident()
      await opens(head, payload)
      // The role goes by another way than the pages and the chat, while the question is in front.
      await sql`update contact set role = 'resident' where id = ${await idOf(staff)}`.execute(db)
      expect((await taps(head, 'accept')).text).toContain('rút lại')
      expect(await isNow(head)).toEqual({ role: 'resident', groups: [] })
    })
  })

  describe('a role that ends', () => {
    test('by being revoked takes the invitations that would bring it back', async () => {
      const admin = await officer('admin')
      const other = await officer('admin')
      const payload = await made('admin', null, { by: await idOf(other) })
      expect(await revokes(admin, other)).toContain(await idOf(other))
      expect((await other.last()).text).toContain('đã được thu lại')
      const second = bot.resident()
      expect((await opens(second, payload)).text).toContain('rút lại')
      expect((await opens(other, payload)).text).toContain('rút lại')
      for (const who of [other, second]) expect(await isNow(who)).toEqual({ role: 'resident', groups: [] })
    })

    test.each(['revoked', 'left'] as const)(
      '(%s) gives the talk back, and whoever had it hears no more',
      async (how) => {
        const admin = await officer('admin')
        const head = await officer('leader', 5)
        const next = await officer('leader', 5)
        const resident = bot.resident()
        await begin(resident)
        await says(resident, '/giup')
        await says(head, '/hangcho')
        await taps(head, 't1')
        const { store } = database
        await makePageLink(store.db, { publicUrl: '', contact: await idOf(head), now: bot.clock() })
        if (how === 'revoked') await revokes(admin, head)
        else {
          await says(head, '/moi')
          await taps(head, 'leave')
          await taps(head, 'yes')
        }
        expect(await ticket()).toEqual({ state: 'open', taken_by: null })
        expect((await resident.heard()).some(({ text }) => text.includes('vừa bận'))).toBe(true)
        expect((await next.last()).text).toContain('Phiếu 1')
        const links = await sql`select 1 from page_link where contact = ${await idOf(head)}`.execute(store.db)
        expect(links.rows).toEqual([])
        const heard = (await head.heard()).length
        await says(resident, 'số nhà tôi là 12')
        expect((await head.heard()).length).toBe(heard)
        await says(next, '/hangcho')
        await taps(next, 't1')
        expect((await ticket()).taken_by).toBe(await idOf(next))
        expect(await log()).toContain('revoked leader 5 ')
      },
    )

    test('by any other way is noticed at the next word of the resident', async () => {
      const head = await officer('leader', 5)
      const resident = bot.resident()
      await begin(resident)
      await says(resident, '/giup')
      await says(head, '/hangcho')
      await taps(head, 't1')
      await sql`update leads set grp = 7 where contact = ${await idOf(head)}`.execute(database.store.db)
      const heard = (await head.heard()).length
      expect((await says(resident, 'cháu ơi')).text).toContain('không còn ở đây')
      expect((await head.heard()).length).toBe(heard)
      expect(await ticket()).toEqual({ state: 'open', taken_by: null })
    })

    test('may be one of several groups: its talks, its invitations and its pages go, the others stay', async () => {
      const admin = await officer('admin')
      const head = await officer('leader', 5)
      const next = await officer('leader', 5)
      const id = await idOf(head)
      await opens(head, await made('leader', 6))
      await taps(head, 'accept')
      expect(await isNow(head)).toEqual({ role: 'leader', groups: [5, 6] })
      const [to5, to6] = [await made('helper', 5, { by: id }), await made('helper', 6, { by: id })]
      const resident = bot.resident()
      await begin(resident)
      await says(resident, '/giup')
      await says(head, '/hangcho')
      await taps(head, 't1')
      expect((await ticket()).taken_by).toBe(id)
      const { store } = database
      const takes = async (by: Resident, group: number) => {
        const scope = await scopeOfContact(store.db, await idOf(by))
        return store.transaction((tx) => revokeGroup(tx, bot.context, scope, id, group))
      }
      // Neither a colleague nor they themselves, and not a group that is none of theirs.
      expect([await takes(next, 5), await takes(head, 5), await takes(admin, 7)]).toEqual([null, null, null])
      expect(await isNow(head)).toEqual({ role: 'leader', groups: [5, 6] })
      expect(await takes(admin, 5)).toContain(id)
      expect(await isNow(head)).toEqual({ role: 'leader', groups: [6] })
      expect((await head.last()).text).toMatch(/thôi làm tổ trưởng tổ 5.*vẫn làm tổ trưởng tổ 6/)
      expect(await ticket()).toEqual({ state: 'open', taken_by: null })
      expect((await next.last()).text).toContain('Phiếu 1')
      expect((await opens(bot.resident(), to5)).text).toContain('rút lại')
      expect((await opens(bot.resident(), to6)).text).toContain('người hỗ trợ tổ 6')
      expect(await log()).toContain('revoked leader 5 ')
      // The last group takes the role with it.
      await takes(admin, 6)
      expect(await isNow(head)).toEqual({ role: 'resident', groups: [] })
      expect((await head.last()).text).toContain('đã được thu lại')
    })

    test('is given up by a helper in the chat', async () => {
      const helper = await officer('helper', 5)
      const asked = await says(helper, 'mời')
      expect(asked.options.map(({ label }) => label)).toEqual(['Thôi giữ vai trò của tôi', 'Thôi'])
      await taps(helper, 'leave')
      await taps(helper, 'yes')
      expect(await isNow(helper)).toEqual({ role: 'resident', groups: [] })
    })
  })

  test('staff take a ticket over from somebody who is away, who is told; a head does not', async () => {
    const heads = [await officer('leader', 5), await officer('leader', 5)]
    const staff = await officer('staff')
    const resident = bot.resident()
    await begin(resident)
    await says(resident, '/giup')
    await says(heads[0]!, '/hangcho')
    await taps(heads[0]!, 't1')
    expect((await says(heads[1]!, '/hangcho')).options.map(({ label }) => label)).toEqual(['Thôi'])
    expect((await says(heads[1]!, '1')).text).not.toContain('đã nhận phiếu')
    expect((await says(staff, 'nhận phiếu 1')).text).toContain('đang có người giữ')
    await taps(staff, 'yes')
    expect((await ticket()).taken_by).toBe(await idOf(staff))
    expect((await heads[0]!.last()).text).toMatch(/Cán bộ phường đã nhận hoặc đóng phiếu 1/)
    expect((await resident.last()).text).toContain('Cán bộ phường đang trả lời')
  })
})
