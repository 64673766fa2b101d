import { scamIn } from './language/scam.js'
import type { ScamKind } from './language/scam-kinds.js'
import { type CommandCall, readCommand } from './language/commands.js'
import type { Ask, Contact, Session } from './model/contact.js'
import type { LedgerEvent } from './model/ledger.js'
import type { ChannelName, Inbound, NumberWish, Reply } from './model/message.js'
import type { Run } from './model/run.js'
import { ask, askAgain } from './talk/ask.js'
import { opened, runCommand } from './talk/commands.js'
import { type Draft, inFront, phrase, type Request, say, type Unanswered } from './talk/draft.js'
import { alarm } from './talk/question.js'
import { bringToFront } from './talk/guide.js'
import { decodeTap } from './talk/tap.js'
import { tapped } from './talk/tapped.js'
import { typed, unread } from './talk/typed.js'
import { welcome } from './talk/welcome.js'
import { FLOOD_WINDOW_MS, type World } from './talk/world.js'

/** All that is known of a contact before a message is handled. */
export interface Talk {
  contact: Contact
  session: Session
  /** Runs of the person in front. */
  runs: readonly Run[]
}

/** What a message came to: the new state, what is said, what the ledger says, and work that is not pure. */
export interface Turned {
  contact: Contact
  session: Session
  /** Runs that changed. */
  runs: Run[]
  events: LedgerEvent[]
  /** What is said, with the number of the message (`session.said`); null: nothing (a request answers later, or the flood guard is shut). */
  reply: Reply | null
  request: Request | null
  /** A question that had no sure answer, for the staff's queue; null: none. */
  unanswered: Unanswered | null
  /** The contact's last question without a sure answer was understood after all. */
  understood: boolean
  /** A scam story that was told, for the incident log; null: none. */
  incident: ScamKind | null
  /** Official number of the step in front when the turn is over, 0 for none: old buttons are explained by it. */
  number: number
}

const NOTHING: Ask = { kind: 'nothing' }

/** The session of a contact who has never written. */
export function newSession(person: string, locale: 'vi' | 'en' = 'vi'): Session {
  return {
    version: 0,
    said: 0,
    locale,
    form: 'bac',
    person,
    run: null,
    prompt: { n: 0, ask: NOTHING, options: [] },
    consent: null,
    formAsked: false,
    groupAsked: false,
    intent: {},
    flood: { since: 0, count: 0 },
    lastAt: 0,
  }
}

/**
 * One message of one contact → what happens. Pure: neither the state nor anything outside is touched.
 * The order is the off-path order of the house: flood guard, what the shield took, what cannot be read, opening, old buttons, buttons,
 * commands, numbers and labels, typed answers, and last the sentence that offers the choices again.
 */
export function turn(world: World, talk: Talk, item: Inbound, newId: () => string): Turned {
  const draft = newDraft(world, talk, item, newId)
  draft.session.lastAt = item.at
  const flood = countFlood(draft)
  if (flood === 'told') return finish(draft, talk.session)
  if (flood === 'over') {
    say(draft, phrase('flood.slow-down'))
    askAgain(draft)
    return finish(draft, talk.session)
  }
  const silence = silenceWanted(item)
  if (silence !== null) {
    // Whatever is asked, open, held by a colleague or out of date: nobody has to say it twice.
    runCommand(draft, silence)
    return finish(draft, talk.session)
  }
  if (draft.session.consent !== null && draft.session.consent.version !== world.consentVersion) {
    askConsentAgain(draft, item)
    return finish(draft, talk.session)
  }
  if (draft.session.run !== null && changedUnderfoot(draft, draft.session.run) && !startsAnew(item)) {
    // What was sent answers a question that no longer exists. A secret or a picture is warned about all the same.
    if (item.secrets.length > 0 || item.content.kind === 'media') handle(draft, item)
    ask(draft, { kind: 'step' })
  } else handle(draft, item)
  return finish(draft, talk.session)
}

/**
 * What the bot says on its own, beside the turns: the answer to a request, a question of a form, news. `work` says and asks it; nothing
 * counts as a message of the contact.
 */
export function speak(
  world: World,
  talk: Talk,
  where: { channel: ChannelName; at: number },
  newId: () => string,
  work: (draft: Draft) => void,
): Turned {
  const draft = newDraft(world, talk, where, newId)
  work(draft)
  return finish(draft, talk.session)
}

function newDraft(
  world: World,
  talk: Talk,
  { channel, at }: { channel: ChannelName; at: number },
  newId: () => string,
): Draft {
  return {
    world,
    at,
    absentFor: talk.session.lastAt === 0 ? 0 : at - talk.session.lastAt,
    channel,
    newId,
    contact: talk.contact,
    session: { ...talk.session },
    runs: new Map(talk.runs.map((run) => [run.id, run])),
    changed: new Set(),
    events: [],
    blocks: [],
    asked: null,
    request: null,
    unanswered: null,
    understood: false,
    incident: null,
  }
}

