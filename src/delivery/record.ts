import type { Logger } from 'pino'
import type { Outcome } from '../channels/channel.js'
import { closeAddress } from '../store/addresses.js'
import type { Store } from '../store/open.js'
import { releaseUnsent } from '../store/reminded.js'
import { cancelWaiting, type ClaimedRow, putBack, settleRow } from '../store/sending.js'
import { awaitContact, handBack } from '../store/waiting.js'
import { backOff, type Fate, GIVE_UP_MS, OUTCOMES, type Rule } from './outcomes.js'

/** What a message came to in the end, for counting. */
export type Ended = 'again' | 'on-contact' | 'anew' | 'maybe' | 'failed' | 'cancelled'

/**
 * Writes down what became of a message that did not plainly arrive, by the table of outcomes. `since` is when its sending began.
 * Log lines carry ids and codes, never a word of the message.
 */
export async function recordFailure(
  { store, clock, log }: { store: Store; clock: () => number; log: Logger },
  row: ClaimedRow,
  outcome: Exclude<Outcome, { kind: 'sent' }>,
  since: number,
): Promise<Ended> {
  const rule = OUTCOMES[outcome.kind]
  const now = clock()
  const why = reasonOf(outcome)
  const fate = fateOf(ruleFor(row, rule), row, now)
  const ids = { channel: row.channel, contact: row.contact, n: row.n, kind: row.kind }
  await store.transaction(async (tx) => {
    if (fate === 'again') {
      await putBack(tx, row, { notBefore: now + waitOf(row, outcome), error: why, doubt: outcome.kind === 'unknown' })
    } else if (fate === 'anew') await handBack(tx, row, since)
    else if (fate === 'on-contact') await awaitContact(tx, row, { since, now, why })
    else await settleRow(tx, row, fate, why)
    // Somebody who wrote in the meantime has let us in again, and their answers go out.
    if (rule.address !== null && (await closeAddress(tx, row, rule.address, since, now)))
      await cancelWaiting(tx, row.channel, row.address, why)
    if (rule.address !== null || fate === 'failed') await releaseUnsent(tx, [row.contact])
  })
  if (outcome.kind === 'window-closed' && outcome.quota !== undefined)
    log.error({ ...ids, code: outcome.quota }, 'delivery: the account may send no more, see docs/operations.md')
  if (fate === 'failed') log.error({ ...ids, why }, 'delivery: given up, see the list of failed messages')
  else if (fate === 'again' || fate === 'maybe') log.warn({ ...ids, why, fate }, 'delivery: not sent yet')
  else log.info({ ...ids, why, fate }, 'delivery: not sent')
  return fate
}

function ruleFor({ kind }: ClaimedRow, { reply, rest, reminder = rest }: Rule): Fate {
  return kind === 'reply' ? reply : kind === 'reminder' ? reminder : rest
}

function fateOf(fate: Fate, row: ClaimedRow, now: number): Ended {
  if (fate === 'sent') throw new Error('a message that was sent has not failed')
  // A piece of it has arrived.
  if (fate === 'anew' && row.parts > 0) return 'maybe'
  if (fate === 'again-once') return row.doubts === 0 ? 'again' : 'maybe'
  if (fate === 'again' && now - row.dueAt > GIVE_UP_MS) return 'failed'
  return fate
}

/** A pause of the whole channel is kept by the budget: the row itself keeps its place. */
function waitOf(row: ClaimedRow, outcome: Outcome): number {
  if (outcome.kind === 'retry-after') return outcome.scope === 'address' ? outcome.ms : 0
  return outcome.kind === 'auth-lost' ? 0 : backOff(row.attempts)
}

function reasonOf(outcome: Outcome): string {
  if (outcome.kind === 'rejected') return `rejected: ${outcome.code}`
  return 'reason' in outcome ? `${outcome.kind}: ${outcome.reason}` : outcome.kind
}
