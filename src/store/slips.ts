import { sql } from 'kysely'
import { afterWrong, mayTry, SLIP_MS, type Tries } from '../core/roster/slip.js'
import type { Scope } from '../core/policy/roles.js'
import { HAS_AGREED } from './contacts.js'
import { absorb } from './merges.js'
import { people } from './roster.js'
import { texts } from './rows.js'
import { inScope } from './scope.js'
import type { Seals } from './sealed.js'
import type { Db } from './tables.js'

/** The codes' column: their keyed hash is made with this name. A code is short enough to be guessed from a plain hash. */
const CODE = 'slip.code'

/** Keeps a code for a person of the scope; any older code of theirs is void. The code comes from `core/roster/slip.ts` and is shown once. */
export async function createSlip(
  db: Db,
  scope: Scope,
  seals: Seals,
  { person, code, now }: { person: string; code: string; now: number },
): Promise<'created' | 'out-of-scope'> {
  const [known] = await people(db, scope, { ids: [person] })
  if (!known) return 'out-of-scope'
  await sql`update slip set voided_at = ${now} where person = ${person} and used_at is null and voided_at is null`.execute(
    db,
  )
  await sql`
    insert into slip (code_hash, person, created_at, created_by, expires_at)
    values (${seals.hash(CODE, code)}, ${person}, ${now}, ${scope.who}, ${now + SLIP_MS})`.execute(db)
  return 'created'
}

/** Whom a code stands for, or why it stands for nobody; `too-many`: this contact has guessed too often today. */
export type Redeemed = { person: string } | 'unknown' | 'expired' | 'used' | 'voided' | 'too-many'

/**
 * Uses a code up, inside a transaction that is committed even when it fails: a code that never was counts as a guess. What it opens – being that person, or acting for
 * them – is the caller's to say (`joinContact`), who gives it back (`giveSlipBack`) where it opens nothing.
 */
export async function redeemSlip(
  db: Db,
  seals: Seals,
  { code, contact, now }: { code: string; contact: string; now: number },
): Promise<Redeemed> {
  const tries = await triesOf(db, contact)
  if (!mayTry(tries, now)) return 'too-many'
  const hash = seals.hash(CODE, code)
  const taken = await sql<{ person: string }>`
    update slip set used_at = ${now}, used_by = ${contact}
    where code_hash = ${hash} and used_at is null and voided_at is null and expires_at > ${now} returning person`.execute(
    db,
  )
  if (taken.rows[0]) return taken.rows[0]
  const found = await sql<{ used_at: number | null; voided_at: number | null }>`
    select used_at, voided_at from slip where code_hash = ${hash}`.execute(db)
  const [slip] = found.rows
  if (slip) return slip.used_at !== null ? 'used' : slip.voided_at !== null ? 'voided' : 'expired'
  const { since, wrong } = afterWrong(tries, now)
  await sql`
    insert into slip_try (contact, since, wrong) values (${contact}, ${since}, ${wrong})
    on conflict (contact) do update set since = excluded.since, wrong = excluded.wrong`.execute(db)
  return 'unknown'
}

/** A code opened nothing for whoever used it: its owner still can. */
export async function giveSlipBack(
  db: Db,
  seals: Seals,
  { code, contact }: { code: string; contact: string },
): Promise<void> {
  await sql`
    update slip set used_at = null, used_by = null
    where code_hash = ${seals.hash(CODE, code)} and used_by = ${contact}`.execute(db)
}

/** Those of these persons, as far as they are in the scope, who have a slip that can still be used, and until when. */
export async function liveSlips(
  db: Db,
  scope: Scope,
  persons: readonly string[],
  now: number,
): Promise<Map<string, number>> {
  if (persons.length === 0) return new Map()
  const found = await sql<{ person: string; until: number }>`
    select s.person, max(s.expires_at) as until from slip s join person p on p.id = s.person
    where s.person in ${texts(db, persons)} and ${inScope(scope, sql`p.grp`)}
      and s.used_at is null and s.voided_at is null and s.expires_at > ${now}
    group by s.person`.execute(db)
  return new Map(found.rows.map(({ person, until }) => [person, Number(until)]))
}

async function triesOf(db: Db, contact: string): Promise<Tries | null> {
  const found = await sql<Tries>`select since, wrong from slip_try where contact = ${contact}`.execute(db)
  return found.rows[0] ?? null
}

/** `not-there`: no such contact or person, none that has agreed, or not in the scope. `other-person`: the roster knows the contact as somebody else already. */
export type Joined = 'joined' | 'already' | 'not-there' | 'other-person'

/** A contact that has agreed is this person of the roster: the head of both says so. `disowned`: the contact has said that it is not. */
export async function confirmContact(
  db: Db,
  scope: Scope,
  { contact, person, now }: { contact: string; person: string; now: number },
): Promise<Joined | 'disowned'> {
  const found = await sql<{ id: string; disowned: number }>`
    select c.id, case when exists (
      select 1 from unmerge u where u.gone = c.person and u.kept = ${person} and u.who = c.id) then 1 else 0 end as disowned
    from contact c join person p on p.id = c.person join session s on s.contact = c.id
    where c.id = ${contact} and ${inScope(scope, sql`p.grp`)} and ${HAS_AGREED}`.execute(db)
  const [known] = await people(db, scope, { ids: [person] })
  if (!found.rows[0] || !known) return 'not-there'
  if (found.rows[0].disowned === 1) return 'disowned'
  return joinContact(db, { contact, person, now, who: scope.who, how: 'head' })
}

/** Joins a contact to a person of the roster, with all they did so far. Nobody calls this on a guess: `how` is a slip, or the head's own word. */
export async function joinContact(
  db: Db,
  {
    contact,
    person,
    now,
    who,
    how,
  }: { contact: string; person: string; now: number; who: string; how: 'head' | 'slip' },
): Promise<Joined> {
  const found = await sql<{ own: string; listed: string | null; target: string | null }>`
    select c.person as own, r.person as listed, t.person as target from contact c
    left join roster r on r.person = c.person
    left join roster t on t.person = ${person}
    left join person p on p.id = t.person
    where c.id = ${contact} and (p.id is null or p.merged_into is null)`.execute(db)
  const [row] = found.rows
  if (!row || row.target === null) return 'not-there'
  if (row.own === person) return 'already'
  if (row.listed !== null) return 'other-person'
  await absorb(db, { kept: person, gone: row.own, at: now, who, how })
  return 'joined'
}
