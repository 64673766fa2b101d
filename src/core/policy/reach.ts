import type { ChannelName } from '../model/message.js'
import type { LeftOut, NoMessage, Route } from '../model/broadcast.js'
import { addDays, dayOf } from './calendar.js'
import { afterQuiet, type Hours } from './quiet.js'

/** A way to somebody, and when they last used it. */
export interface Way extends Route {
  state: 'ok' | 'blocked' | 'dead'
  /** When its owner last wrote, tapped or followed, ms; null: never, or it is not known. */
  lastAt: number | null
  /** A colleague has the talk until then, ms. */
  heldUntil: number | null
  /** When the app last said that it takes nothing before its owner writes again, ms. */
  shutAt: number | null
  /** Its owner agreed to the consent text there. */
  consented: boolean
}

/** Whoever reads what is said to a person, on all the apps they have: the person, or somebody who does it for them. */
export interface Reader {
  /** Who holds the phone. */
  person: string
  /** What they call the person they do it for; null: it is themselves. */
  label: string | null
  optedOut: boolean
  /** In a conversation that waits for one of us. */
  ticket: boolean
  /** Days on which they were written to, of whomever. */
  days: readonly string[]
  /** Hours in which their phone is to be silent, beyond the ward's; of whomever the message speaks. */
  quiet: Hours | null
  ways: readonly Way[]
}

/** A person of the audience with everything that decides. */
export interface Candidate {
  person: string
  group: number | null
  finished: boolean
  optedOut: boolean
  /** In a conversation that waits for one of us. */
  ticket: boolean
  /** Days on which they were reminded, as themselves or by whoever reads for them. */
  days: readonly string[]
  /** Frozen in another broadcast that still waits. */
  waiting: boolean
  /** Who may be written to, in the order in which they are tried; none: nobody ever wrote to us for them. */
  readers: readonly Reader[]
}

/** What an app allows. */
export interface ChannelRules {
  /** Whether it carries a message to somebody who has not opened it. */
  pushes: boolean
  /** Free for `free` ms after the last interaction, `price` đồng until `paid` ms after it, and refused then; null: always free. */
  window: { free: number; paid: number; price: number } | null
  /** Hours in which it refuses what nobody asked for. */
  quiet: Hours | null
  /** A message by template for those whose window is over: its price in đồng, and for how long after the last interaction. */
  template: { price: number; within: number } | null
}

/** The ward's rules and what is left of its allowances. */
export interface ReachPolicy {
  now: number
  /** Not before, ms. */
  notBefore: number
  quiet: Hours
  /** Reminders a person may get in seven days. */
  perWeek: number
  /** Whether paid messages may be planned at all. */
  paid: boolean
  channels: ReadonlyMap<ChannelName, ChannelRules>
  /** Groups that have a group chat of their own. */
  groupPosts: ReadonlySet<number>
}

/** What may still be used; `free`: messages of the package that cost nothing in the paid window. */
export interface Allowance {
  free: number
  paid: number
}

/** A person's place in the plan. */
export type Placement =
  | { place: 'left-out'; reason: LeftOut }
  | { place: 'paper' | 'group-post'; reason: NoMessage }
  | {
      place: 'now' | 'later' | 'paid' | 'other-channel'
      reason: null
      reader: Reader
      route: Route
      at: number
      price: number
      uses: keyof Allowance | null
    }

/** Days over which reminders are counted. */
const WEEK = 7

/** A window is taken to end this much earlier: clocks differ, and a message is a moment under way, ms. */
export const WINDOW_MARGIN_MS = 60_000

/**
 * Where a person belongs. Day and week are judged at the moment at which the message would leave, for the person and for whoever reads it. Pure;
 * what a placement uses up is taken off the allowance by the caller.
 */
export function reach(candidate: Candidate, policy: ReachPolicy, left: Allowance): Placement {
  const out = (reason: LeftOut): Placement => ({ place: 'left-out', reason })
  if (candidate.finished) return out('finished')
  if (candidate.optedOut) return out('opted-out')
  if (candidate.ticket) return out('ticket')
  if (candidate.waiting) return out('waiting-elsewhere')
  const whys: Why[] = []
  for (const reader of candidate.readers) {
    const found = via(reader, candidate, policy, left)
    if (typeof found !== 'string') return found
    whys.push(found)
  }
  // What passes by itself needs no visit.
  const passes = whys.find((why) => isOneOf(PASSES, why))
  if (passes) return out(passes)
  const why = NO_WAY.find((no) => whys.includes(no))
  if (why !== undefined) return offline(candidate, policy, why)
  return candidate.readers.some(({ label }) => label === null) ? out('no-consent') : offline(candidate, policy, 'no-contact') // prettier-ignore
}

