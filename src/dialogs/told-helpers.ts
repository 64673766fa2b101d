import { phrase } from '../core/talk/draft.js'
import { givenName } from '../core/roster/names.js'
import type { Scope } from '../core/policy/roles.js'
import { sayTo, type SpeakParts } from '../speak/speak.js'
import { loadReachable } from '../store/contacts.js'
import type { Db } from '../store/tables.js'

/**
 * Tells those who act for somebody that this scope joined that person to a name of the roster, of which only what people call each other by is said;
 * inside the transaction of the joining. They alone can tell that it is wrong. Those who were told.
 */
export async function tellHelpers(
  tx: Db,
  parts: SpeakParts,
  scope: Scope,
  { helpers, group, name }: { helpers: readonly { contact: string; label: string }[]; group: number; name: string },
): Promise<string[]> {
  const told: string[] = []
  const by = scope.groups === 'ward' ? 'ward' : 'head'
  for (const { contact, label } of helpers) {
    const found = await loadReachable(tx, contact, { lock: true })
    if (!found) continue
    await sayTo(tx, parts, found, [[phrase(`relatives.named-by-${by}`, { group, label, name: givenName(name) })]])
    told.push(contact)
  }
  return told
}
