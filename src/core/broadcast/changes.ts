import type { Who } from '../model/broadcast.js'
import type { Line } from '../model/message.js'
import { phrase } from '../talk/draft.js'
import { messagesOf, type Tally } from './planner.js'
import { whenLine } from './said.js'

/** Signs of one mark, its kind before them. */
export const MARK = 12

/** The kinds of marks: a message to somebody about somebody by one way, that it costs something and what, and a post in a group's chat. */
export type MarkKind = 'm' | 'p' | 'g'

/** What somebody was shown, to be held against what would be sent now. */
export interface Seen {
  /** Marks in their order, run together. */
  shown: string
  tally: Tally
}

/** What is no longer as it was shown. */
export interface Changes {
  messages: { before: number; after: number }
  /** Persons whose message was in the preview and is not any more, and the other way round. */
  gone: number
  come: number
  /** Persons who are no longer among those who were asked for: they have finished, or gone on. */
  left: number
  /** Who gets no message for one of these reasons (`place: reason`), more than were before. */
  reasons: Record<string, number>
  cost: { before: number; after: number } | null
  /** It would leave at another time than was said. */
  time: boolean
}

/** Numbers of a preview, with what made a new one of it. */
export type ShownTally = Tally & { changes?: Changes | null }

/**
 * What has changed for whoever agreed to `before`; null: everybody gets what was shown, by that way, for no more, and when it was said. Where somebody stands
 * is not in it: that is looked at anew before each message leaves.
 */
export function changesSince(before: Seen, now: Seen): Changes | null {
  const [known, wanted] = [marksIn(before.shown), marksIn(now.shown)]
  const missing = (from: ReadonlySet<string>, than: ReadonlySet<string>, kind: MarkKind) =>
    [...from].reduce((count, mark) => (mark.startsWith(kind) && !than.has(mark) ? count + 1 : count), 0)
  const [gone, come] = [missing(known, wanted, 'm'), missing(wanted, known, 'm')]
  const posts = missing(known, wanted, 'g') + missing(wanted, known, 'g')
  const dearer = now.tally.cost > before.tally.cost || missing(wanted, known, 'p') > 0
  const time = leaves(before.tally) !== leaves(now.tally)
  if (gone + come + posts === 0 && !dearer && !time) return null
  const more = Object.entries(now.tally.reasons).map(([why, count]) => [why, count - (before.tally.reasons[why] ?? 0)] as const) // prettier-ignore
  return {
    messages: { before: messagesOf(before.tally), after: messagesOf(now.tally) },
    gone,
    come,
    left: Math.max(0, before.tally.people - now.tally.people),
    reasons: Object.fromEntries(more.filter(([, count]) => count > 0)),
    cost: now.tally.cost === before.tally.cost ? null : { before: before.tally.cost, after: now.tally.cost },
    time,
  }
}

/** Whether a plan has nothing that another has not shown: people may have dropped out of it, but not all of them; nobody came in, and nothing costs more. */
export function staysWithin(now: Seen, before: Seen): boolean {
  const changes = changesSince(before, now)
  if (changes === null) return true
  const [known, wanted] = [marksIn(before.shown), [...marksIn(now.shown)]]
  const empty = now.shown === '' && before.shown !== ''
  return !empty && now.tally.cost <= before.tally.cost && wanted.every((mark) => known.has(mark))
}

function marksIn(shown: string): Set<string> {
  return new Set(Array.from({ length: shown.length / MARK }, (_, i) => shown.slice(i * MARK, (i + 1) * MARK)))
}

/** When the first message was said to leave: `now`, or an instant. A plan that was kept before it noted when it was made says nothing of that. */
function leaves({ first, made }: Tally): number | 'now' | 'never' {
  if (first === undefined) return 'never'
  return made === undefined || first <= made ? 'now' : first
}

/** What has changed, for whoever has to agree anew: «Số tin: 23 → 21», and why. */
export function changesLines({ messages, gone, come, left, reasons, cost, time }: Changes, who: Who, tally: Tally, now: number): Line[] {
  const whys = Object.entries(reasons).map(([key, count]) => {
    const [place = '', reason = ''] = key.split(': ')
    return phrase('remind.changes.why', { place: phrase(`remind.places.${place}`), reason: phrase(`remind.reasons.${reason}`), count })
  })
  const people = gone + come > 0
  return [
    ...(people || messages.before !== messages.after ? [phrase('remind.changes.messages', messages)] : []),
    ...(people && left > 0 ? [phrase(`remind.changes.${who.kind === 'unfinished' || who.kind === 'officials' ? 'finished' : 'moved-on'}`, { count: left })] : []),
    ...(people ? whys : []),
    ...(come > 0 ? [phrase('remind.changes.come', { count: come })] : []),
    ...(cost === null ? [] : [phrase('remind.changes.cost', cost)]),
    ...(time && messagesOf(tally) > 0 ? [phrase('remind.changes.time', { when: whenLine(tally, now) })] : []),
  ]
} // prettier-ignore
