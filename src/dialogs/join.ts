import { hashCode } from '../access/codes.js'
import { joinCode, readJoinCode, shownCode } from '../access/join-code.js'
import type { Line, Option } from '../core/model/message.js'
import { phrase } from '../core/talk/draft.js'
import {
  channelsOf,
  createJoinCode,
  joinAddress,
  joinedTo,
  raiseSaid,
  redeemJoinCode,
  unjoinAddress,
} from '../store/joins.js'
import { loadRuns } from '../store/runs.js'
import type { Dialog, Dialogue, Now } from './dialogue.js'

/** What the form needs besides the talk. */
export interface JoinParts {
  publicUrl: string
  random: (bytes: number) => Uint8Array
}

const option = (id: string): Option => ({ id, label: phrase(`join.options.${id}`) })

/**
 * `/lienket`: the same person on several apps. A code from the app that has the progress is typed on the other; from then on both speak for one
 * contact. Nothing is ever joined by a phone number or a name.
 */
export function joinDialog(parts: JoinParts): Dialog {
  return {
    name: 'join',
    version: 1,
    async run(d) {
      if (d.args.trim() !== '') return enter(d, d.args)
      const apart = await d.act('apart', async ({ tx, contact }) => (await joinedTo(tx, contact.contact)).length > 0)
      const what = await d.choose('what', {
        block: [phrase('join.ask')],
        options: [option('code'), option('enter'), ...(apart ? [option('apart')] : []), option('cancel')],
      })
      if (what === 'code') return show(d, parts)
      if (what === 'apart') return part(d)
      if (what === 'cancel') return d.say(phrase('dialog.left'))
      const typed = await d.text('typed', { block: [phrase('join.type')], options: [option('cancel')] }, (text) =>
        readJoinCode(text) === null ? { no: phrase('join.no-code') } : { ok: text },
      )
      if (typeof typed !== 'string') return d.say(phrase('dialog.left'))
      await enter(d, typed)
    },
  }
}

async function show(d: Dialogue, { publicUrl, random }: JoinParts): Promise<void> {
  // The code is said and nowhere kept: the form is over before its log would be.
  const code = await d.act('code', async ({ tx, at, contact }) => {
    const made = joinCode(random)
    await createJoinCode(tx, hashCode(made), contact.contact, at)
    return made
  })
  d.say(phrase('join.code', { code: shownCode(code), url: `${publicUrl}/chat?start=lk_${code}` }))
}

async function enter(d: Dialogue, text: string): Promise<void> {
  const code = readJoinCode(text)
  if (code === null) return d.say(phrase('join.no-code'))
  const result = await d.act('join', (now) => join(now, code))
  d.goBack()
  d.say(phrase(`join.${result}`))
}

async function join(
  { tx, at, contact }: Now,
  code: string,
): Promise<'joined' | 'joined-kept' | 'wrong' | 'own' | 'too-many' | 'role'> {
  // Rights go with a contact: a leader's address must not hand them over, nor lose them by a code.
  if (contact.role !== 'resident') return 'role'
  const found = await redeemJoinCode(tx, hashCode(code), contact.contact, at)
  if (typeof found === 'string') return found
  await joinAddress(tx, contact, found.contact, at)
  await raiseSaid(tx, found.contact, contact.session.said)
  const left = await loadRuns(tx, [contact.self])
  return left.length > 0 ? 'joined-kept' : 'joined'
}

async function part(d: Dialogue): Promise<void> {
  const apps = await d.act('apps', async ({ tx, contact }) => {
    const joined = await joinedTo(tx, contact.contact)
    return { joined, all: await channelsOf(tx, contact.contact) }
  })
  const label = (channel: string, i: number): Line =>
    phrase('join.app', { app: phrase(`join.apps.${channel}`), number: i + 1 })
  const which = await d.choose('which', {
    block: [phrase('join.which')],
    options: [...apps.joined.map(({ channel }, i) => ({ id: `app-${i}`, label: label(channel, i) })), option('cancel')],
  })
  const chosen = apps.joined[Number(which.slice(4))]
  if (which === 'cancel' || !chosen) return d.say(phrase('dialog.left'))
  await d.act('part', async ({ tx, contact }) => {
    const first = await unjoinAddress(tx, chosen)
    if (first !== null) await raiseSaid(tx, first, contact.session.said)
  })
  d.say(phrase('join.parted', { app: phrase(`join.apps.${chosen.channel}`) }))
}