/** The text that was agreed to is no longer the one in force: nothing goes on before the new one is agreed to; every place is kept. */
function askConsentAgain(draft: Draft, item: Inbound): void {
  draft.session.consent = null
  if (item.secrets.length > 0) return warn(draft, item)
  say(draft, phrase('consent.changed'))
  const { content } = item
  // What a slip or a poster opens goes on behind it; nobody is given a role, and no other app is joined, while they are asked.
  if (content.kind === 'start' && !/^(inv|lk)_/.test(content.payload)) return opened(draft, content.payload)
  welcome(draft)
}

/** Fits the run in front to the guides as they are now; true when its step or its guide is gone, which is said. */
function changedUnderfoot(draft: Draft, id: string): boolean {
  const run = draft.runs.get(id)
  if (run && run.state !== 'finished' && !draft.world.flows.has(run.flow)) {
    draft.session.run = null
    say(draft, phrase('edition.flow-gone'))
    return true
  }
  return bringToFront(draft, id)
}

/** «Đừng nhắn nữa», in every way it is typed. */
function silenceWanted({ content, secrets }: Inbound): CommandCall | null {
  const call = content.kind === 'text' && secrets.length === 0 ? readCommand(content.text) : null
  return call?.command === 'dung' ? call : null
}

function startsAnew(item: Inbound): boolean {
  return item.content.kind === 'text' && readCommand(item.content.text)?.slashed === true
}

/** Counts the message; `over` exactly once a window, `told` for what comes behind it. */
function countFlood(draft: Draft): 'fine' | 'over' | 'told' {
  const { since, count } = draft.session.flood
  const fresh = draft.at - since >= FLOOD_WINDOW_MS
  const flood = fresh ? { since: draft.at, count: 1 } : { since, count: count + 1 }
  draft.session.flood = flood
  if (flood.count <= draft.world.floodLimit) return 'fine'
  return flood.count === draft.world.floodLimit + 1 ? 'over' : 'told'
}

function handle(draft: Draft, item: Inbound): void {
  const { content } = item
  const scam = content.kind === 'text' && !writesAForm(draft) ? draft.world.language.scamIn(content.text) : null
  // A secret alone is warned about and nothing more: only words that tell of somebody make a swindle of it.
  const told = item.secrets.length === 0 || (content.kind === 'text' && scamIn(content.text) !== null)
  if (scam !== null && told) return warnOfScam(draft, item, scam)
  if (item.secrets.length > 0) return warn(draft, item)
  switch (content.kind) {
    case 'media':
      return unread(draft, `media.${content.what}`)
    case 'start':
      return opened(draft, content.payload)
    case 'tap':
      return tapped(draft, decodeTap(content.data))
    case 'text':
      if (draft.session.held != null && readCommand(content.text)?.slashed !== true) {
        draft.request = { kind: 'relay', text: content.text }
        return
      }
      return typed(draft, content.text, item.seen)
  }
}

/** Officials who write into a form of theirs warn of scams: they do not tell of one. The form looks at links itself. */
function writesAForm({ contact, session }: Draft): boolean {
  return session.prompt.ask.kind === 'dialog' && ['leader', 'staff', 'admin'].includes(contact.role)
}

/** A secret was sent: said before anything else, then the question in front again. Nothing of the message is acted on. */
function warn(draft: Draft, item: Inbound): void {
  say(draft, phrase(`secret.${item.secrets[0]!}`), phrase('secret.never'))
  if (draft.session.consent === null) welcome(draft)
  else askAgain(draft)
}

/** A scam story: the safe path before anything else, even before consent, which writes down nothing about a person. */
function warnOfScam(draft: Draft, item: Inbound, scam: ScamKind): void {
  if (item.secrets.length > 0) say(draft, phrase(`secret.${item.secrets[0]!}`), phrase('secret.never'))
  alarm(draft, scam)
  if (draft.session.consent === null) welcome(draft)
}

/** Closes the turn: numbers the message, makes its question the one in front. */
function finish(draft: Draft, before: Session): Turned {
  const { session, asked } = draft
  const speaks = asked !== null || draft.blocks.length > 0
  const said = speaks ? before.said + 1 : before.said
  const options = asked?.options ?? []
  const prompt = asked ? { n: said, ask: asked.ask, options: options.map(({ id }) => id) } : before.prompt
  const wish = asked === null ? undefined : numberWish(asked.ask)
  const ends = asked !== null && wish === undefined && numberWish(before.prompt.ask) !== undefined
  const blocks = asked && asked.block.length > 0 ? [...draft.blocks, asked.block] : draft.blocks
  return {
    contact: draft.contact,
    session: { ...session, said, prompt },
    runs: [...draft.changed].map((id) => draft.runs.get(id)!),
    events: draft.events,
    reply: speaks ? { blocks, options, ...(wish ? { number: wish } : {}), ...(ends ? { endsWish: true } : {}) } : null,
    request: draft.request,
    unanswered: draft.unanswered,
    understood: draft.understood,
    incident: draft.incident,
    number: inFront(draft)?.step.number ?? 0,
  }
}

function numberWish(ask: Ask): NumberWish | undefined {
  return ask.kind === 'dialog' ? ask.number : undefined
}
