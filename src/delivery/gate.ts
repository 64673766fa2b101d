import type { SendingChannel } from '../channels/channel.js'
import { type Leave, mayLeave } from '../core/policy/window.js'
import { addressFacts, addressKey } from '../store/addresses.js'
import type { Store } from '../store/open.js'
import { releaseUnsent } from '../store/reminded.js'
import { type ClaimedRow, settleRow } from '../store/sending.js'
import { awaitContact, deferRow, handBack } from '../store/waiting.js'

/**
 * The last look at messages before they leave: those that the app would refuse now, or that nobody should be bothered with now, are put off;
 * what nobody asked for is dropped where the resident shut us out after it was planned. Gives back those that go.
 */
export async function gate(
  store: Store,
  { capabilities }: SendingChannel,
  rows: readonly ClaimedRow[],
  clock: () => number,
): Promise<ClaimedRow[]> {
  const replies = rows.every(({ kind }) => kind === 'reply')
  if (rows.length === 0 || (replies && capabilities.window === null)) return [...rows]
  const facts = await addressFacts(store.db, rows)
  const now = clock()
  const going: ClaimedRow[] = []
  for (const row of rows) {
    const reply = row.kind === 'reply'
    const known = facts.get(addressKey(row))
    if (!reply && known !== undefined && known.state !== 'ok') {
      await store.transaction(async (tx) => {
        await settleRow(tx, row, 'cancelled', 'address closed')
        await releaseUnsent(tx, [row.contact])
      })
      continue
    }
    const { lastInteraction = null, heldUntil = null } = known ?? {}
    const leave: Leave = mayLeave({ reply, now }, capabilities, { lastInteraction, heldUntil })
    if (leave.kind === 'now') going.push(row)
    else if (leave.kind === 'at') await deferRow(store.db, row, leave.at, leave.why)
    else if (row.kind === 'reminder') await store.transaction((tx) => handBack(tx, row, lastInteraction ?? 0))
    else {
      const since = lastInteraction ?? -1
      await store.transaction((tx) => awaitContact(tx, row, { since, now, why: 'window' }))
    }
  }
  return going
}
