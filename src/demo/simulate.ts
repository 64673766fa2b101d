import type { Context } from '../context.js'
import { DAY_MS } from '../core/policy/calendar.js'
import { generator } from './chance.js'
import { onlyMadeUp } from './only-made-up.js'
import { live, makeUp } from './residents.js'

/** What a simulation is made of. */
export interface Simulation {
  residents: number
  /** Days before now in which they began. */
  days: number
  /** Same seed, same residents. */
  seed: number
}

/** What a simulation did. */
export interface Simulated {
  residents: number
  messages: number
}

/**
 * Lets made-up residents talk to the bot, through the same turns and the same store as real ones, at times before now. Only for a ward
 * that is marked as a demo.
 */
export async function simulate(context: Context, { residents, days, seed }: Simulation): Promise<Simulated> {
  const { turns, clock } = context
  await onlyMadeUp(context)
  const random = generator(seed)
  const now = clock()
  const when = { from: now - days * DAY_MS, until: now, channels: ['terminal'] } as const
  const all = makeUp(context, { residents, seed, random }, when)
  const bring = (events: Parameters<typeof turns.accept>[0][]) => Promise.all(events.map(turns.accept))
  return { residents, messages: await live(context, all, now, random, (events) => bring([...events])) }
}
