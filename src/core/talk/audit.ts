import { type AuditEntry, kindKey } from '../model/audit.js'
import type { Line } from '../model/message.js'
import { guideLine } from './draft.js'

/** The kind of thing that a line of the log is about; null: it has no words, and is called as it is kept. */
export function auditKind({ kind }: Pick<AuditEntry, 'kind'>, flows: ReadonlyMap<string, unknown>): Line | null {
  if (flows.has(kind)) return guideLine(kind, 'short')
  const key = kindKey(kind)
  return key === null ? null : { key }
}
