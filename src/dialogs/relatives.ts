import type { Option } from '../core/model/message.js'
import { leaveDialog } from '../core/talk/answer.js'
import { ask } from '../core/talk/ask.js'
import { openSlip } from '../core/talk/commands.js'
import { type Draft, openRuns, phrase, say } from '../core/talk/draft.js'
import { bringToFront, openGuide } from '../core/talk/guide.js'
import { readCode } from '../core/roster/slip.js'
import { type SpeakParts, speakTo } from '../speak/speak.js'
import { personsNow } from '../store/audience.js'
import { audit, type Done } from '../store/audit.js'
import { loadByAddresses, type LoadedContact, loadReachable } from '../store/contacts.js'
import { groupOfListed } from '../store/erase.js'
import {
  type Helped,
  helpedBy,
  helpedUnlisted,
  helpersOf,
  LABEL_MAX,
  makePerson,
  startHelping,
  stopHelping,
} from '../store/helping.js'
import { absorb } from '../store/merges.js'
import { scopeOfContact } from '../store/scope.js'
import type { Seals } from '../store/sealed.js'
import { giveSlipBack, joinContact, redeemSlip } from '../store/slips.js'
import type { Db } from '../store/tables.js'
import type { Dialog, Dialogue } from './dialogue.js'

export interface RelativesParts extends SpeakParts {
  seals: Seals
}

/** People whom one contact acts for at most: a family, or what a volunteer does in a morning. */
const MOST = 20
const option = (id: string): Option => ({ id, label: phrase(`relatives.options.${id}`) })

/**
 * `/nguoithan`: several people behind one phone. Every step is credited to the person and the helper is recorded (ledger, source `helper`); the
 * person may end it. A code from a slip opens a person of the roster; nobody is found by a name.
 */
export function relativesDialog(parts: RelativesParts): Dialog {
  return {
    name: 'relatives',
    version: 2,
    async run(d) {
      const [, person, flow] = /^@(\S+) (\S+)$/.exec(d.args) ?? []
      if (person !== undefined && flow !== undefined) return goOnFor(d, parts, person, flow)
      const code = readCode(d.args)
      if (code !== null) return bySlip(d, parts, code)
      const known = await d.act('known', async ({ tx, contact }) => ({
        helped: await helpedBy(tx, contact.contact),
        helpers: (await helpersOf(tx, contact.self)).length,
        self: contact.session.person === contact.self,
      }))
      const what = await d.choose('what', {
        block: [
          phrase('relatives.ask'),
          ...(known.helpers > 0 ? [phrase('relatives.helped-by', { count: known.helpers })] : []),
        ],
        options: [
          ...(known.self ? [] : [option('self')]),
          ...known.helped.map(({ label }, i) => ({ id: `p${i}`, label: phrase('relatives.options.for', { label }) })),
          ...(known.helped.length < MOST ? [option('new'), option('slip')] : []),
          ...(known.helped.length > 0 ? [option('stop')] : []),
          ...(known.helpers > 0 ? [option('withdraw')] : []),
          option('cancel'),
        ],
      })
      if (what === 'self') return actFor(d, parts, null)
      if (what === 'new') return bringIn(d, parts)
      if (what === 'stop') return stop(d, parts, known.helped)
      if (what === 'withdraw') return withdraw(d, parts)
      if (what === 'slip') {
        const typed = await d.text(
          'code',
          { block: [phrase('relatives.code')], options: [option('cancel')] },
          (text) => (readCode(text) === null ? { no: phrase('relatives.no-code') } : { ok: readCode(text)! }),
        )
        return typeof typed === 'string' ? bySlip(d, parts, typed) : d.say(phrase('dialog.left'))
      }
      const chosen = known.helped[Number(what.slice(1))]
      if (!chosen) return d.say(phrase('dialog.left'))
      await actFor(d, parts, chosen)
    },
  }
}

