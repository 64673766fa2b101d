import { sql } from 'kysely'
import type { Db } from './tables.js'

/** Whether a rule of the ward is on. */
export interface Schedule {
  rule: string
  enabled: boolean
  by: string | null
  /** When it was switched, ms. */
  at: number
  /** The day on which it last ran; null: never. */
  lastDay: string | null
  /** Who wants it on and waits for somebody else's yes, and who gave that. */
  askedBy: string | null
  agreedBy: string | null
}

/** The rules that were ever switched; one that is not in it is off. */
export async function schedules(db: Db): Promise<Map<string, Schedule>> {
  const found = await sql<Omit<Schedule, 'enabled'> & { enabled: number }>`
    select rule, enabled, by_contact as by, at, last_day as "lastDay", asked_by as "askedBy", agreed_by as "agreedBy" from schedule order by rule`.execute(
    db,
  )
  return new Map(found.rows.map((row) => [row.rule, { ...row, enabled: row.enabled === 1 }]))
}

/** Switches a rule on or off, or notes who wants it on. */
export async function switchRule(
  db: Db,
  {
    rule,
    enabled,
    by,
    at,
    askedBy = null,
    agreedBy = null,
  }: Pick<Schedule, 'rule' | 'enabled' | 'by' | 'at'> & Partial<Schedule>,
): Promise<void> {
  const on = enabled ? 1 : 0
  await sql`
    insert into schedule (rule, enabled, by_contact, at, asked_by, agreed_by)
    values (${rule}, ${on}, ${by}, ${at}, ${askedBy}, ${agreedBy})
    on conflict (rule) do update set enabled = excluded.enabled, by_contact = excluded.by_contact, at = excluded.at,
      asked_by = excluded.asked_by, agreed_by = excluded.agreed_by`.execute(db)
}

/** Takes the run of a day; false when another process has it, or the rule was switched off. */
export async function takeDay(db: Db, rule: string, day: string): Promise<boolean> {
  const taken = await sql<{ rule: string }>`
    update schedule set last_day = ${day}
    where rule = ${rule} and enabled = 1 and (last_day is null or last_day < ${day}) returning rule`.execute(db)
  return taken.rows.length > 0
}
