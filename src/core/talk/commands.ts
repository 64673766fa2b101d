import { passedNumbers } from '../flow/advance.js'
import { type CommandCall, mayGive, refusalOf, rolesFor } from '../language/commands.js'
import { fold } from '../language/fold.js'
import { dayOf } from '../policy/calendar.js'
import { may } from '../policy/roles.js'
import { readCode } from '../roster/slip.js'
import { ask, askShort } from './ask.js'
import { speak } from './answer.js'
import { type Draft, guideLine, inFront, openRuns, phrase, say } from './draft.js'
import { namePerson, whereWasI } from './guide.js'
import { progressMark } from './present.js'
import { sources } from './sources.js'
import { welcome } from './welcome.js'

/** Commands that work before consent was given: they record nothing about a person. */
const BEFORE_CONSENT = new Set(['start', 'ngonngu', 'giup', 'thongke', 'dulieu', 'xoa', 'dung', 'lienket'])

/** Does what a command says. */
export function runCommand(draft: Draft, call: CommandCall): void {
  if (draft.session.consent === null && !BEFORE_CONSENT.has(call.command)) {
    const slip = call.command === 'nguoithan' ? readCode(call.args) : null
    return slip === null ? ask(draft, { kind: 'consent' }) : openSlip(draft, slip)
  }
  if (!mayGive(draft.contact.role, call.command)) {
    say(draft, phrase(`command.${refusalOf(rolesFor(call.command))}`))
    return askShort(draft)
  }
  switch (call.command) {
    case 'start':
      return opened(draft, call.args)
    case 'huongdan':
      return ask(draft, { kind: 'guides' })
    case 'tieptuc':
      return whereWasI(draft)
    case 'tiendo':
      return progress(draft)
    case 'giup':
      if ((call.args === 'visit' || call.args === 'call') && draft.session.consent !== null) {
        draft.request = { kind: 'command', command: 'giup', args: call.args }
        return
      }
      return namePerson(draft)
    case 'ngonngu':
      if (/^(en|english|tieng anh)$/.test(fold(call.args))) return speak(draft, 'en')
      if (/^(vi|vietnamese|tieng viet)$/.test(fold(call.args))) return speak(draft, 'vi')
      return ask(draft, { kind: 'language' })
    case 'trogiup':
      say(draft, phrase('help.text'))
      say(draft, phrase('help.more'))
      if (mayGive(draft.contact.role, 'to')) say(draft, phrase('help.leaders'))
      return askShort(draft)
    case 'nguon':
      return sources(draft)
    case 'thongke':
      return figures(draft, call.args)
    default:
      draft.request = { kind: 'command', command: call.command, args: call.args }
  }
}

/** The chat was opened: by a poster (`FLOW`, `FLOW_gN`), an invitation (`inv_…`), or by itself. */
export function opened(draft: Draft, payload: string): void {
  if (/^inv_[A-Za-z0-9_-]{8,60}$/.test(payload)) {
    draft.request = { kind: 'redeem', code: payload.slice(4) }
    return
  }
  if (/^ps_[A-Z]{10}$/.test(payload)) return openSlip(draft, payload.slice(3))
  if (/^lk_[A-Za-z0-9]{6,12}$/.test(payload)) {
    draft.request = { kind: 'command', command: 'lienket', args: payload.slice(3) }
    return
  }
  const [flow = '', group] = payload.toLowerCase().split('_g')
  if (
    group !== undefined &&
    /^\d{1,3}$/.test(group) &&
    draft.contact.group === null &&
    draft.world.groups.includes(Number(group))
  ) {
    draft.contact = { ...draft.contact, group: Number(group) }
  }
  if (draft.world.flows.has(flow)) draft.session.intent = { ...draft.session.intent, flow }
  if (draft.session.consent === null) return welcome(draft)
  if (draft.session.intent.flow !== undefined) return welcome(draft)
  if (inFront(draft) || openRuns(draft).length > 0) return whereWasI(draft)
  welcome(draft)
}

/** A slip joins a phone to a person: before the contact agreed that anything is kept, it waits. */
export function openSlip(draft: Draft, code: string): void {
  if (draft.session.consent !== null) {
    draft.request = { kind: 'command', command: 'nguoithan', args: code }
    return
  }
  draft.session.intent = { ...draft.session.intent, slip: code }
  ask(draft, { kind: 'consent' })
}

/** How far each guide has come, of whoever is acted for. */
function progress(draft: Draft): void {
  const label = draft.session.actingFor?.label
  const whose = (key: string) => (label === undefined ? phrase(`progress.${key}`) : phrase(`progress.${key}-for`, { label })) // prettier-ignore
  const runs = [...draft.runs.values()]
    .filter((run) => draft.world.flows.has(run.flow))
    .sort((a, b) => a.startedAt - b.startedAt)
  if (runs.length === 0) {
    say(draft, whose('none'))
    return ask(draft, { kind: 'guides' })
  }
  say(
    draft,
    whose('heading'),
    ...runs.map((run) => {
      const flow = draft.world.flows.get(run.flow)!
      const passed = passedNumbers(flow, run)
      return phrase(run.state === 'finished' ? 'progress.finished' : 'progress.open', {
        guide: guideLine(flow.flow, 'short'),
        passed,
        total: flow.total,
        mark: progressMark(passed, flow.total, run.state !== 'finished'),
        day: { day: dayOf(run.enteredAt) },
      })
    }),
  )
  askShort(draft)
}

/** Figures are counted after the turn, in the scope that the contact has then: staff the ward, a group head the own groups. */
function figures(draft: Draft, args: string): void {
  if (!may(draft.contact.role, 'figures')) {
    say(draft, phrase('figures.not-yours'))
    return askShort(draft)
  }
  const folded = fold(args)
  const flow = [...draft.world.flows.keys()].find((id) => folded.includes(fold(id))) ?? null
  const wanted = /(?:^|to |group )(\d{1,3})$/.exec(flow ? folded.replace(fold(flow), '').trim() : folded)
  draft.request = { kind: 'figures', flow, group: wanted ? Number(wanted[1]) : null }
}
