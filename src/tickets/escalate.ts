import type { Logger } from 'pino'
import { isOpen } from '../core/policy/office.js'
import { phrase } from '../core/talk/draft.js'
import type { Store } from '../store/open.js'
import { escalateTickets, staffOf } from '../store/tickets.js'
import { tellAll, ticketLine, type TicketParts } from './tickets.js'

/** How often the queue is looked at, ms. */
const LOOK_MS = 5 * 60_000

/** Tells ward staff of tickets that nobody took for too long. */
export interface Escalation {
  /** Looks once; how many tickets were escalated. */
  runOnce(): Promise<number>
  start(): void
  stop(): Promise<void>
}

export interface EscalationParts extends TicketParts {
  store: Store
  log: Logger
  wake: (contacts: readonly string[]) => void
}

export function createEscalation(parts: EscalationParts): Escalation {
  const { store, ward, world, clock, log, wake } = parts
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()

  const runOnce = async (): Promise<number> => {
    const now = clock()
    // At night nobody could do anything about it, and staff are to sleep.
    if (ward.office !== null && !isOpen(ward.office, now, world.holidays)) return 0
    const told = await store.transaction(async (tx) => {
      const due = await escalateTickets(tx, now - ward.tickets['escalate-after-hours'] * 3_600_000, now)
      if (due.length === 0) return { due, told: [] }
      const lines = due.map((ticket) => ticketLine(parts, ticket))
      return {
        due,
        told: await tellAll(tx, parts, await staffOf(tx), '', [
          [phrase('tickets.escalated'), ...lines],
          [phrase('tickets.how-to-take')],
        ]),
      }
    })
    wake(told.told)
    return told.due.length
  }

  return {
    runOnce,
    start() {
      timer = setInterval(() => {
        running = runOnce().catch((error: Error) => log.error({ err: error.message }, 'tickets: not looked'))
      }, LOOK_MS)
    },
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
