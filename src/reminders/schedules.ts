import { dayOf } from '../core/policy/calendar.js'
import { isDue, nextRun, planOf } from '../core/broadcast/rules.js'
import { messagesOf } from '../core/broadcast/planner.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import type { ReminderRule } from '../core/model/ward.js'
import { type Schedule, schedules, switchRule, takeDay } from '../store/schedules.js'
import type { ReminderParts } from './parts.js'
import { type Planned, runPlan } from './plan.js'
import type { Reminders } from './reminders.js'
import { sendSummaries } from './summary.js'

/** How often the rules are looked at, ms. */
const LOOK_MS = 60_000
/** Times that a plan is made again when its people change while it is confirmed. */
const TRIES = 3

/** A rule as the ward has it, and what its next run would be. */
export interface RuleView {
  rule: ReminderRule
  schedule: Schedule | null
  /** ms; null: never again. */
  next: number | null
}

/** Reminders that repeat as long as their cause is there. */
export interface Schedules {
  rules(): Promise<RuleView[]>
  /** False: there is no such rule. */
  set(rule: string, enabled: boolean, by: string | null): Promise<boolean>
  /** Whom the next run would reach if everybody stayed where they are; null: there is no such rule, or it never runs again. */
  preview(rule: string): Promise<Planned | null>
  /** Starts what is due, and the week's summaries; how many broadcasts and summaries. */
  runOnce(): Promise<number>
  start(): void
  close(): Promise<void>
}

export function createSchedules(parts: ReminderParts, reminders: Pick<Reminders, 'preview' | 'confirm'>): Schedules {
  const { store, clock, log, ward } = parts
  const all = ward.reminders.rules
  let timer: NodeJS.Timeout | undefined
  let running: Promise<number> | null = null

  /** The run of a rule on a day is one broadcast, whoever is killed in between. */
  const begin = async (rule: ReminderRule, day: string): Promise<boolean> => {
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const shown = await reminders.preview({ contact: null, scope: scopeOf(OPERATOR), rule: rule.id }, planOf(rule))
      if (shown.kind !== 'preview') {
        log.error({ rule: rule.id, why: shown.kind }, 'reminders: the rule cannot run')
        return false
      }
      const { places } = shown.tally
      const count = messagesOf(shown.tally)
      // Where no message gets anywhere, its list of those to be visited is all the more needed.
      if (count + places['group-post'] + places.paper === 0) return false
      const done = await reminders.confirm({ id: shown.id, key: `rule ${rule.id} ${day}`, by: null, count })
      if (done.kind === 'confirmed') log.info({ rule: rule.id, broadcast: shown.id, count }, 'reminders: a rule runs')
      if (done.kind !== 'changed') return done.kind === 'confirmed' && !done.again
    }
    return false
  }

  const run = async (): Promise<number> => {
    const now = clock()
    const known = await schedules(store.db)
    let begun = 0
    for (const rule of all) {
      const schedule = known.get(rule.id)
      if (!schedule?.enabled || !isDue(rule, schedule.lastDay, now)) continue
      // The broadcast first: a process that dies in between finds it by its key.
      if (await begin(rule, dayOf(now))) begun++
      await takeDay(store.db, rule.id, dayOf(now))
    }
    return begun + (await sendSummaries(parts, now))
  }

  const runOnce = () =>
    (running ??= run().finally(() => {
      running = null
    }))

  const look = () => {
    void runOnce().catch((error: unknown) =>
      log.error({ err: error instanceof Error ? error.name : 'failed' }, 'reminders: rules not looked at'),
    )
  }

  return {
    async rules() {
      const known = await schedules(store.db)
      return all.map((rule) => {
        const schedule = known.get(rule.id) ?? null
        return { rule, schedule, next: nextRun(rule, schedule?.lastDay ?? null, clock()) }
      })
    },
    async set(id, enabled, by) {
      if (!all.some((rule) => rule.id === id)) return false
      await switchRule(store.db, { rule: id, enabled, by, at: clock() })
      return true
    },
    async preview(id) {
      const rule = all.find((one) => one.id === id)
      const lastDay = (await schedules(store.db)).get(id)?.lastDay ?? null
      const next = rule && nextRun(rule, lastDay, clock())
      return rule && next != null ? runPlan(parts, planOf(rule), next, null) : null
    },
    runOnce,
    start() {
      timer = setInterval(look, LOOK_MS)
      look()
    },
    async close() {
      clearInterval(timer)
      await running?.catch(() => 0)
    },
  }
}
