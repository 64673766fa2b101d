import { randomBytes } from 'node:crypto'
import type { Scope } from '../core/policy/roles.js'
import { SLIP_BYTES, slipCode } from '../core/roster/slip.js'
import { createSlip } from '../store/slips.js'
import type { Seals } from '../store/sealed.js'
import type { Db } from '../store/tables.js'

/** The payload that opens the chat with the code of a slip: `/start ps_…`, `/chat?start=ps_…`. */
export function slipPayload(code: string): string {
  return `ps_${code}`
}

/** Makes the code of a slip for a person of the scope; it is returned once and cannot be shown again. Null: not in the scope. */
export async function makeSlip(
  db: Db,
  scope: Scope,
  seals: Seals,
  { person, now }: { person: string; now: number },
): Promise<string | null> {
  let code: string | null = null
  while (code === null) code = slipCode(randomBytes(SLIP_BYTES))
  return (await createSlip(db, scope, seals, { person, code, now })) === 'created' ? code : null
}
