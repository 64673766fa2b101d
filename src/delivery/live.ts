import type { Logger } from 'pino'
import type { SendingChannel } from '../channels/channel.js'
import type { ChannelName } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import type { Followed } from '../reminders/live.js'
import { isRead } from '../speak/words.js'
import { storeFailure } from '../store/errors.js'
import { dropLive, type LiveMessage, rewrite, takeLive } from '../store/live.js'
import type { Store } from '../store/open.js'
import type { Db } from '../store/tables.js'
import type { Budget } from './budget.js'
import type { Wakes } from './wakes.js'

/** Between two changes of what is said of one broadcast, ms, and how often messages are looked for whose turn it is. */
export const EVERY_MS = 4_000
const LOOK_MS = 1_000
/** How often a change asks the budget for its place before it leaves it to the messages. */
const TRIES = 20

export interface LiveParts {
  store: Store
  channels: readonly SendingChannel[]
  budget: Budget
  wakes: Wakes
  clock: () => number
  log: Logger
  /** What a message should say now, in a transaction. */
  follow: (tx: Db, live: LiveMessage) => Promise<Followed>
  pause?: (ms: number) => Promise<void>
}

/** Messages that change on the screen: one message follows a broadcast to its end, in place of a new one for every number. */
export interface Live {
  /** Changes those whose turn it is; how many were looked at. */
  runOnce(): Promise<number>
  start(): void
  stop(): Promise<void>
}

export function createLive(parts: LiveParts): Live {
  const { store, channels, budget, wakes, clock, log } = parts
  const pause = parts.pause ?? ((ms: number) => new Promise<void>((resolve) => void setTimeout(resolve, ms)))
  let timer: NodeJS.Timeout | undefined
  let running: Promise<number> | null = null

  /** A place behind the replies: a broadcast that drains at full speed takes turns with what is said of it. */
  const granted = async (channel: ChannelName): Promise<boolean> => {
    for (let tried = 0; tried < TRIES; tried++) {
      if ((await budget.paused(channel)) > 0) return false
      const { granted: places, wait } = await budget.take(channel, 'rest', 1)
      if (places > 0) return true
      await pause(Math.max(10, wait))
    }
    return false
  }

  /** Whether the app shows it now; `gone`: it never will. */
  const edit = async (channel: SendingChannel | undefined, next: Followed & { kind: 'says' }): Promise<'shown' | 'later' | 'gone'> => {
    const { row, said } = next
    const pieces = channel?.edit ? channel.render(said) : []
    if (!channel?.edit || row.providerId === null || pieces.length !== 1) return 'gone'
    if (!(await granted(channel.name))) return 'later'
    const outcome = await channel.edit(row.address, row.providerId, pieces[0])
    switch (outcome.kind) {
      case 'sent':
        return 'shown'
      case 'retry-after':
        if (outcome.scope === 'channel') await budget.pause(channel.name, outcome.ms)
        return 'later'
      case 'not-sent':
      case 'unknown':
      case 'auth-lost':
        return 'later'
      default:
        log.info({ channel: channel.name, kind: outcome.kind }, 'live: a message is followed no more')
        return 'gone'
    }
  } // prettier-ignore

  const one = async (live: LiveMessage): Promise<void> => {
    const next = await store.transaction((tx) => parts.follow(tx, live))
    if (next.kind === 'wait') return
    if (next.kind === 'over') return dropLive(store.db, live)
    const { row, said, last } = next
    const shown = JSON.parse(row.body) as Said
    if (said.text !== shown.text || said.options.length !== shown.options.length) {
      const done = isRead(row.channel) ? 'shown' : await edit(channels.find(({ name }) => name === row.channel), next) // prettier-ignore
      if (done === 'later') return
      if (done === 'gone') return dropLive(store.db, live)
      await rewrite(store.db, live, { body: JSON.stringify(said), keyboard: said.options.length > 0, at: clock() })
      if (isRead(row.channel)) wakes.wake([live.contact])
    }
    if (last) await dropLive(store.db, live)
  }

  const run = async (): Promise<number> => {
    const taken = await takeLive(store.db, clock(), clock() - EVERY_MS)
    for (const live of taken) await one(live)
    return taken.length
  }

  const runOnce = () =>
    (running ??= run().finally(() => {
      running = null
    }))

  const look = () => {
    if (running !== null) return
    void runOnce().catch((error: unknown) =>
      log.error({ err: storeFailure(error) ?? (error instanceof Error ? error.name : 'failed') }, 'live: not looked'),
    )
  }

  return {
    runOnce,
    start() {
      timer = setInterval(look, LOOK_MS)
    },
    async stop() {
      clearInterval(timer)
      await running?.catch(() => 0)
    },
  }
}
