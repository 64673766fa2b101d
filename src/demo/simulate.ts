import type { Context } from '../context.js'
import { stepOf } from '../core/flow/definition.js'
import type { Session } from '../core/model/contact.js'
import type { Run } from '../core/model/run.js'
import { DAY_MS, dayOf, startOfDay } from '../core/policy/calendar.js'
import { encodeTap } from '../core/talk/tap.js'
import { loadByAddresses } from '../store/contacts.js'
import { loadRuns } from '../store/runs.js'
import { generator } from './chance.js'

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

interface Resident {
  address: string
  next: number
  messages: number
  /** The guide they came for. */
  flow: string
  group: number
  /** Chance to put the phone down after a message. */
  tired: number
  gone: boolean
}

/** How many of ten come for each guide. */
const WISHES: readonly (readonly [flow: string, weight: number])[] = [
  ['vneid-level-1', 4],
  ['vneid-level-2', 2],
  ['vneid-activation', 2],
  ['id-card', 1],
  ['portal-login', 1],
]
/** Messages of one resident at most; nobody needs as many. */
const MESSAGES_LIMIT = 80
/** Steps at which people of flesh and blood get stuck (anchors.md: one registration in four failed at first). */
const HARD = new Set(['scan-card', 'take-photo', 'enter-code', 'app-code', 'otp', 'desk'])

/**
 * Lets made-up residents talk to the bot, through the same turns and the same store as real ones, at times before now. Only for a ward
 * that is marked as a demo.
 */
export async function simulate(context: Context, { residents, days, seed }: Simulation): Promise<Simulated> {
  const { ward, world, clock } = context
  if (!ward.demo) throw new Error('this ward is real: made-up residents are only let into a demo ward')
  const random = generator(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const wishes = WISHES.filter(([flow]) => world.flows.has(flow)).flatMap(([flow, weight]) =>
    Array<string>(weight).fill(flow),
  )
  const now = clock()
  const daytime = (at: number) => Math.max(at, startOfDay(dayOf(at)) + (7 + random() * 13) * 3_600_000)
  const all: Resident[] = Array.from({ length: residents }, (_, i) => ({
    address: `demo-${seed}-${i}`,
    next: daytime(now - random() * days * DAY_MS),
    messages: 0,
    flow: pick(wishes),
    group: pick(world.groups.length > 0 ? world.groups : [1]),
    tired: 0.01 + random() * 0.05,
    gone: false,
  }))
  let messages = 0
  for (;;) {
    const active = all.filter(
      (resident) => !resident.gone && resident.next <= now && resident.messages < MESSAGES_LIMIT,
    )
    if (active.length === 0) return { residents, messages }
    const seats = await context.store.transaction(async (tx) => {
      const rows = await loadByAddresses(
        tx,
        active.map(({ address }) => ({ channel: 'terminal' as const, address })),
      )
      const runs = await loadRuns(
        tx,
        rows.map(({ session }) => session.person),
      )
      return new Map(
        rows.map((row) => [row.address, { session: row.session, run: runs.find(({ id }) => id === row.session.run) }]),
      )
    })
    await Promise.all(
      active.map((resident) => {
        const seat = seats.get(resident.address)
        const at = resident.next
        const externalId = `${resident.address}-${++resident.messages}`
        const { option, wait } = seat
          ? decide(context, resident, seat.session, seat.run, random)
          : { option: null, wait: 20_000 }
        if (seat && option === null) resident.gone = true
        if (random() < resident.tired) resident.gone = true
        resident.next = wait > DAY_MS / 2 ? daytime(at + wait) : at + wait * (0.5 + random())
        messages++
        const content = seat
          ? {
              kind: 'tap' as const,
              data: encodeTap({ n: seat.session.prompt.n, option: option ?? 'later', flow: '', number: 0 }),
            }
          : { kind: 'start' as const, payload: `${resident.flow}_g${resident.group}` }
        return context.turns.accept({
          channel: 'terminal',
          externalId,
          address: resident.address,
          content,
          at: Math.round(at),
          secrets: [],
        })
      }),
    )
  }
}

/** What a resident answers, and how long they take, ms; null: they put the phone down. */
function decide(
  { world }: Context,
  resident: Resident,
  { prompt }: Session,
  run: Run | undefined,
  random: () => number,
): { option: string | null; wait: number } {
  const first = prompt.options[0] ?? null
  const step = run && stepOf(world.flows.get(run.flow)!, run.step)
  switch (prompt.ask.kind) {
    case 'form':
      return { option: prompt.options[Math.floor(random() * 5)] ?? first, wait: 15_000 }
    case 'group':
      return { option: `g${resident.group}`, wait: 15_000 }
    case 'finished':
      return random() < 0.4 ? { option: first, wait: 2 * DAY_MS } : { option: null, wait: 0 }
    case 'step': {
      if (step?.kind === 'wait') return { option: random() < 0.8 ? first : 'not-yet', wait: DAY_MS * (1 + random()) }
      const stuck = random() < (step && HARD.has(step.id) ? 0.3 : 0.04)
      if (stuck) return { option: 'trouble', wait: 120_000 }
      const other = random() < 0.1 && prompt.options.length > 3 ? prompt.options[1]! : first
      return { option: other, wait: random() < 0.1 ? DAY_MS : 90_000 }
    }
    case 'troubles':
      return {
        option: prompt.options[Math.floor(random() * Math.max(1, prompt.options.length - 2))] ?? first,
        wait: 40_000,
      }
    case 'remedy':
      return { option: random() < 0.55 ? first : 'still', wait: 180_000 }
    case 'stuck':
      return random() < 0.4 ? { option: first, wait: 2 * DAY_MS } : { option: 'pause', wait: 4 * DAY_MS }
    case 'nothing':
      return random() < 0.5 ? { option: 'resume', wait: DAY_MS } : { option: null, wait: 0 }
    default:
      return { option: first, wait: 30_000 }
  }
}
