import { type RawBuilder, sql } from 'kysely'
import type { AuditDeed, AuditEntry } from '../core/model/audit.js'
import type { Scope } from '../core/policy/roles.js'
import { may } from '../core/policy/roles.js'
import { columns, rows, texts } from './rows.js'
import { inScope } from './scope.js'
import type { Db } from './tables.js'

/** What somebody did; who they are is in the scope they did it with. */
export type Done = Omit<AuditEntry, 'who' | 'role'>

const AUDIT = columns({
  id: 'text',
  at: 'int',
  who: 'text',
  role: 'text',
  deed: 'text',
  kind: 'text',
  subject: 'text',
  grp: 'int',
  count: 'int',
})

/** Writes down what was done, in the transaction in which it is done: there is no deed without its line, and no line without its deed. */
export async function audit(db: Db, scope: Scope, done: readonly Done[]): Promise<void> {
  if (done.length === 0) return
  const batch = rows(
    db,
    done.map(({ id, at, deed, kind, subject, group, count }) => [
      id,
      at,
      scope.who,
      scope.role,
      deed,
      kind,
      subject,
      group,
      count,
    ]),
  )
  await sql`insert into audit (${AUDIT.names}) select ${AUDIT.fields} from ${batch}`.execute(db)
}

/** A line of the log, with how those whom it names are called by whoever invited them; null: nobody said, or they are erased. */
export interface NamedEntry extends AuditEntry {
  whoLabel: string | null
  /** Where the line is about somebody with a role, or who had one. */
  subjectLabel: string | null
}

/** Which lines are asked for; all that is given must hold. */
export interface AuditFilter {
  /** Lines about these ids: `idsBehind` gives all of a person. */
  about?: readonly string[]
  /** Whose deeds. */
  who?: string
  deed?: AuditDeed
  /** Not the lines of these kinds in these groups: what names the one person of whom it tells. */
  without?: { kinds: readonly string[]; groups: readonly number[] }
  /** Only lines older than this one. */
  before?: Pick<AuditEntry, 'at' | 'id'> | undefined
  limit: number
}

/** The newest lines that are asked for: of everybody for staff, of oneself for whoever may not read the others'. */
export async function auditLog(db: Db, scope: Scope, filter: AuditFilter): Promise<NamedEntry[]> {
  // The few lines first, and then who is in them: no plan reads a million to name fifty.
  const found = await sql<Omit<NamedEntry, 'group'> & { grp: number | null }>`
    select a.id, a.at, a.who, a.role, a.deed, a.kind, a.subject, a.grp, a.count,
      w.label as "whoLabel", s.label as "subjectLabel"
    from (
      select * from audit a where ${sql.join(conditions(db, scope, filter), sql` and `)}
      order by a.at desc, a.id desc limit ${filter.limit}
    ) a left join contact w on w.id = a.who left join contact s on s.id = a.subject
    order by a.at desc, a.id desc`.execute(db)
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
}

function conditions(
  db: Db,
  scope: Scope,
  { about, who, deed, without, before }: AuditFilter,
): readonly RawBuilder<unknown>[] {
  const all: RawBuilder<unknown>[] = [sql`true`]
  // Of one person there are few lines, of a deed or an officer a million: with «|| ''» no index of theirs is taken instead.
  const plain = (column: string) => (about ? sql`${sql.ref(column)} || ''` : sql.ref(column))
  if (!may(scope.role, 'audit')) all.push(sql`${plain('a.who')} = ${scope.who}`)
  if (who !== undefined) all.push(sql`${plain('a.who')} = ${who}`)
  if (deed !== undefined) all.push(sql`${plain('a.deed')} = ${deed}`)
  if (about) all.push(sql`a.subject in (${sql.join([...about])})`)
  if (without && without.kinds.length > 0 && without.groups.length > 0)
    all.push(
      sql`not (a.kind in ${texts(db, without.kinds)} and coalesce(a.grp, 0) in (${sql.join([...without.groups])}))`,
    )
  if (before) all.push(sql`(a.at, a.id) < (${before.at}, ${before.id})`)
  return all
}

/** Ids under which lines may be about the person with this id: those merged with it, and the contacts that it is. It need not be there any more. */
export async function idsBehind(db: Db, id: string): Promise<string[]> {
  const kept = sql`(select coalesce(merged_into, id) from person where id = ${id})`
  const found = await sql<{ id: string }>`
    select id from person where id = ${kept} or merged_into = ${kept} union select id from contact where person = ${kept}`.execute(
    db,
  )
  return [...new Set([id, ...found.rows.map((row) => row.id)])]
}

/** Whom of the scope these ids mean now, by id: a merged person's is the one that was kept. Ids of other things are not in it. */
export async function personsBehind(db: Db, scope: Scope, ids: readonly string[]): Promise<Map<string, string>> {
  if (ids.length === 0) return new Map()
  const found = await sql<{ id: string; person: string }>`
    select p.id, k.id as person from person p join person k on k.id = coalesce(p.merged_into, p.id)
    where p.id in ${texts(db, ids)} and ${inScope(scope, sql`k.grp`)}`.execute(db)
  return new Map(found.rows.map(({ id, person }) => [id, person]))
}

/** Those of these ids that were persons of the scope's rosters and erased themselves (`/xoa`). */
export async function erasedAmong(db: Db, scope: Scope, ids: readonly string[]): Promise<Set<string>> {
  if (ids.length === 0) return new Set()
  const found = await sql<{ subject: string }>`
    select a.subject from audit a where a.subject in ${texts(db, ids)} and a.deed = 'erased' and a.kind = 'person'
      and ${inScope(scope, sql`a.grp`)}`.execute(db)
  return new Set(found.rows.map(({ subject }) => subject))
}

/** Whether somebody has looked at this thing since `since` (ms), by their log. */
export async function hasSeen(
  db: Db,
  { who }: Pick<Scope, 'who'>,
  { kind, subject, since }: { kind: string; subject: string; since: number },
): Promise<boolean> {
  const found = await sql`
    select 1 from audit where who = ${who} and at > ${since} and deed = 'saw' and kind = ${kind} and subject = ${subject} limit 1`.execute(
    db,
  )
  return found.rows.length > 0
}
