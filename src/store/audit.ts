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

/** The newest lines before a place: of everybody for staff, of oneself for whoever may not read the others'. */
export async function auditLog(
  db: Db,
  scope: Scope,
  { before, limit }: { before?: Pick<AuditEntry, 'at' | 'id'> | undefined; limit: number },
): Promise<AuditEntry[]> {
  const own = may(scope.role, 'audit') ? sql`true` : sql`who = ${scope.who}`
  const older = before ? sql`(at, id) < (${before.at}, ${before.id})` : sql`true`
  const found = await sql<Omit<AuditEntry, 'group'> & { grp: number | null }>`
    select ${AUDIT.names} from audit where ${own} and ${older} order by at desc, id desc limit ${limit}`.execute(db)
  return found.rows.map(({ grp, ...row }) => ({ ...row, group: grp }))
}
