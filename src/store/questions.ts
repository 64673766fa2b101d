import { type RawBuilder, sql } from 'kysely'
import type { AskedQuestion, Question } from '../core/model/question.js'
import type { Scope } from '../core/policy/roles.js'
import { byText, columns, field, rows } from './rows.js'
import type { Db } from './tables.js'

const QUESTION = columns({
  id: 'text',
  key: 'text',
  text: 'text',
  locale: 'text',
  times: 'int',
  first_at: 'int',
  last_at: 'int',
  state: 'text',
})

/**
 * Puts questions into the queue: a new one is a row, one that was asked before, in whatever spelling, counts up. Who asked is noted, to be
 * told the answer; not where staff dismissed it.
 */
export async function noteQuestions(db: Db, asked: readonly AskedQuestion[], newId: () => string): Promise<void> {
  if (asked.length === 0) return
  const byKey = new Map<string, AskedQuestion[]>()
  for (const one of asked) byKey.set(one.key, [...(byKey.get(one.key) ?? []), one])
  const fresh = [...byKey]
    .sort(byText(([key]) => key))
    .map(([key, all]) => [newId(), key, all[0]!.text, all[0]!.locale, all.length, all[0]!.at, all.at(-1)!.at, 'open'])
  const kept = await sql<{ id: string; key: string; state: string }>`
    insert into question (${QUESTION.names}) select ${QUESTION.fields} from ${rows(db, fresh)} where true
    on conflict (key) do update set times = question.times + excluded.times, last_at = excluded.last_at
    returning id, key, state`.execute(db)
  const places = new Map<string, [id: string, flow: string, step: string, times: number]>()
  const askers = new Map<string, [id: string, contact: string, at: number]>()
  for (const { id, key, state } of kept.rows)
    for (const { flow, step, contact, at } of byKey.get(key) ?? []) {
      const place = [id, flow ?? '', step ?? ''].join(' ')
      places.set(place, [id, flow ?? '', step ?? '', (places.get(place)?.[3] ?? 0) + 1])
      if (state !== 'dismissed') askers.set(`${id} ${contact}`, [id, contact, at])
    }
  const sorted = <T>(map: Map<string, T>) => [...map].sort(byText(([key]) => key)).map(([, row]) => row)
  await sql`
    insert into question_place (question, flow, step, times)
    select ${field(0, 'text')}, ${field(1, 'text')}, ${field(2, 'text')}, ${field(3, 'int')} from ${rows(db, sorted(places))} where true
    on conflict (question, flow, step) do update set times = question_place.times + excluded.times`.execute(db)
  if (askers.size > 0)
    await sql`
      insert into question_asker (question, contact, at)
      select ${field(0, 'text')}, ${field(1, 'text')}, ${field(2, 'int')} from ${rows(db, sorted(askers))} where true
      on conflict do nothing`.execute(db)
}

/** A contact's last open question up to an instant (ms) was understood after all: it counts no longer, and is gone when nobody else asked it. */
export async function unnoteQuestion(db: Db, { contact, at }: { contact: string; at: number }): Promise<void> {
  const found = await sql<{ question: string }>`
    delete from question_asker where contact = ${contact} and question = (
      select a.question from question_asker a join question q on q.id = a.question
      where a.contact = ${contact} and a.at <= ${at} and q.state = 'open' order by a.at desc, a.question limit 1)
    returning question`.execute(db)
  for (const { question } of found.rows) {
    await sql`update question set times = times - 1 where id = ${question}`.execute(db)
    await sql`delete from question where id = ${question} and times <= 0`.execute(db)
  }
}

const FOUND = sql.raw(`q.id, q.text, q.locale, q.times, q.first_at as "firstAt", q.last_at as "lastAt", q.state,
  (select nullif(p.flow, '') from question_place p where p.question = q.id order by p.times desc, p.flow, p.step limit 1) as flow,
  (select nullif(p.step, '') from question_place p where p.question = q.id order by p.times desc, p.flow, p.step limit 1) as step`)

