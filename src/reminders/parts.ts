import type { Logger } from 'pino'
import type { SendingChannel } from '../channels/channel.js'
import type { BroadcastPlan, Who } from '../core/model/broadcast.js'
import type { ChannelName } from '../core/model/message.js'
import type { Ward } from '../core/model/ward.js'
import type { Allowance, ChannelRules, ReachPolicy } from '../core/policy/reach.js'
import { limitsOf } from '../core/broadcast/limits.js'
import type { ReminderFacts } from '../core/broadcast/message.js'
import { DAY_MS } from '../core/policy/calendar.js'
import { afterQuiet } from '../core/policy/quiet.js'
import type { World } from '../core/talk/world.js'
import type { AudienceQuery } from '../store/audience.js'
import { packageUsed } from '../store/prices.js'
import type { Store } from '../store/open.js'
import type { Texts } from '../texts.js'

/** What reminders are made with. */
export interface ReminderParts {
  store: Store
  world: World
  texts: Texts
  ward: Ward
  channels: readonly SendingChannel[]
  /** True where a message on the web chat page or in the terminal counts as delivered: in the demo, which has no app. */
  pages: boolean
  newId: () => string
  clock: () => number
  log: Logger
  /** New messages stand in the outboxes of these contacts. */
  wake: (contacts: readonly string[]) => void
}

export function channelRules({ channels, pages }: Pick<ReminderParts, 'channels' | 'pages'>): Map<ChannelName, ChannelRules> {
  const rules = new Map<ChannelName, ChannelRules>([
    ['web', { pushes: pages, window: null, quiet: null, template: null }],
    ['terminal', { pushes: pages, window: null, quiet: null, template: null }],
  ])
  for (const { name, capabilities } of channels)
    rules.set(name, { pushes: true, window: capabilities.window, quiet: capabilities.quiet, template: null })
  return rules
} // prettier-ignore

/** `groups`: those whose chat may be posted to. */
export function policyOf(
  parts: ReminderParts,
  plan: BroadcastPlan,
  now: number,
  groups: ReadonlySet<number>,
): ReachPolicy {
  const { reminders } = parts.ward
  return {
    now,
    notBefore: plan.at ?? 0,
    quiet: reminders.quiet,
    // That the team comes is worth one more in the week: whoever misses it waits for months.
    perWeek: plan.wording.kind === 'visit' ? 7 : reminders['per-week'],
    paid: plan.paid,
    channels: channelRules(parts),
    groupPosts: groups,
  }
}

/** Days for which a package is bought. */
const PACKAGE_DAYS = 31

/** What one broadcast may use: of the package, what no other one of the month has used already. */
export async function allowanceOf({ ward: { reminders }, store }: ReminderParts, now: number): Promise<Allowance> {
  const month = reminders['package-left']
  const used = month === 0 ? 0 : await packageUsed(store.db, now - PACKAGE_DAYS * DAY_MS)
  return { free: Math.max(0, month - used), paid: reminders['paid-most'] }
}

/** The first instant at which a plan may write to anybody: the day is judged on which that is. */
export function firstOf({ ward }: Pick<ReminderParts, 'ward'>, plan: BroadcastPlan, now: number): number {
  return afterQuiet([ward.reminders.quiet], Math.max(now, plan.at ?? 0)) ?? now
}

export function queryOf(parts: ReminderParts, plan: BroadcastPlan, now: number, broadcast: string | null): AudienceQuery {
  const { flows, holidays } = parts.world
  const limits = limitsOf(flows, flows.get(plan.audience.flow)!, now, holidays)
  return { audience: plan.audience, limits, now, broadcast }
} // prettier-ignore

/** Why the people of an audience are written to, where the step alone does not say it. */
export function causeOf({ kind }: Who): ReminderFacts['cause'] {
  return kind === 'activation-due' || kind === 'no-card' || kind === 'officials' ? kind : 'step'
}

/** Lets everything else of the process have its turn. */
export function breathe(): Promise<void> {
  return new Promise((resolve) => void setImmediate(resolve))
}
