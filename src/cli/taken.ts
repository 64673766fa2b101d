import { randomId } from '../context.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import type { Db } from '../store/tables.js'

/**
 * The line of the audit log for a file that the operator takes at the server. It is written before the first row leaves, so that a reader that
 * stops early (`ward export steps | head`) leaves one too; what is read row by row is not counted beforehand.
 */
export function noteTaken(
  db: Db,
  {
    kind,
    subject = null,
    group,
    count,
    now,
  }: { kind: string; subject?: string | null; group?: number | undefined; count?: number; now: number },
): Promise<void> {
  return audit(db, scopeOf(OPERATOR), [
    { id: randomId(), at: now, deed: 'exported', kind, subject, group: group ?? null, count: count ?? null },
  ])
}
