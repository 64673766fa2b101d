import { PLACES, type Place } from '../model/broadcast.js'
import { type Allowance, type Candidate, type Placement, reach, type ReachPolicy } from '../policy/reach.js'

/** Numbers of a plan. */
export interface Tally {
  people: number
  /** Persons by place. */
  places: Record<Place, number>
  /** Persons by `place: reason`, of those who get no message. */
  reasons: Record<string, number>
  /** What it costs, đồng. */
  cost: number
}

/** Places people one by one; what one uses up, the next no longer has, and a reader has at most one message a day. */
export interface Planner {
  place(candidate: Candidate): Placement
  tally(): Tally
}

export function createPlanner(policy: ReachPolicy, allowance: Allowance): Planner {
  const left = { ...allowance }
  const spokenTo = new Set<string>()
  const places = Object.fromEntries(PLACES.map((place) => [place, 0])) as Record<Place, number>
  const reasons: Record<string, number> = {}
  let [people, cost] = [0, 0]
  return {
    place(candidate) {
      const { reader } = candidate
      const taken = reader !== null && spokenTo.has(reader.contact)
      const placed = reach(taken ? { ...candidate, reader: { ...reader, today: true } } : candidate, policy, left)
      people++
      places[placed.place]++
      if (placed.reason === null) {
        spokenTo.add(placed.route.contact)
        cost += placed.price
        if (placed.uses !== null) left[placed.uses]--
      } else reasons[`${placed.place}: ${placed.reason}`] = (reasons[`${placed.place}: ${placed.reason}`] ?? 0) + 1
      return placed
    },
    tally: () => ({ people, places: { ...places }, reasons: { ...reasons }, cost }),
  }
}

/** How many messages a plan sends. */
export function messagesOf({ places }: Pick<Tally, 'places'>): number {
  return places.now + places.later + places.paid + places['other-channel']
}
