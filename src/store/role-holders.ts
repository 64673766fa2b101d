import { sql } from 'kysely'
import type { Role } from '../core/model/contact.js'
import type { Scope } from '../core/policy/roles.js'
import { texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** Somebody who is more than a resident to the bot. */
export interface RoleHolder {
  contact: string
  role: Exclude<Role, 'resident'>
  /** Groups they lead or help in. */
  groups: number[]
  /** As whoever invited them calls them; null: nobody said. */
  label: string | null
  /** As the roster calls them, where it knows them and the viewer may see it. */
  name: string | null
  /** When they last wrote, ms; 0: they never did. */
  lastAt: number
}

/** Who has a role: everybody for the ward, helpers of the own groups for a head. */
export async function roleHolders(db: Db, scope: Scope): Promise<RoleHolder[]> {
  const mine =
    scope.groups === 'ward'
      ? sql`true`
      : sql`(c.role = 'helper' and exists (select 1 from leads o where o.contact = c.id and ${inScope(scope, sql`o.grp`)}))`
  const found = await sql<{
    contact: string
    role: RoleHolder['role']
    grp: number | null
    label: string | null
    name: string | null
    last_at: number
  }>`
    select c.id as contact, c.role, l.grp, c.label, case when ${inScope(scope, sql`p.grp`)} then r.name end as name, s.last_at
    from contact c join person p on p.id = c.person join session s on s.contact = c.id
    left join roster r on r.person = c.person left join leads l on l.contact = c.id
    where c.role <> 'resident' and ${mine} order by c.role, c.id, l.grp`.execute(db)
  const holders = new Map<string, RoleHolder>()
  for (const { contact, role, grp, label, name, last_at } of found.rows) {
    const holder = holders.get(contact) ?? { contact, role, groups: [], label, name, lastAt: last_at }
    if (grp !== null) holder.groups.push(grp)
    holders.set(contact, holder)
  }
  return [...holders.values()]
}

/** How whoever invited them calls each of these contacts; nobody is in it whom nobody named. */
export async function roleLabels(db: Db, contacts: readonly string[]): Promise<Map<string, string>> {
  if (contacts.length === 0) return new Map()
  const found = await sql<{ id: string; label: string }>`
    select id, label from contact where label is not null and id in ${texts(db, contacts)}`.execute(db)
  return new Map(found.rows.map(({ id, label }) => [id, label]))
}
