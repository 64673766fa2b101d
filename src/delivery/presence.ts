import type { Logger } from 'pino'
import type { Outcome, SendingChannel } from '../channels/channel.js'
import type { Budget } from './budget.js'
import { backOff, OUTCOMES } from './outcomes.js'

/** How long a channel that lost its account is left alone, ms. */
const STOPPED_MS = 600_000

/** Knows which channels may be sent to now. */
export interface Presence {
  /** Takes in what an outcome means for everything else of its channel. */
  learn(channel: SendingChannel, outcome: Outcome): Promise<void>
  /** Whether the app answers. One that may have gone away is asked; as long as it is silent, less and less often. */
  answers(channel: SendingChannel): Promise<boolean>
}

export function createPresence(budget: Budget, log: Logger): Presence {
  /** Channels that did not answer, and how often they were asked since. */
  const silent = new Map<string, number>()
  return {
    async learn({ name }, outcome) {
      switch (OUTCOMES[outcome.kind].channel) {
        case 'go-on':
          return
        case 'pause':
          if (outcome.kind !== 'retry-after' || outcome.scope !== 'channel') return
          log.warn({ channel: name, ms: outcome.ms }, 'delivery: the app asks for a pause')
          return budget.pause(name, outcome.ms)
        case 'probe':
          if (!silent.has(name)) silent.set(name, 0)
          return
        case 'stop':
          log.error({ channel: name, why: 'reason' in outcome ? outcome.reason : outcome.kind }, 'delivery: the account is not accepted, see docs/operations.md') // prettier-ignore
          return budget.pause(name, STOPPED_MS)
      }
    },
    async answers(channel) {
      const asked = silent.get(channel.name)
      if (asked === undefined) return true
      if (await channel.alive()) {
        silent.delete(channel.name)
        return true
      }
      silent.set(channel.name, asked + 1)
      await budget.pause(channel.name, backOff(asked + 1))
      log.warn({ channel: channel.name, asked: asked + 1 }, 'delivery: the app does not answer')
      return false
    },
  }
}
