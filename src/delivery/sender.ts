import type { Outcome, SendingChannel } from '../channels/channel.js'
import type { Said } from '../core/model/outbox.js'
import type { Store } from '../store/open.js'
import type { Budget } from './budget.js'
import { type ClaimedRow, keyboardGone, keyboardsBefore, recordParts, recordSent } from '../store/sending.js'

/** What came of sending a message: the outcome of its last piece, and its app's id when all of it arrived. */
export interface Sent {
  outcome: Outcome
  /** Whether it asks something by buttons, so that the buttons of older questions are of no use. */
  asks: boolean
}

/** Sends a claimed message piece by piece and writes down what has arrived. A piece that arrived is not sent again. */
export async function sendRow(
  store: Store,
  channel: SendingChannel,
  row: ClaimedRow,
  clock: () => number,
): Promise<Sent> {
  const said = JSON.parse(row.body) as Said
  const pieces = channel.render(said)
  const asks = said.options.length > 0
  let providerId: string | null = null
  for (let part = row.parts; part < pieces.length; part++) {
    const outcome = await channel.send(row.address, pieces[part], { kind: row.kind })
    if (outcome.kind !== 'sent') return { outcome, asks }
    providerId = outcome.providerId
    if (part + 1 < pieces.length) await recordParts(store.db, row, part + 1)
  }
  // Only buttons under the message itself can be taken away; a wish for the number is ended by the next message.
  const keyboard = asks && said.number === undefined && channel.capabilities.editing && providerId !== null
  await recordSent(store.db, row, { providerId, parts: pieces.length, keyboard, at: clock() })
  return { outcome: { kind: 'sent', providerId }, asks }
}

/** Takes the buttons of answered questions away, as far as the budget has something to spare. What stays explains itself when it is pressed. */
export async function retireOlder(
  store: Store,
  channel: SendingChannel,
  budget: Budget,
  row: ClaimedRow,
): Promise<void> {
  if (!channel.retire) return
  for (const older of await keyboardsBefore(store.db, row)) {
    if ((await budget.paused(channel.name)) > 0) return
    if ((await budget.take(channel.name, 'rest', 1)).granted === 0) return
    if (await channel.retire(row.address, older.providerId)) await keyboardGone(store.db, older)
  }
}
