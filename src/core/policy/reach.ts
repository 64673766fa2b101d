import type { ChannelName } from '../model/message.js'
import type { LeftOut, NoMessage, Route } from '../model/broadcast.js'
import { afterQuiet, type Hours } from './quiet.js'

/** A way to somebody, and when they last used it. */
export interface Way {
  channel: ChannelName
  address: string
  state: 'ok' | 'blocked' | 'dead'
  /** When its owner last wrote, tapped or followed, ms; null: never, or it is not known. */
  lastAt: number | null
  /** A colleague has the talk until then, ms. */
  heldUntil: number | null
}

/** Whoever reads what is said to a person: the person, or somebody who does it for them. */
export interface Reader {
  contact: string
  helper: boolean
  /** Agreed to the consent text. */
  consented: boolean
  optedOut: boolean
  /** Was or will be reminded today already, of anybody. */
  today: boolean
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
  /** Reminded today already. */
  today: boolean
  /** Days of the last seven, today aside, on which they were reminded. */
  thisWeek: number
  /** Frozen in another broadcast that still waits. */
  waiting: boolean
  /** Hours in which they want to hear nothing, beyond the ward's. */
  quiet: Hours | null
  /** Null: nobody ever wrote to us for them. */
  reader: Reader | null
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
      route: Route
      at: number
      price: number
      uses: keyof Allowance | null
    }

/** A window is taken to end this much earlier: clocks differ, and a message is a moment under way, ms. */
export const WINDOW_MARGIN_MS = 60_000

/** Where a person belongs, by the first rule that holds. Pure; what a placement uses up is taken off the allowance by the caller. */
export function reach(candidate: Candidate, policy: ReachPolicy, left: Allowance): Placement {
  const { reader } = candidate
  const out = (reason: LeftOut): Placement => ({ place: 'left-out', reason })
  if (candidate.finished) return out('finished')
  if (candidate.optedOut || reader?.optedOut) return out('opted-out')
  if (candidate.ticket) return out('ticket')
  if (candidate.today) return out('today')
  if (candidate.waiting) return out('waiting-elsewhere')
  if (candidate.thisWeek >= policy.perWeek) return out('capped')
  if (!reader) return offline(candidate, policy, 'no-contact')
  if (!reader.consented) return out('no-consent')
  if (reader.today) return out('helper-today')
  return route(candidate, reader, policy, left)
}

interface Try {
  way: Way
  at: number
  price: number
  uses: keyof Allowance | null
}

function route(candidate: Candidate, reader: Reader, policy: ReachPolicy, left: Allowance): Placement {
  // The way used last is the one they look at.
  const ways = [...reader.ways].sort((a, b) => (b.lastAt ?? -1) - (a.lastAt ?? -1) || (a.channel < b.channel ? -1 : 1))
  const whys = new Set<NoMessage>()
  const tries: Try[] = []
  for (const way of ways) {
    const found = by(way, candidate, policy, left)
    if (typeof found === 'string') whys.add(found)
    else tries.push(found)
  }
  const best = tries.find(({ uses }) => uses === null) ?? tries.find(({ price }) => price === 0) ?? tries[0]
  if (!best) return offline(candidate, policy, worst(whys))
  const { way, at, price, uses } = best
  const usual = ways.find(({ channel }) => policy.channels.get(channel)?.pushes) === way
  const place = uses !== null ? 'paid' : !usual ? 'other-channel' : at > policy.now ? 'later' : 'now'
  return {
    place,
    reason: null,
    route: { contact: reader.contact, channel: way.channel, address: way.address },
    at,
    price,
    uses,
  }
}

/** When and at what price a way takes a message, or why it does not. Everything is judged by the time at which it would leave. */
function by(way: Way, { quiet }: Candidate, policy: ReachPolicy, left: Allowance): Try | NoMessage {
  const rules = policy.channels.get(way.channel)
  if (!rules?.pushes) return 'page-only'
  if (way.state !== 'ok') return 'blocked'
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

/** The reason that somebody could do something about comes first. */
const ORDER: readonly NoMessage[] = ['quota', 'paid-off', 'window-closed', 'always-quiet', 'blocked', 'page-only']

function worst(whys: ReadonlySet<NoMessage>): NoMessage {
  return ORDER.find((why) => whys.has(why)) ?? 'no-contact'
}

function offline({ group }: Candidate, policy: ReachPolicy, reason: NoMessage): Placement {
  return { place: group !== null && policy.groupPosts.has(group) ? 'group-post' : 'paper', reason }
}
