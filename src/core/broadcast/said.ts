import type { Audience, BroadcastState, Place, Result } from '../model/broadcast.js'
import type { Line } from '../model/message.js'
import type { Said } from '../model/outbox.js'
import type { Residence } from '../model/roster.js'
import { dayOf, isoLocal } from '../policy/calendar.js'
import { guideLine, phrase } from '../talk/draft.js'
import { ENDINGS } from './endings.js'
import type { OwnTextProblem } from './own-text.js'
import { messagesOf, type Tally } from './planner.js'
import { isToVisit } from './visits.js'

/** Who an audience is: «đang dừng ở bước 5: Quét thẻ». */
export function whoLine(audience: Pick<Audience, 'flow' | 'who' | 'residence'>, number: number | null = null): Line {
  const { residence } = audience
  if (residence === null) return standingLine(audience, number)
  return phrase('remind.who-residing', { who: standingLine(audience, number), residence: residenceLine(residence) })
}

/** «Thường trú», «tạm trú». */
export function residenceLine(residence: Residence): Line {
  return phrase(`remind.residences.${residence}`)
}

function standingLine({ flow, who }: Pick<Audience, 'flow' | 'who'>, number: number | null): Line {
  switch (who.kind) {
    case 'at-step': {
      const title = guideLine(flow, `steps.${who.step}.title`)
      return number === null
        ? phrase('remind.who.at-step', { title })
        : phrase('remind.who.at-step-number', { title, number })
    }
    case 'at-number':
      return phrase('remind.who.at-number', { number: who.number })
    case 'stuck':
    case 'activation-due':
      return phrase(`remind.who.${who.kind}`, { days: who.days })
    default:
      return phrase(`remind.who.${who.kind}`)
  }
}

/** What is wrong with a sender's own words, and which piece of them. */
export function textProblemLine({ kind, ...vars }: OwnTextProblem): Line {
  return phrase(`remind.own.problems.${kind}`, vars)
}

/** Persons of a plan whom no message reaches, neither one of their own nor one in the chat of their group. */
export function unreachedOf({ reasons }: Pick<Tally, 'reasons'>): number {
  return Object.entries(reasons).reduce((sum, [key, count]) => {
    const [place, reason] = key.split(': ') as [Place & Result, string]
    return isToVisit({ result: place, reason }) ? sum + count : sum
  }, 0)
}

/** Persons of a plan who get no message, for whatever reason. */
export function silentOf({ places }: Pick<Tally, 'places'>): number {
  return places.paper + places['group-post'] + places['left-out']
}

/** When the first message of a plan leaves. */
export function whenLine({ first }: Pick<Tally, 'first'>, now: number): Line {
  return first === undefined || first <= now ? phrase('remind.at-once') : phrase('remind.at', timeOf(first))
}

/** The answer to a confirmation: it leaves now, or when. */
export function begunLine({ first }: Pick<Tally, 'first'>, now: number): Line {
  return first === undefined || first <= now ? phrase('remind.begun') : phrase('remind.begun-later', timeOf(first))
}

/** A broadcast waits for somebody else's yes: since when, and how many may give it. */
export function waitingLine({ since, approvers, own }: { since: number; approvers: number; own: boolean }): Line {
  return phrase(own ? 'remind.waiting' : 'remind.waiting-elsewhere', { ...timeOf(since), count: approvers })
}

function timeOf(at: number) {
  return { day: { day: dayOf(at) }, time: isoLocal(at).slice(11, 16) }
}

/** A message of a preview as its reader will see it, with what stands on its buttons. */
export function sampleText({ text, options }: Pick<Said, 'text' | 'options'>): string {
  return [text, options.map(({ label }, i) => `[${i + 1} ${label}]`).join(' ')]
    .filter((part) => part !== '')
    .join('\n\n')
}

/** A plan in numbers: who, how many, by which way, what it costs, who is left out and why. The first line is all that a hurried reader needs. */
export function tallyLines(audience: Audience, number: number | null, tally: Tally, now: number): Line[][] {
  const { places, reasons, people, cost } = tally
  const ways = (['now', 'later', 'paid', 'other-channel'] as const satisfies readonly Place[]).filter((place) => places[place] > 0) // prettier-ignore
  const left = silentOf(tally) - unreachedOf(tally)
  const whys = Object.entries(reasons).map(([key, count]) => {
    const [place = '', reason = ''] = key.split(': ')
    return phrase('remind.why', { place: phrase(`remind.places.${place}`), reason: phrase(`remind.reasons.${reason}`), count }) // prettier-ignore
  })
  return [
    [
      phrase('remind.headline', {
        guide: guideLine(audience.flow, 'short'),
        who: whoLine(audience, number),
        people,
        unreached: unreachedOf(tally),
      }),
      ...(left > 0 ? [phrase('remind.left-alone', { count: left })] : []),
    ],
    [
      phrase('remind.messages', { count: messagesOf(tally) }),
      ...(messagesOf(tally) > 0 ? [whenLine(tally, now)] : []),
      ...((tally.joined ?? 0) > 0 ? [phrase('remind.joined', { count: tally.joined! })] : []),
      ...ways.map((place) => phrase('remind.way', { way: phrase(`remind.places.${place}`), count: places[place] })),
      ...whys,
      phrase('remind.cost', { cost }),
    ],
  ]
}

/** How a broadcast goes, in one paragraph. */
export function progressBlock(
  flow: string,
  state: BroadcastState,
  results: Parameters<typeof progressLines>[0],
): Line[] {
  const head = { guide: guideLine(flow, 'short'), state: phrase(`remind.states.${state}`) }
  return [phrase('remind.progress', head), ...progressLines(results)]
}

/** The last words on a broadcast: when it ended, and what is left to be done by foot. */
export function closingLines(
  results: readonly { result: Result; reason: string | null; count: number }[],
  endedAt: number,
): Line[] {
  const unreached = results.filter(isToVisit).reduce((sum, { count }) => sum + Number(count), 0)
  return [
    phrase('remind.closed', { time: isoLocal(endedAt).slice(11, 16), day: { day: dayOf(endedAt) } }),
    ...(unreached > 0 ? [phrase('remind.closed-visits', { count: unreached })] : []),
  ]
}

/** Outcomes counted: «đã gửi 18, còn chờ 5». */
export function progressLines(results: readonly { result: string; reason: string | null; count: number; cost: number }[]): Line[] {
  const cost = results.reduce((sum, one) => sum + Number(one.cost), 0)
  return [
    ...results.map(({ result, reason, count }) =>
      reason === null || !KNOWN.has(reason)
        ? phrase('remind.result', { result: phrase(`remind.results.${result}`), count })
        : phrase('remind.result-why', { result: phrase(`remind.results.${result}`), reason: phrase(`remind.reasons.${reason}`), count }),
    ),
    phrase('remind.cost', { cost }),
  ]
} // prettier-ignore

/** Reasons that have words; an app's own errors stand in the log and on the page. */
export const REASONS = [
  'finished', 'opted-out', 'capped', 'today', 'waiting-elsewhere', 'ticket', 'no-consent', 'helper-today', 'no-contact', 'page-only', 'blocked',
  'window-closed', 'paid-off', 'quota', 'always-quiet', 'moved-on', 'no-scope', 'erased', 'came-back', 'dearer', 'stopped', 'not-worded', 'spaced', 'team-comes',
  'unanswered', 'had-another', 'too-late', ...ENDINGS,
] as const // prettier-ignore
const KNOWN: ReadonlySet<string> = new Set(REASONS)

/** Whether a reason has words for people. */
export function hasWords(reason: string): boolean {
  return KNOWN.has(reason)
}