/** Questions that wait, the one asked most first: to whom the whole ward is open, for a question belongs to no group. */
export async function openQuestions(db: Db, scope: Scope, limit: number): Promise<Question[]> {
  const found = await sql<Question>`
    select ${FOUND} from question q where q.state = 'open' and ${ofWard(scope)} order by q.times desc, q.last_at desc, q.id limit ${limit}`.execute(
    db,
  )
  return found.rows
}

export async function countOpenQuestions(db: Db, scope: Scope): Promise<number> {
  const found = await sql<{
    n: number
  }>`select count(*) as n from question where state = 'open' and ${ofWard(scope)}`.execute(db)
  return found.rows[0]!.n
}

export async function questionById(db: Db, scope: Scope, id: string): Promise<Question | null> {
  const found = await sql<Question>`select ${FOUND} from question q where q.id = ${id} and ${ofWard(scope)}`.execute(db)
  return found.rows[0] ?? null
}

function ofWard({ groups }: Scope): RawBuilder<unknown> {
  return groups === 'ward' ? sql`true` : sql`false`
}

/** Decides an open question: of two who try at once, one does. */
export async function decideQuestion(
  db: Db,
  id: string,
  { state, taught, by, at }: { state: 'answered' | 'dismissed'; taught: string | null; by: string; at: number },
): Promise<boolean> {
  const { numAffectedRows } = await sql`
    update question set state = ${state}, taught = ${taught}, decided_by = ${by}, decided_at = ${at}
    where id = ${id} and state = 'open'`.execute(db)
  if (Number(numAffectedRows ?? 0) === 0) return false
  if (state === 'dismissed') await sql`delete from question_asker where question = ${id}`.execute(db)
  return true
}

/** Questions that a withdrawn answer belonged to wait again. */
export async function reopenQuestions(db: Db, taught: string): Promise<void> {
  await sql`
    update question set state = 'open', taught = null, decided_by = null, decided_at = null
    where taught = ${taught} and state = 'answered'`.execute(db)
}

/** Somebody who is still to be told an answer. */
export interface Asker {
  question: string
  contact: string
  taught: string
  /** When they asked, ms. */
  at: number
}

/** Those who wait for an answer that is there, in one order for all processes. */
export async function untoldAskers(db: Db, limit: number): Promise<Asker[]> {
  const found = await sql<Asker>`
    select a.question, a.contact, q.taught, a.at from question_asker a join question q on q.id = a.question
    where q.state = 'answered' and q.taught is not null order by a.contact, a.question limit ${limit}`.execute(db)
  return found.rows
}

/** Forgets that somebody asked; false when another process did already, who told them. */
export async function forgetAsker(
  db: Db,
  { question, contact }: Pick<Asker, 'question' | 'contact'>,
): Promise<boolean> {
  const gone = await sql`delete from question_asker where question = ${question} and contact = ${contact}`.execute(db)
  return Number(gone.numAffectedRows ?? 0) > 0
}

/** Erasure: nothing says any longer that a contact asked anything; what nobody else asked goes with its words. */
export async function forgetAsking(db: Db, contact: string): Promise<void> {
  await sql`
    delete from question where state = 'open'
      and exists (select 1 from question_asker a where a.question = question.id and a.contact = ${contact})
      and not exists (select 1 from question_asker a where a.question = question.id and a.contact <> ${contact})`.execute(
    db,
  )
  await sql`delete from question_asker where contact = ${contact}`.execute(db)
}

/** Forgets questions that nobody asked since; how many. What was taught stays: it is content. */
export async function forgetQuestionsBefore(db: Db, before: number): Promise<number> {
  const { numAffectedRows } = await sql`delete from question where last_at < ${before}`.execute(db)
  return Number(numAffectedRows ?? 0)
}
