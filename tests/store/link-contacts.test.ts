import { sql } from 'kysely'
import { letIn, PAGE_LINK_MS } from '../../src/access/page-link.js'
import { invite } from '../../src/access/invite.js'
import { DAY_MS } from '../../src/core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { audit, auditLog } from '../../src/store/audit.js'
import { contactsToForget } from '../../src/store/erase.js'
import { labelRole } from '../../src/store/contacts.js'
import { createPageSession, redeemPageLink } from '../../src/store/page-access.js'
import { endLinkContacts } from '../../src/store/link-contacts.js'
import { roleHolders } from '../../src/store/role-holders.js'
import { groupsOf, scopeOfContact } from '../../src/store/scope.js'
import { hashCode } from '../../src/access/codes.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

const NOW = Date.parse('2026-11-23T09:00:00+07:00')
const HOURS = 3_600_000
const WARD = scopeOf(OPERATOR)

describeEngines('whoever was let in by a link of the server', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())
  const db = () => database.store.db
  let ids = 0
  const newId = () => `id-${++ids}`

  const link = async (contact: string, role: 'admin' | 'leader', group: number | null = null) => {
    const url = await database.store.transaction((tx) =>
      letIn(tx, { publicUrl: 'http://ward', role, group, newId, now: NOW, contact }),
    )
    return new URL(url).searchParams.get('code')!
  }
  const enter = async (contact: string, code: string) => {
    expect(await redeemPageLink(db(), hashCode(code), NOW)).not.toBeNull()
    await createPageSession(db(), { tokenHash: newId(), contact, csrf: 'x', createdAt: NOW, expiresAt: NOW + 8 * HOURS }) // prettier-ignore
  }
  const end = (now: number) => database.store.transaction((tx) => endLinkContacts(tx, now))
  const holders = async () => (await roleHolders(db(), WARD)).map(({ contact }) => contact)

  test('has the role as long as the link or the session lives, and then none: the list of roles is as before', async () => {
    await link('unused', 'leader', 5)
    await enter('inside', await link('inside', 'admin'))
    await labelRole(db(), 'inside', 'Anh Bình')
    await audit(db(), await scopeOfContact(db(), 'inside'), [{ id: 'a-1', at: NOW, deed: 'saw', kind: 'roles', subject: null, group: null, count: null }]) // prettier-ignore
    expect(await end(NOW + PAGE_LINK_MS - 1)).toBe(0)
    expect(await end(NOW + PAGE_LINK_MS)).toBe(1)
    expect(await groupsOf(db(), 'unused')).toEqual([])
    expect(await holders()).toEqual(['inside'])
    expect(await end(NOW + 8 * HOURS)).toBe(1)
    expect(await holders()).toEqual([])
    expect((await scopeOfContact(db(), 'inside')).role).toBe('resident')
    // What they did stays, with what they are called.
    expect(await auditLog(db(), WARD, { limit: 9 })).toMatchObject([{ who: 'inside', role: 'admin', whoLabel: 'Anh Bình' }]) // prettier-ignore
    expect(await end(NOW + 9 * HOURS)).toBe(0)
  })

  test('keeps it while an invitation of theirs waits, so that it can be taken up', async () => {
    await link('boss', 'admin')
    await invite(db(), 'leader', 5, NOW, { by: 'boss' })
    expect(await end(NOW + DAY_MS)).toBe(0)
    expect(await holders()).toEqual(['boss'])
    expect(await end(NOW + 7 * DAY_MS)).toBe(1)
  })

  test('leaves no talk with nobody', async () => {
    await enter('boss', await link('boss', 'admin'))
    await link('c-1', 'leader', 6)
    await sql`insert into ticket (id, number, contact, grp, tries, channel, reason, state, taken_by, taken_at, opened_at)
      values ('t-1', 1, 'c-1', 5, 0, 'web', 'asked', 'taken', 'boss', ${NOW}, ${NOW})`.execute(db())
    await end(NOW + 8 * HOURS)
    expect((await sql`select state, taken_by from ticket`.execute(db())).rows).toEqual([{ state: 'open', taken_by: null }]) // prettier-ignore
  })

  test('is called in the log what they were called until they are forgotten with everybody who is idle', async () => {
    await link('boss', 'admin')
    await end(NOW + DAY_MS)
    const forget = (days: number) => contactsToForget(db(), { idle: NOW + (days - 730) * DAY_MS, unconsented: NOW + (days - 30) * DAY_MS, limit: 9 }) // prettier-ignore
    expect(await forget(729)).toEqual([])
    expect(await forget(731)).toEqual(['boss'])
  })

  test('may be let in again under the same id, and officers who chat keep their role with no page open', async () => {
    await link('demo', 'leader', 5)
    await link('chats', 'leader', 6)
    await sql`insert into address (channel, address, contact, state) values ('web', 'x', 'chats', 'ok')`.execute(db())
    expect(await end(NOW + DAY_MS)).toBe(1)
    expect(await holders()).toEqual(['chats'])
    await link('demo', 'leader', 5)
    expect(await groupsOf(db(), 'demo')).toEqual([5])
    expect(await holders()).toEqual(['chats', 'demo'])
  })
})