/** From the next message on everything is for this person; null: for oneself. */
async function actFor(d: Dialogue, parts: RelativesParts, helped: Helped | null): Promise<void> {
  await d.act('switch', async ({ tx, contact }) => {
    // A slip that took somebody in has written the session.
    const [fresh = contact] = await loadByAddresses(tx, [contact], { lock: true })
    await speakTo(tx, parts, fresh, (draft) => face(draft, contact.self, helped))
  })
  d.say(helped === null ? phrase('relatives.now-self') : phrase('relatives.now-for', { label: helped.label }))
  d.goBack()
}

/** From a reminder about several people: on with the guide for one of them, as long as the contact acts for that person. */
async function goOnFor(d: Dialogue, parts: RelativesParts, person: string, flow: string): Promise<void> {
  const goes = await d.act('go-on', async ({ tx, contact }) => {
    const is = (await personsNow(tx, [person])).get(person)
    const helped = is === contact.self ? null : (await helpedBy(tx, contact.contact)).find((one) => one.person === is)
    if (helped === undefined) return false
    const session = { ...contact.session, person: helped?.person ?? contact.self }
    await speakTo(tx, parts, { ...contact, session }, (draft) => {
      face(draft, contact.self, helped)
      const run = openRuns(draft).find((one) => one.flow === flow)
      if (!run) return openGuide(draft, flow)
      bringToFront(draft, run.id)
      ask(draft, { kind: 'step' })
    })
    return true
  })
  if (!goes) d.say(phrase('whom.no-more'))
}

function face(draft: Draft, self: string, helped: Helped | null): void {
  draft.session.person = helped?.person ?? self
  draft.session.actingFor = helped === null ? null : { label: helped.label, group: helped.group }
  draft.session.run = null
}

async function labelOf(d: Dialogue): Promise<string | null> {
  const label = await d.text('label', { block: [phrase('relatives.label')], options: [option('cancel')] }, (text) =>
    [...text.trim()].length > LABEL_MAX
      ? { no: phrase('relatives.label-long', { most: LABEL_MAX }) }
      : { ok: text.trim() },
  )
  return typeof label === 'string' ? label : null
}

async function bringIn(d: Dialogue, parts: RelativesParts): Promise<void> {
  const label = await labelOf(d)
  if (label === null) return d.say(phrase('dialog.left'))
  const agreed = await d.choose('agreed', {
    block: [phrase('relatives.agreed', { label })],
    options: [option('agreed'), option('cancel')],
  })
  if (agreed !== 'agreed') return d.say(phrase('dialog.left'))
  const helped = await d.act('make', async ({ tx, at, newId, contact }) => {
    const person = newId()
    await makePerson(tx, person, contact.grp, at)
    await startHelping(tx, { contact: contact.contact, person, label, how: 'made', now: at })
    return { person, label, group: contact.grp }
  })
  await actFor(d, parts, helped)
}

async function bySlip(d: Dialogue, parts: RelativesParts, code: string): Promise<void> {
  const unlisted = await d.act('unlisted', async ({ tx, contact }) => helpedUnlisted(tx, contact.contact))
  const whose = await d.choose('whose', {
    block: [phrase('relatives.whose')],
    options: [
      option('mine'),
      ...unlisted.map(({ label }, i) => ({ id: `p${i}`, label: phrase('relatives.options.of', { label }) })),
      unlisted.length === 0 ? option('theirs') : { ...option('somebody-else'), id: 'theirs' },
      option('cancel'),
    ],
  })
  if (whose === 'cancel') return d.say(phrase('dialog.left'))
  // Somebody who was brought in without a slip: what was done for them so far is that person's.
  const same = unlisted[Number(whose.slice(1))]
  const label = whose === 'theirs' ? await labelOf(d) : (same?.label ?? '')
  if (label === null) return d.say(phrase('dialog.left'))
  const found = await d.act('slip', async ({ tx, at, newId, contact }) => {
    if (contact.session.consent === null) {
      // It ended while the form was open: what was asked before it joins nobody.
      await speakTo(tx, parts, contact, (draft) => openSlip(draft, code))
      return 'no-consent'
    }
    const redeemed = await redeemSlip(tx, parts.seals, { code, contact: contact.contact, now: at })
    if (typeof redeemed === 'string') return { no: redeemed }
    const { person } = redeemed
    if (whose === 'mine') {
      const joined = await joinContact(tx, {
        contact: contact.contact,
        person,
        now: at,
        who: contact.contact,
        how: 'slip',
      })
      if (joined === 'joined')
        await note(tx, contact, { id: newId(), at, deed: 'joined', kind: 'slip', subject: person })
      // Whoever is somebody else already must not use up the owner's code.
      if (joined === 'other-person' || joined === 'not-there')
        await giveSlipBack(tx, parts.seals, { code, contact: contact.contact })
      return { joined }
    }
    await startHelping(tx, { contact: contact.contact, person, label, how: 'slip', now: at })
    // A head may have joined them while the form was open.
    const still = (await helpedUnlisted(tx, contact.contact)).find((one) => one.person === same?.person)
    if (still) await absorb(tx, { kept: person, gone: still.person, at, who: contact.contact, how: 'slip' })
    await note(tx, contact, { id: newId(), at, deed: 'joined', kind: 'helping', subject: person })
    const helped = (await helpedBy(tx, contact.contact)).find((one) => one.person === person)
    return { helped: helped ?? null }
  })
  if (found === 'no-consent') return d.endQuietly()
  if ('no' in found) return d.say(phrase(`relatives.slip.${found.no}`))
  if ('joined' in found) {
    d.say(phrase(`relatives.joined.${found.joined}`))
    return d.goBack()
  }
  if (found.helped) await actFor(d, parts, found.helped)
}

