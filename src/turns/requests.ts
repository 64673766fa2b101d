import type { Logger } from 'pino'
import type { Line } from '../core/model/message.js'
import type { Ward } from '../core/model/ward.js'
import { dayOf } from '../core/policy/calendar.js'
import { phrase, type Request } from '../core/talk/draft.js'
import { figureLines } from '../core/figures.js'
import type { Dialogs } from '../dialogs/dialogs.js'
import type { Wakes } from '../delivery/wakes.js'
import { loadByAddresses, type LoadedContact } from '../store/contacts.js'
import { counted } from '../store/counted.js'
import { finishedByWeek } from '../store/figures-now.js'
import { relay } from '../tickets/tickets.js'
import { scopeOfContact } from '../store/scope.js'
import { claimDeferred, type DeferredRow, finishDeferred, markDead } from '../store/inbox.js'
import { sayTo, type SpeakParts } from '../speak/speak.js'
import type { Store } from '../store/open.js'
import type { Db } from '../store/tables.js'

/** How long one process may hold a request before another takes it over, ms. */
const LEASE_MS = 60_000
/** Tries before a request is put aside with an apology. */
const TRIES_LIMIT = 3
/** Requests taken at a time. */
const CLAIM_LIMIT = 16
/** How often requests that another process left behind are looked for, ms. */
const LOOK_MS = 5_000

/** Works off what is not pure or not quick, outside the residents' way: figures, forms, invitations. */
export interface Requests {
  /** Something was deferred: look now. */
  nudge(): void
  /** Works off what is due; returns how many. */
  runOnce(): Promise<number>
  start(): void
  stop(): Promise<void>
}

export interface RequestParts extends SpeakParts {
  store: Store
  ward: Ward
  dialogs: Dialogs
  /** After a request's commit: what it changed beside the database takes effect. */
  settled?: () => Promise<void>
  wakes: Wakes
  log: Logger
}

export function createRequests(parts: RequestParts): Requests {
  const { store, clock, log } = parts
  let timer: NodeJS.Timeout | undefined
  let running: Promise<void> | null = null
  let again = false
  let stopped = false

  /** One request in one transaction: what it does, its answer, and that it is done. */
  const answer = async (row: DeferredRow): Promise<void> => {
    let told: readonly string[] = []
    await store.transaction(async (tx) => {
      const { address, ...request } = stored(row)
      const [contact] = await loadByAddresses(tx, [{ channel: row.channel, address }], { lock: true })
      if (contact) told = await work(tx, parts, contact, request)
      await finishDeferred(tx, [row])
    })
    parts.wakes.wake([row.contact, ...told])
    await parts.settled?.()
  }

  const giveUp = async (row: DeferredRow, error: unknown): Promise<void> => {
    await store.transaction(async (tx) => {
      const [contact] = await loadByAddresses(tx, [{ channel: row.channel, address: stored(row).address }], {
        lock: true,
      })
      await markDead(tx, row, error instanceof Error ? error.name : 'unknown')
      if (contact) await sayTo(tx, parts, contact, [[phrase('failure.request')]])
    })
    parts.wakes.wake([row.contact])
  }

  const runOnce = async (): Promise<number> => {
    const rows = await store.transaction((tx) => claimDeferred(tx, clock(), LEASE_MS, CLAIM_LIMIT))
    for (const row of rows) {
      try {
        await answer(row)
      } catch (error) {
        log.error(
          { err: error instanceof Error ? error.message : String(error), channel: row.channel, id: row.externalId },
          'requests: failed',
        )
        if (row.tries >= TRIES_LIMIT) await giveUp(row, error)
      }
    }
    return rows.length
  }

  /** Works until nothing is due: what was deferred while it was at work is not left for the next look. */
  const runAll = async (): Promise<void> => {
    let done = 0
    do {
      again = false
      done = await runOnce()
    } while (!stopped && (again || done === CLAIM_LIMIT))
  }

  const nudge = () => {
    again = true
    if (stopped) return
    running ??= runAll()
      .catch((error: Error) => log.error({ err: error.message }, 'requests: not looked'))
      .finally(() => (running = null))
  }

  return {
    nudge: () => setImmediate(nudge),
    runOnce,
    start() {
      timer = setInterval(nudge, LOOK_MS)
      nudge()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await running
    },
  }
}

type Work = Exclude<Request, { kind: 'redeem' }> | { kind: 'redeem'; codeHash: string }
type Stored = Work & { address: string }

/** What a turn left to be done, and where its answer goes (batch.ts, keptRequest). */
function stored(row: DeferredRow): Stored {
  return JSON.parse(row.request) as Stored
}

/** Does it and says what came of it; gives the others that something was said to. */
async function work(tx: Db, parts: RequestParts, contact: LoadedContact, request: Work): Promise<readonly string[]> {
  switch (request.kind) {
    case 'command':
      return parts.dialogs.open(tx, contact, request.command, request.args)
    case 'redeem':
      return parts.dialogs.open(tx, contact, 'invitation', request.codeHash)
    case 'disown':
      return parts.dialogs.open(tx, contact, 'disown', '')
    case 'relay':
      return relay(tx, parts, contact, request.text)
    case 'dialog':
      return parts.dialogs.answer(tx, contact, request.n, request.answer)
    default:
      await sayTo(tx, parts, contact, await answerTo(tx, parts, contact, request))
      return []
  }
}

async function answerTo(
  tx: Db,
  parts: RequestParts,
  contact: LoadedContact,
  request: Exclude<Work, { kind: 'command' | 'dialog' | 'disown' | 'redeem' | 'relay' }>,
): Promise<Line[][]> {
  switch (request.kind) {
    case 'figures': {
      const scope = await scopeOfContact(tx, contact.contact)
      // What may be asked is decided now: the role may have changed since the turn.
      if (scope.groups !== 'ward' && scope.groups.length === 0) return [[phrase('figures.not-yours')]]
      const own = scope.groups === 'ward' || scope.groups.length > 1 ? null : scope.groups[0]!
      const group = request.group ?? own
      if (group !== null && !scope.holds(group)) {
        return [
          [phrase('figures.own-group-only', { group: scope.groups === 'ward' ? group : scope.groups.join(', ') })],
        ]
      }
      const { rows, beside } = await counted(tx, scope, {
        ...(request.flow ? { flow: request.flow } : {}),
        ...(group === null ? {} : { group }),
      })
      return figureLines(
        parts.world.flows,
        parts.ward,
        rows,
        { ...request, group, groups: scope.groups, day: dayOf(parts.clock()) },
        beside,
        await finishedByWeek(tx, scope, { group, now: parts.clock() }),
      )
    }
  }
}
