import { dayOf } from '../core/policy/calendar.js'
import { isDue, nextRun, planOf, type RuleState } from '../core/broadcast/rules.js'
import { messagesOf } from '../core/broadcast/planner.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import type { ReminderRule } from '../core/model/ward.js'
import { guideLine } from '../core/talk/draft.js'
import { sameOwner } from '../store/approval.js'
import { broadcastByKey, dropPreview, openOfRule } from '../store/broadcasts.js'
import { type Schedule, schedules, switchRule, takeDay } from '../store/schedules.js'
import { othersThan, tell } from './approval.js'
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
  /**
   * `asked`: it would write to so many that somebody else has to switch it on too, and they were told; `nobody-to-agree`: there is nobody else. Switching
   * off stops what it is sending. `seen`: the fingerprint of the next run that whoever switches it on was shown; `changed`: that is another one by now.
   * Left out where nobody looks.
   */
  set(
    rule: string,
    enabled: boolean,
    by: string,
    seen?: string,
  ): Promise<'on' | 'off' | 'asked' | 'nobody-to-agree' | 'changed' | 'no-such-rule'>
  /** Whom the next run would reach if everybody stayed where they are; null: there is no such rule, or it never runs again. */
  preview(rule: string): Promise<Planned | null>
  /** Starts what is due, and the week's summaries; how many broadcasts and summaries. */
  runOnce(): Promise<number>
  start(): void
  close(): Promise<void>
}

/** A rule that is off is looked at as if it were switched on now. */
function stateOf(schedule: Schedule | null, now = 0): RuleState {
  return { since: schedule?.enabled ? schedule.at : now, lastDay: schedule?.lastDay ?? null }
}

export function createSchedules(
  parts: ReminderParts,
  reminders: Pick<Reminders, 'preview' | 'confirm' | 'stop'>,
): Schedules {
  const { store, clock, log, ward } = parts
  const all = ward.reminders.rules
  let timer: NodeJS.Timeout | undefined
  let running: Promise<number> | null = null

  const rest = { weekdays: ward.reminders['rest-days'], holidays: parts.world.holidays }

  /**
   * The run of a rule on a day is one broadcast, whoever is killed in between. `over`: there was nothing to begin, or it had begun; `again`: it is
   * tried once more in a while.
   */
  const begin = async (rule: ReminderRule, day: string, { by, agreedBy }: Schedule): Promise<'begun' | 'over' | 'again'> => {
    const key = `rule ${rule.id} ${day}`
    const before = await broadcastByKey(store.db, key)
    if (before) return before.state === 'freezing' ? 'again' : 'over'
    for (let attempt = 1; attempt <= TRIES; attempt++) {
      const shown = await reminders.preview({ contact: null, scope: scopeOf(OPERATOR), rule: rule.id }, planOf(rule))
      if (shown.kind !== 'preview') {
        log.error({ rule: rule.id, why: shown.kind }, 'reminders: the rule cannot run')
        return 'over'
      }
      const count = messagesOf(shown.tally)
      const drop = () => dropPreview(store.db, shown.id)
      const { 'group-post': posts, paper } = shown.tally.places
      // Where no message gets anywhere, its list of those to be visited is all the more needed.
      if (count + posts + paper === 0) {
        await drop()
        return 'over'
      }
      // It has grown since one person switched it on.
      if (count > ward.reminders['approval-above'] && agreedBy === null) {
        await drop()
        log.warn({ rule: rule.id, count }, 'reminders: the rule writes to so many that a second person has to agree')
        await ask(rule, by ?? OPERATOR.id, count)
        return 'again'
      }
      const done = await reminders.confirm({ id: shown.id, key, by: null, count })
      if (done.kind === 'confirmed') {
        log.info({ rule: rule.id, broadcast: shown.id, count }, 'reminders: a rule runs')
        return done.again ? 'over' : 'begun'
      }
      await drop()
      if (done.kind !== 'changed') return 'again'
    }
    log.warn({ rule: rule.id, tries: TRIES }, 'reminders: people kept coming in while the rule was confirmed, it is tried again')
    return 'again'
  } // prettier-ignore

  const run = async (): Promise<number> => {
    const now = clock()
    const known = await schedules(store.db)
    let begun = 0
    for (const rule of all) {
      const schedule = known.get(rule.id)
      if (!schedule?.enabled || !isDue(rule, stateOf(schedule), rest, now)) continue
      // The broadcast first: a process that dies in between finds it by its key.
      const done = await begin(rule, dayOf(now), schedule)
      if (done === 'begun') begun++
      if (done === 'again' || (await takeDay(store.db, rule.id, dayOf(now)))) continue
      // Switched off meanwhile: what has just begun ends with it.
      if ((await schedules(store.db)).get(rule.id)?.enabled === false) await stopAll(rule.id)
    }
    return begun + (await sendSummaries(parts, now))
  }

  const preview = async (id: string): Promise<Planned | null> => {
    const rule = all.find((one) => one.id === id)
    const schedule = (await schedules(store.db)).get(id) ?? null
    const next = rule && nextRun(rule, stateOf(schedule, clock()), rest, clock())
    return rule && next != null ? runPlan(parts, planOf(rule), next, null, id) : null
  }

  /** Off, until somebody else switches it on too. */
  const ask = (rule: ReminderRule, by: string, count: number): Promise<'asked' | 'nobody-to-agree'> =>
    store.transaction(async (tx) => {
      const others = await othersThan(tx, by)
      if (others.length === 0) return 'nobody-to-agree'
      await switchRule(tx, { rule: rule.id, enabled: false, by, at: clock(), askedBy: by })
      const guide = guideLine(planOf(rule).audience.flow, 'short')
      await tell(tx, parts, others, 'remind.please-switch', { guide, count })
      return 'asked'
    })

  const stopAll = async (rule: string): Promise<void> => {
    for (const id of await openOfRule(store.db, rule)) await reminders.stop(id)
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
        return { rule, schedule, next: nextRun(rule, stateOf(schedule, clock()), rest, clock()) }
      })
    },
    async set(id, enabled, by, seen) {
      const rule = all.find((one) => one.id === id)
      if (!rule) return 'no-such-rule'
      const off = { rule: id, enabled: false, by, at: clock() }
      if (!enabled) {
        await switchRule(store.db, off)
        await stopAll(id)
        return 'off'
      }
      const planned = await preview(id)
      if (seen !== undefined && seen !== (planned?.fingerprint ?? '')) return 'changed'
      const count = planned === null ? 0 : messagesOf(planned.tally)
      if (count <= ward.reminders['approval-above']) {
        await switchRule(store.db, { ...off, enabled: true })
        return 'on'
      }
      const askedBy = (await schedules(store.db)).get(id)?.askedBy ?? null
      if (askedBy !== null && !(await sameOwner(store.db, askedBy)).includes(by)) {
        await switchRule(store.db, { ...off, enabled: true, by: askedBy, agreedBy: by })
        return 'on'
      }
      return askedBy === null ? ask(rule, by, count) : 'asked'
    },
    preview,
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