async function stop(d: Dialogue, parts: RelativesParts, helped: readonly Helped[]): Promise<void> {
  const which = await d.choose('stop', {
    block: [phrase('relatives.stop')],
    options: [
      ...helped.map(({ label }, i) => ({ id: `p${i}`, label: phrase('relatives.options.for', { label }) })),
      option('cancel'),
    ],
  })
  const chosen = helped[Number(which.slice(1))]
  if (which === 'cancel' || !chosen) return d.say(phrase('dialog.left'))
  await d.act('let-go', async ({ tx, at, newId, contact }) => {
    await stopHelping(tx, contact.contact, chosen.person)
    // Of somebody whom nobody but the contact knows no line said that it began.
    if (await groupOfListed(tx, chosen.person))
      await note(tx, contact, { id: newId(), at, deed: 'revoked', kind: 'helping', subject: chosen.person })
    if (contact.session.person === chosen.person)
      await speakTo(tx, parts, contact, (draft) => face(draft, contact.self, null))
  })
  d.say(phrase('relatives.stopped', { label: chosen.label }))
}

async function withdraw(d: Dialogue, parts: RelativesParts): Promise<void> {
  await d.act('withdraw', async ({ tx, at, newId, contact, wake }) => {
    await note(tx, contact, { id: newId(), at, deed: 'revoked', kind: 'helping', subject: contact.self })
    wake(await endHelping(tx, parts, contact.self))
  })
  d.say(phrase('relatives.withdrawn'))
}

/** What a resident did that a head or the ward may be asked about later: with whom a person of the roster was joined, and who let go of whom. */
async function note(
  tx: Db,
  { contact, grp }: LoadedContact,
  line: Pick<Done, 'id' | 'at' | 'deed' | 'kind'> & { subject: string },
): Promise<void> {
  // The group is the person's: whoever writes may have said that they live in another one.
  const listed = await groupOfListed(tx, line.subject)
  await audit(tx, await scopeOfContact(tx, contact), [{ ...line, group: listed ? listed.group : grp, count: 1 }])
}

/** Nobody acts for a person any more, or one contact no longer does; whoever was just doing so is told and acts for themselves again. Those who were told. */
export async function endHelping(tx: Db, parts: SpeakParts, person: string, only?: string): Promise<string[]> {
  const told: string[] = []
  for (const helper of await helpersOf(tx, person)) {
    if (only !== undefined && helper !== only) continue
    await stopHelping(tx, helper, person)
    const known = await loadReachable(tx, helper, { lock: true })
    if (known?.session.person !== person) continue
    await speakTo(tx, parts, known, (draft) => {
      face(draft, known.self, null)
      say(draft, phrase('relatives.ended'))
      leaveDialog(draft)
    })
    told.push(helper)
  }
  return told
}
