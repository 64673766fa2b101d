import type { Line } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import { type Draft, say } from '../core/talk/draft.js'
import type { World } from '../core/talk/world.js'
import { speak, type Turned } from '../core/turn.js'
import { stepOf } from '../core/flow/definition.js'
import { type LoadedContact, saveSessions } from '../store/contacts.js'
import { appendLedger } from '../store/ledger.js'
import { appendOutbox } from '../store/outbox.js'
import { loadRuns, saveRuns } from '../store/runs.js'
import type { Db } from '../store/tables.js'
import type { Texts } from '../texts.js'
import { inWords, isRead } from './words.js'

/** What it takes to say something outside a turn. */
export interface SpeakParts {
  world: World
  texts: Texts
  clock: () => number
  newId: () => string
}

/**
 * Says something to a contact outside a turn, who was loaded with a lock in this transaction: `work` says and asks as it would in a turn
 * (core/talk). Gives the state that it left behind.
 */
export async function speakTo(
  tx: Db,
  parts: SpeakParts,
  contact: LoadedContact,
  work: (draft: Draft) => void,
): Promise<Turned> {
  const at = parts.clock()
  const runs = await loadRuns(tx, [contact.session.person])
  const turned = speak(
    parts.world,
    { contact: { id: contact.contact, role: contact.role, group: contact.grp }, session: contact.session, runs },
    { channel: contact.channel, at },
    parts.newId,
    work,
  )
  if (turned.runs.length > 0) await saveRuns(tx, turned.runs)
  if (turned.events.length > 0) await appendLedger(tx, turned.events)
  const session = { ...turned.session, version: contact.session.version + 1 }
  await saveSessions(tx, [{ contact: contact.contact, session }])
  if (turned.reply) {
    const run = turned.runs.find(({ id }) => id === session.run) ?? runs.find(({ id }) => id === session.run)
    const step = run && parts.world.flows.get(run.flow) && stepOf(parts.world.flows.get(run.flow)!, run.step)
    const place = { flow: run?.flow ?? '', number: step?.number ?? 0 }
    await appendOutbox(tx, [
      {
        contact: contact.contact,
        n: session.said,
        channel: contact.channel,
        address: contact.address,
        at,
        kind: 'reply',
        body: JSON.stringify(inWords(parts.texts, turned.reply, session, at, place) satisfies Said),
        status: isRead(contact.channel) ? 'kept' : 'queued',
      },
    ])
  }
  return { ...turned, session }
}

/** Says paragraphs that ask nothing: the question in front stays in front. */
export function sayTo(tx: Db, parts: SpeakParts, contact: LoadedContact, blocks: readonly Line[][]): Promise<Turned> {
  return speakTo(tx, parts, contact, (draft) => blocks.forEach((lines) => say(draft, ...lines)))
}
