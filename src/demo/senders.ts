import { invitationPayload, invite } from '../access/invite.js'
import type { Context } from '../context.js'
import { messagesOf } from '../core/broadcast/planner.js'
import type { Content, Inbound } from '../core/model/message.js'
import { encodeTap } from '../core/talk/tap.js'
import { newestPreview } from '../store/broadcasts.js'
import { MADE_UP } from './only-made-up.js'
import { seatsOf } from './residents.js'

/** A head of a group, or somebody of the ward (`group` null), who does not exist and writes by Telegram. */
export interface Sender {
  channel: 'telegram'
  address: string
  group: number | null
  messages: number
}

type Bring = (events: readonly Inbound[]) => Promise<unknown>

/** Questions of a form that are answered at most: more is a form that goes in circles. */
const ANSWERS = 15
/** What is chosen wherever it is offered, the first one first; whatever else is asked, the form is left. */
const WISHES = ['new', 'stuck', 'more', 'send']
/** For how many days somebody is stuck who is reminded. */
const STUCK_DAYS = 3

/** Takes the role by an invitation, as people do. */
export async function appoint(context: Context, group: number | null, seed: number, bring: Bring): Promise<Sender> {
  const sender: Sender = {
    channel: 'telegram',
    address: `${MADE_UP}${seed}-sender-${group ?? 'ward'}`,
    group,
    messages: 0,
  }
  const say = speaker(context, sender, bring)
  await say({ kind: 'start', payload: '' })
  for (let n = 0; n < 3; n++) await tapFirst(context, sender, say, ['agree', 'bac', `g${group ?? 1}`])
  const code = await invite(context.store.db, group === null ? 'staff' : 'leader', group, context.clock(), {
    label: `Made-up sender ${group ?? 'of the ward'}`,
  })
  await say({ kind: 'start', payload: invitationPayload(code) })
  await tapFirst(context, sender, say, ['accept'])
  return sender
}

/** `/nhac`: those who are stuck in a guide, confirmed with the count; false where there was nobody to write to. */
export async function remind(
  context: Context,
  sender: Sender,
  { flow, paid }: { flow: string; paid: boolean },
  bring: Bring,
): Promise<boolean> {
  const say = speaker(context, sender, bring)
  const begun = context.clock()
  await say({ kind: 'text', text: `/nhac ${flow}` })
  for (let n = 0; n < ANSWERS; n++) {
    const seat = (await seatsOf(context, [sender])).get(sender.address)!
    const { ask, options } = seat.session.prompt
    if (ask.kind !== 'dialog') return false
    if (options.length > 0) {
      const sent = options.includes('refresh')
      await tapFirst(context, sender, say, sent ? ['cancel'] : paid ? ['paid', ...WISHES] : WISHES)
      if (sent) return true
      continue
    }
    const preview = await newestPreview(context.store.db, seat.contact)
    // Before there is a preview it asks for days, and then for the number of messages.
    const count = preview === null || preview.createdAt < begun ? STUCK_DAYS : messagesOf(preview.tally)
    await say({ kind: 'text', text: String(count) })
  }
  throw new Error('the form of reminders goes in circles')
}

/** Says something and waits until all of it was worked off. */
function speaker({ clock, requests }: Context, sender: Sender, bring: Bring): (content: Content) => Promise<void> {
  return async (content) => {
    const { channel, address } = sender
    await bring([
      { channel, address, externalId: `${address}-${++sender.messages}`, content, at: clock(), secrets: [] },
    ])
    while ((await requests.runOnce()) > 0);
  }
}

async function tapFirst(
  context: Context,
  sender: Sender,
  say: (content: Content) => Promise<void>,
  wishes: readonly string[],
): Promise<void> {
  const { prompt } = (await seatsOf(context, [sender])).get(sender.address)!.session
  const option = wishes.find((wish) => prompt.options.includes(wish)) ?? prompt.options.at(-1)
  if (option !== undefined) await say({ kind: 'tap', data: encodeTap({ n: prompt.n, option, flow: '', number: 0 }) })
}
