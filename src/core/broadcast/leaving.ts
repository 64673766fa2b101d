import type { BroadcastState, LeftOut, NoMessage, Route } from '../model/broadcast.js'
import { atTheDoor, type Dated, isTooLate } from './dated.js'
import { type Allowance, type Candidate, reach, type ReachPolicy } from '../policy/reach.js'

/** What is known of a reminder in the instant before it leaves. */
export interface Leaving {
  broadcast: BroadcastState
  /** Whoever sends it may no longer. */
  disowned: boolean
  /** When it was written, ms. */
  writtenAt: number
  /** When the reader last wrote on any app, ms; 0: never. */
  lastAt: number
  route: Route
  /** The most it may cost, đồng, and what of the ward's allowance it was given. */
  price: number
  granted: Allowance
  people: readonly LeavingPerson[]
  /** What it announces for a date; null: it reminds of a step. */
  dated: Dated | null
}

/** Somebody of whom it speaks. */
export interface LeavingPerson {
  person: string
  /** As the plan would see them now; null: they are not in its audience any more. */
  candidate: Candidate | null
  finished: boolean
  /** They stand where they stood when it was written. */
  sameStep: boolean
}

export type Cancelled = LeftOut | NoMessage | 'stopped' | 'no-scope' | 'moved-on' | 'came-back' | 'dearer'

/** `hold`: it is written anew when somebody lets the broadcast go on. */
export type Verdict =
  /** `price`: what it costs now, đồng; `charged`: whether it takes a message of the package or money. */
  | { kind: 'go'; price: number; charged: boolean }
  | { kind: 'hold' }
  | { kind: 'wait'; until: number }
  /** It is to be said all the same, in the words of now. */
  | { kind: 'reword' }
  /** These of its people are to get nothing; if there are others, it has to be worded anew for them. */
  | { kind: 'cancel'; why: ReadonlyMap<string, Cancelled> }

/** Whether a reminder may still leave, by the same rules as the plan, with what they say now. */
export function mayLeaveNow(facts: Leaving, policy: ReachPolicy): Verdict {
  const { people, broadcast } = facts
  const all = (why: Cancelled): Verdict => ({ kind: 'cancel', why: new Map(people.map(({ person }) => [person, why])) })
  if (broadcast === 'stopped' || broadcast === 'done') return all('stopped')
  if (facts.disowned) return all('no-scope')
  const why = new Map<string, Cancelled>()
  let [until, price, charged, stale] = [policy.now, 0, false, false]
  for (const one of people) {
    const found = judge(one, facts, policy)
    if (typeof found === 'string') why.set(one.person, found)
    else {
      until = Math.max(until, found.at)
      price = Math.max(price, found.price)
      charged ||= found.charged
      stale ||= found.stale
    }
  }
  if (why.size > 0) return { kind: 'cancel', why }
  if (stale) return { kind: 'reword' }
  if (broadcast === 'paused') return { kind: 'hold' }
  return until > policy.now ? { kind: 'wait', until } : { kind: 'go', price, charged }
}

function judge(
  { candidate, finished, sameStep }: LeavingPerson,
  facts: Leaving,
  policy: ReachPolicy,
): Cancelled | { at: number; price: number; charged: boolean; stale: boolean } {
  const { route, dated } = facts
  if (finished) return 'finished'
  if (candidate === null) return 'moved-on'
  const reader = candidate.readers.find(({ ways }) => ways.some(({ contact }) => contact === route.contact))
  if (!reader) return candidate.optedOut ? 'opted-out' : 'no-contact'
  if (reader.optedOut) return 'opted-out'
  const ways = reader.ways.filter((way) => way.contact === route.contact && way.channel === route.channel && way.address === route.address) // prettier-ignore
  if (ways.length > 0 && !ways.some(({ consented }) => consented)) return 'no-consent'
  // What waits elsewhere is judged when its own turn comes: the day is whose message leaves first.
  const placed = reach({ ...candidate, waiting: false, readers: [{ ...reader, ways }] }, policy, facts.granted)
  if (placed.reason !== null)
    return DEARER.has(placed.reason) ? 'dearer' : (atTheDoor(dated, placed.reason) ?? placed.reason)
  if (isTooLate(dated, placed.at)) return 'too-late'
  // Whoever is here again has been told where they stand, but not what is announced for a day.
  const stale = !sameStep ? 'moved-on' : facts.lastAt > facts.writtenAt ? 'came-back' : null
  if (stale !== null && (dated === null || dated.until === null)) return stale
  if (placed.price > facts.price) return 'dearer'
  return { at: placed.at, price: placed.price, charged: placed.uses !== null, stale: stale !== null }
}

const DEARER: ReadonlySet<string> = new Set(['quota', 'paid-off', 'window-closed'])
