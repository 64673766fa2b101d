import type { Taken } from './apps.js'
import type { Resident } from './residents.js'

const HOUR = 3_600_000
const DAY = 24 * HOUR
/** Viet Nam is seven hours ahead of Greenwich, summer and winter. */
const AHEAD = 7 * HOUR
/** The rules as the ward was promised them, in numbers of its own: what is judged here is the code that has the others. */
const NIGHT = { from: 21, until: 7 }
const WEEK_MOST = 2
const WRITING = HOUR / 6

/** What the people themselves remember, apart from any database. */
export interface Memory {
  /** Reminders that arrived, ms. */
  reminded: number[]
  /** When they said that they want none, ms. */
  outAt: number | null
  /** Guides that they have finished. */
  finished: Set<string>
}

/** Whether the midnights of Viet Nam lie between two instants. */
export function sameDay(a: number, b: number): boolean {
  return Math.floor((a + AHEAD) / DAY) === Math.floor((b + AHEAD) / DAY)
}

/** Those of the reminders that count at an instant: of its day, and of the six days before it. */
export function recent({ reminded }: Memory, at: number): number[] {
  const today = Math.floor((at + AHEAD) / DAY)
  return reminded.filter((one) => today - Math.floor((one + AHEAD) / DAY) <= 6)
}

/** Every rule that a reminder breaks in the hands of the one who got it; none is as it should be. */
export function broken(memory: Memory, { lastWord }: Pick<Resident, 'lastWord'>, { at, flow }: Taken): string[] {
  const hour = ((at + AHEAD) % DAY) / HOUR
  const week = recent(memory, at)
  return [
    ...(hour < NIGHT.until || hour >= NIGHT.from ? ['at night'] : []),
    ...(week.some((one) => sameDay(one, at)) ? ['twice a day'] : []),
    ...(week.length >= WEEK_MOST ? [`more than ${WEEK_MOST} in seven days`] : []),
    ...(memory.outAt !== null ? ['wants none'] : []),
    ...(memory.finished.has(flow) ? ['has finished'] : []),
    ...(lastWord > at - WRITING ? ['is writing'] : []),
  ]
}
