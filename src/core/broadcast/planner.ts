import { PLACES, type Place, type Route } from '../model/broadcast.js'
import { dayOf } from '../policy/calendar.js'
import { type Allowance, type Candidate, type Placement, reach, type ReachPolicy } from '../policy/reach.js'

/** Numbers of a plan. */
export interface Tally {
  people: number
  /** Persons by place. */
  places: Record<Place, number>
  /** Persons by `place: reason`, of those who get no message. */
  reasons: Record<string, number>
  /** Persons who stand in a message that another person has already: they have the same reader. */
  joined?: number
  /** When the first message leaves, ms; left out where none does. */
  first?: number
  /** When it was planned, ms. */
  made?: number
  /** What it costs, đồng. */
  cost: number
}

/** Places people one by one; what one uses up, the next no longer has, and a reader has one message a day, about all for whom they read. */
export interface Planner {
  /** `but`: a rule of its own, which may put a person elsewhere. */
  place(candidate: Candidate, but?: (placed: Placement) => Placement): Placement
  tally(): Tally
}

/** A message of the plan that somebody hears of. */
interface Heard {
  day: string
  reader: string
  route: Route
  at: number
}

/** What may be used where a message is planned already. */
const PLANNED: Allowance = { free: 1, paid: 1 }

export function createPlanner(policy: ReachPolicy, allowance: Allowance): Planner {
  const left = { ...allowance }
  const heard = new Map<string, Heard[]>()
  const of = (person: string): readonly Heard[] => heard.get(person) ?? []
  const hears = (person: string, message: Heard) => {
    const all = heard.get(person)
    if (!all) heard.set(person, [message])
    else if (!all.includes(message)) all.push(message)
  }
  const places = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<Place, number>
  const reasons: Record<string, number> = {}
  let [people, joined, cost] = [0, 0, 0]
  let first: number | undefined

  /** The person's place in a message that their reader gets anyway; null: there is none. */
  const join = (candidate: Candidate): Placement | null => {
    if (!candidate.readers.some(({ person }) => heard.has(person))) return null
    const placed = reach(candidate, policy, PLANNED)
    if (placed.reason !== null) return null
    const { reader, route, at, place } = placed
    const message = of(reader.person).find((one) => one.reader === reader.person && one.at === at && sameRoute(one.route, route)) // prettier-ignore
    // Somebody heard of in another message of the day has had theirs.
    if (!message || of(candidate.person).some((one) => one.day === message.day && one !== message)) return null
    return { ...placed, place: place !== 'paid' ? place : at > policy.now ? 'later' : 'now', price: 0, uses: null }
  }

  const withHeard = (candidate: Candidate): Candidate => {
    if (![candidate, ...candidate.readers].some(({ person }) => heard.has(person))) return candidate
    const days = (person: string, before: readonly string[]) => [...before, ...of(person).map(({ day }) => day)]
    return {
      ...candidate,
      days: days(candidate.person, candidate.days),
      readers: candidate.readers.map((reader) => ({ ...reader, days: days(reader.person, reader.days) })),
    }
  }

  return {
    place(candidate, but = (placed) => placed) {
      const shared = join(candidate)
      const placed = but(shared ?? reach(withHeard(candidate), policy, left))
      people++
      places[placed.place]++
      if (placed.reason !== null) {
        const key = `${placed.place}: ${placed.reason}`
        reasons[key] = (reasons[key] ?? 0) + 1
        return placed
      }
      const { reader, route, at } = placed
      const same = of(reader.person).find((one) => one.at === at && one.reader === reader.person)
      const message = same ?? { day: dayOf(at), reader: reader.person, route, at }
      hears(reader.person, message)
      hears(candidate.person, message)
      if (shared) joined++
      first = Math.min(first ?? at, at)
      cost += placed.price
      if (placed.uses !== null) left[placed.uses]--
      return placed
    },
    tally: () => ({
      people,
      places: { ...places },
      reasons: { ...reasons },
      ...(joined > 0 ? { joined } : {}),
      ...(first === undefined ? {} : { first }),
      made: policy.now,
      cost,
    }),
  }
}

function sameRoute(a: Route, b: Route): boolean {
  return a.contact === b.contact && a.channel === b.channel && a.address === b.address
}

/** How many messages a plan sends. */
export function messagesOf({ places, joined = 0 }: Pick<Tally, 'places' | 'joined'>): number {
  return places.now + places.later + places.paid + places['other-channel'] - joined
}