type Why = LeftOut | NoMessage
const PASSES = ['ticket', 'today', 'helper-today', 'capped'] as const satisfies readonly LeftOut[]
/** The reason that somebody could do something about comes first. */
const NO_WAY: readonly NoMessage[] = ['quota', 'paid-off', 'window-closed', 'always-quiet', 'blocked', 'page-only', 'no-contact'] // prettier-ignore

function isOneOf<T extends string>(some: readonly T[], one: string): one is T {
  return (some as readonly string[]).includes(one)
}

interface Try {
  way: Way
  at: number
  price: number
  uses: keyof Allowance | null
}

/** The message that one reader would get, or why there is none. */
function via(reader: Reader, candidate: Candidate, policy: ReachPolicy, left: Allowance): Placement | Why {
  if (reader.optedOut) return 'opted-out'
  if (reader.ticket) return 'ticket'
  const agreed = reader.ways.filter(({ consented }) => consented)
  if (agreed.length === 0) return 'no-consent'
  // The way used last is the one they look at.
  const ways = agreed.sort((a, b) => (b.lastAt ?? -1) - (a.lastAt ?? -1) || order(a.channel, b.channel))
  const whys = new Set<NoMessage>()
  const tries: Try[] = []
  for (const way of ways) {
    const found = by(way, reader, policy, left)
    if (typeof found === 'string') whys.add(found)
    else tries.push(found)
  }
  const best = tries.find(({ uses }) => uses === null) ?? tries.find(({ price }) => price === 0) ?? tries[0]
  if (!best) return NO_WAY.find((why) => whys.has(why)) ?? 'no-contact'
  const { way, at, price, uses } = best
  const day = dayOf(at)
  if (candidate.days.includes(day)) return 'today'
  if (reader.days.includes(day)) return reader.label === null ? 'today' : 'helper-today'
  if ([candidate, reader].some(({ days }) => inWeek(days, day) >= policy.perWeek)) return 'capped'
  const usual = reader === candidate.readers[0] && ways.find(({ channel }) => policy.channels.get(channel)?.pushes) === way // prettier-ignore
  const place = uses !== null ? 'paid' : !usual ? 'other-channel' : at > policy.now ? 'later' : 'now'
  const { contact, channel, address } = way
  return { place, reason: null, reader, route: { contact, channel, address }, at, price, uses }
}

function order(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0
}

/** How many of the days lie in the week that ends on a day, that day aside. */
function inWeek(days: readonly string[], day: string): number {
  const before = addDays(day, -WEEK)
  return days.filter((one) => one > before && one < day).length
}

/** When and at what price a way takes a message, or why it does not. Everything is judged by the time at which it would leave. */
function by(way: Way, { quiet }: Reader, policy: ReachPolicy, left: Allowance): Try | NoMessage {
  const rules = policy.channels.get(way.channel)
  if (!rules?.pushes) return 'page-only'
  if (way.state !== 'ok') return 'blocked'
  // The app knows better than our clock, and what cannot be paid for is free when they write.
  if (way.shutAt !== null && (way.lastAt ?? -1) <= way.shutAt) return 'window-closed'
  const hours = [policy.quiet, ...(quiet ? [quiet] : []), ...(rules.quiet ? [rules.quiet] : [])]
  const at = afterQuiet(hours, Math.max(policy.now, policy.notBefore, way.heldUntil ?? 0))
  if (at === null) return 'always-quiet'
  if (rules.window === null) return { way, at, price: 0, uses: null }
  const silent = way.lastAt === null ? Infinity : at - way.lastAt + WINDOW_MARGIN_MS
  if (silent <= rules.window.free) return { way, at, price: 0, uses: null }
  const price =
    silent <= rules.window.paid
      ? rules.window.price
      : silent <= (rules.template?.within ?? 0)
        ? rules.template!.price
        : null
  if (price === null) return 'window-closed'
  if (!policy.paid) return 'paid-off'
  if (silent <= rules.window.paid && left.free > 0) return { way, at, price: 0, uses: 'free' }
  return left.paid > 0 ? { way, at, price, uses: 'paid' } : 'quota'
}

function offline({ group }: Candidate, policy: ReachPolicy, reason: NoMessage): Placement {
  return { place: group !== null && policy.groupPosts.has(group) ? 'group-post' : 'paper', reason }
}
