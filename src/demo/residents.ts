import type { Context } from '../context.js'
import { stepOf } from '../core/flow/definition.js'
import type { Session } from '../core/model/contact.js'
import type { ChannelName, Content, Inbound } from '../core/model/message.js'
import type { Run } from '../core/model/run.js'
import { DAY_MS, dayOf, startOfDay } from '../core/policy/calendar.js'
import { encodeTap } from '../core/talk/tap.js'
import { loadByAddresses } from '../store/contacts.js'
import { loadRuns } from '../store/runs.js'
import { MADE_UP } from './only-made-up.js'

/** Somebody who does not exist, with a phone. */
export interface Resident {
  channel: ChannelName
  address: string
  /** When they write next, ms. */
  next: number
  messages: number
  /** When they wrote last, ms; 0: never. */
  lastWord: number
  /** The guide they came for. */
  flow: string
  group: number
  /** Chance to put the phone down after a message. */
  tired: number
  gone: boolean
  /** Words to be written before anything else. */
  says: string | null
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

/** Makes people up, who begin at some time of day between two instants (ms). */
export function makeUp(
  { world }: Context,
  { residents, seed, random }: { residents: number; seed: number; random: () => number },
  { from, until, channels }: { from: number; until: number; channels: readonly ChannelName[] },
): Resident[] {
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const wishes = WISHES.filter(([flow]) => world.flows.has(flow)).flatMap(([flow, weight]) =>
    Array<string>(weight).fill(flow),
  )
  return Array.from({ length: residents }, (_, i) => ({
    channel: channels[i % channels.length]!,
    address: `${MADE_UP}${seed}-${i}`,
    next: daytime(from + random() * (until - from), random),
    messages: 0,
    lastWord: 0,
    flow: pick(wishes),
    group: pick(world.groups.length > 0 ? world.groups : [1]),
    tired: 0.01 + random() * 0.05,
    gone: false,
    says: null,
  }))
}

/** The instant, or by day if it lies before seven in the morning. */
export function daytime(at: number, random: () => number): number {
  return Math.max(at, startOfDay(dayOf(at)) + (7 + random() * 13) * 3_600_000)
}

/** Lets everybody write what they mean to write until an instant (ms), message by message; how many there were. */
export async function live(
  context: Context,
  all: readonly Resident[],
  until: number,
  random: () => number,
  bring: (events: readonly Inbound[]) => Promise<unknown>,
): Promise<number> {
  let messages = 0
  for (;;) {
    const active = all.filter(({ gone, next, messages }) => !gone && next <= until && messages < MESSAGES_LIMIT)
    if (active.length === 0) return messages
    const seats = await seatsOf(context, active)
    const events = active.map((resident): Inbound => {
      const seat = seats.get(resident.address)
      const at = resident.next
      const { channel, address } = resident
      const said = {
        channel,
        address,
        externalId: `${address}-${++resident.messages}`,
        at: Math.round(at),
        secrets: [],
      }
      resident.lastWord = said.at
      const { says } = resident
      if (says !== null) {
        Object.assign(resident, { says: null, gone: true })
        return { ...said, content: { kind: 'text', text: says } }
      }
      const { option, wait } = seat
        ? decide(context, resident, seat.session, seat.run, random)
        : { option: null, wait: 20_000 }
      if (seat && option === null) resident.gone = true
      if (random() < resident.tired) resident.gone = true
      resident.next = wait > DAY_MS / 2 ? daytime(at + wait, random) : at + wait * (0.5 + random())
      return { ...said, content: contentOf(resident, seat?.session, option) }
    })
    messages += events.length
    await bring(events)
  }
}

/** Where each of them stands, by address; whoever never wrote is not in it. */
export async function seatsOf(
  { store }: Context,
  some: readonly Pick<Resident, 'channel' | 'address'>[],
): Promise<Map<string, { contact: string; session: Session; run: Run | undefined; runs: Run[] }>> {
  const keys = some.map(({ channel, address }) => ({ channel, address }))
  return store.transaction(async (tx) => {
    const rows = await loadByAddresses(tx, keys)
    const runs = await loadRuns(
      tx,
      rows.map(({ session }) => session.person),
    )
    const byPerson = new Map<string, Run[]>()
    for (const run of runs) byPerson.set(run.person, [...(byPerson.get(run.person) ?? []), run])
    return new Map(
      rows.map(({ contact, address, session }) => {
        const own = byPerson.get(session.person) ?? []
        return [address, { contact, session, run: own.find(({ id }) => id === session.run), runs: own }]
      }),
    )
  })
}

function contentOf({ flow, group }: Resident, session: Session | undefined, option: string | null): Content {
  if (!session) return { kind: 'start', payload: `${flow}_g${group}` }
  return { kind: 'tap', data: encodeTap({ n: session.prompt.n, option: option ?? 'later', flow: '', number: 0 }) }
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
