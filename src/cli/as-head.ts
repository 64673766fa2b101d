import { inviteByOperator, invitationPayload } from '../access/invite.js'
import { TERMINAL_ADDRESS } from '../channels/terminal/terminal.js'
import type { Context } from '../context.js'
import type { Content } from '../core/model/message.js'
import { encodeTap } from '../core/talk/tap.js'
import { onlyMadeUp } from '../demo/only-made-up.js'
import { fillRoster } from '../demo/roster.js'
import { simulate } from '../demo/simulate.js'
import { loadByAddresses } from '../store/contacts.js'
import { UsageError } from './usage.js'

/** Made-up residents that a head finds in the ward, and the days in which they began. */
const DEMO = { residents: 150, days: 14, seed: 5 }

/**
 * Makes whoever sits at the terminal the head of a group, in a demo ward that it fills with made-up people: an invitation as `ward invite` makes it,
 * taken up in the chat as anybody takes one up. A real ward is refused, and so is a database in which real people write.
 */
export async function openAsHead(
  context: Context,
  group: number,
  send: (content: Content, shown: boolean) => Promise<void>,
): Promise<void> {
  await onlyMadeUp(context)
  const { store, world, clock, newId } = context
  if (!world.groups.includes(group))
    throw new UsageError(`--head must be a group of the demo ward: ${world.groups.join(', ')}`)
  await simulate(context, DEMO)
  await fillRoster(context, DEMO.seed)
  const code = await store.transaction((tx) =>
    inviteByOperator(tx, { role: 'leader', group, label: null }, { now: clock(), newId }),
  )
  const tap = async (option: string, shown = false) => {
    const [own] = await loadByAddresses(store.db, [{ channel: 'terminal', address: TERMINAL_ADDRESS }])
    const { n, options } = own!.session.prompt
    if (!options.includes(option)) throw new Error(`the first questions do not offer «${option}»`)
    await send({ kind: 'tap', data: encodeTap({ n, option, flow: '', number: 0 }) }, shown)
  }
  await send({ kind: 'start', payload: '' }, false)
  await tap('agree')
  await tap('bac')
  await send({ kind: 'start', payload: invitationPayload(code) }, false)
  await tap('accept', true)
}
