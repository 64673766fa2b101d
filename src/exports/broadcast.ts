import type { Scope } from '../core/policy/roles.js'
import { isoLocal } from '../core/policy/calendar.js'
import { outcomePage } from '../store/recipients.js'
import type { Db } from '../store/tables.js'

/** Columns of the export of a broadcast, in order: a row a person, by ids, without a name. */
export const BROADCAST_COLUMNS = [
  'broadcast_id',
  'person_id',
  'contact_id',
  'channel',
  'group',
  'step',
  'place',
  'price',
  'outcome',
  'reason',
  'at',
] as const

/** Rows read at a time. */
const PAGE = 2_000

/** What became of everybody in a broadcast, in the order of the persons' ids. */
export async function* exportBroadcast(
  db: Db,
  scope: Scope,
  broadcast: string,
): AsyncGenerator<(string | number | null)[]> {
  let after = ''
  for (;;) {
    const page = await outcomePage(db, scope, broadcast, after, PAGE)
    for (const { person, contact, channel, group, step, place, price, result, reason, at } of page)
      yield [broadcast, person, contact, channel, group, step, place, price, result, reason, at === null ? null : isoLocal(at)] // prettier-ignore
    const last = page.at(-1)
    if (!last || page.length < PAGE) return
    after = last.person
  }
}
