import { sql } from 'kysely'
import type { AuditEntry } from '../core/model/audit.js'
import type { Scope } from '../core/policy/roles.js'
import { may } from '../core/policy/roles.js'
import { columns, rows } from './rows.js'
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

/** The newest lines before a place: of everybody for staff, of oneself for whoever may not read the others'. */
export async function auditLog(
  db: Db,
  scope: Scope,
  { before, limit }: { before?: Pick<AuditEntry, 'at' | 'id'> | undefined; limit: number },
): Promise<NamedEntry[]> {
  const own = may(scope.role, 'audit') ? sql`true` : sql`a.who = ${scope.who}`
  const older = before ? sql`(a.at, a.id) < (${before.at}, ${before.id})` : sql`true`
  const found = await sql<Omit<NamedEntry, 'group'> & { grp: number | null }>`
    select a.id, a.at, a.who, a.role, a.deed, a.kind, a.subject, a.grp, a.count,
      w.label as "whoLabel", s.label as "subjectLabel"
    from audit a left join contact w on w.id = a.who left join contact s on s.id = a.subject
    where ${own} and ${older} order by a.at desc, a.id desc limit ${limit}`.execute(db)
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
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
