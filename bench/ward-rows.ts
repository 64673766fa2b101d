import { sql } from 'kysely'
import type { Flows } from '../src/core/flow/definition.js'
import { newSession } from '../src/core/turn.js'
import type { Store } from '../src/store/open.js'

/** A made-up ward in rows: how large it is. Every person has a run in four guides, every run `events / (4 × residents)` ledger rows. */
export interface Size {
  residents: number
  events: number
  /** Lines of the audit log. */
  lines: number
  groups: number
}

const DAY = 86_400_000

/** Fills an empty schema with statements over whole tables; nobody in it exists. `now`: ms, the newest event lies just before it. */
export async function fillWard(store: Store, flows: Flows, { residents, events, groups, lines }: Size, now: number) {
  const ids = [...flows.keys()].slice(0, 4)
  const each = Math.max(1, Math.round(events / (residents * ids.length)))
  const run = (statement: string) => sql.raw(statement).execute(store.db)
  const series = (most: number, name = 's') =>
    `${name}(i) as (select cast(1 as bigint) union all select i + 1 from ${name} where i < ${most})`
  const start = now - 120 * DAY
  // The number within the group: every group has a share of everything.
  const of = `(i / ${groups})`
  await run(`with recursive ${series(residents)}
    insert into person (id, grp, created_at) select 'p' || i, 1 + i % ${groups}, ${start} from s`)
  await run(`with recursive ${series(Math.ceil(residents / 4))}
    insert into household (id, grp, code, street, house, reviewed_on, created_at)
    select 'h' || i, 1 + i % ${groups}, cast(i as text), 'Đường số ' || (i % 40), cast(i % 200 as text),
      case when i % 3 = 0 then '2026-11-01' end, ${start} from s`)
  await run(`with recursive ${series(residents)}
    insert into roster (person, household, name, folded, born, residence, card, visit, official, updated_at)
    select 'p' || i, 'h' || (1 + (i - 1) % ${Math.ceil(residents / 4)}), 'Nguyễn Văn Số ' || i, 'nguyen van so ' || i, 1940 + i % 70,
      case when ${of} % 10 = 0 then null when ${of} % 4 = 0 then 'temporary' else 'permanent' end,
      case when ${of} % 9 = 0 then 'none' when ${of} % 7 = 0 then 'unknown' else 'has' end,
      case when ${of} % 50 = 0 then 1 else 0 end, case when ${of} % 400 = 0 then 1 else 0 end, ${start} from s`)
  // Three of five chat, in every group; one in fifty of them has shut us out.
  const chats = `${of} % 5 < 3`
  await run(`with recursive ${series(residents)}
    insert into contact (id, person, role, grp, created_at)
    select 'c' || i, 'p' || i, 'resident', 1 + i % ${groups}, ${start} from s where ${chats}`)
  await run(`with recursive ${series(residents)}
    insert into address (channel, address, contact, state)
    select 'web', 'a' || i, 'c' || i, case when ${of} % 50 = 7 then 'blocked' else 'ok' end from s where ${chats}`)
  const [before, behind] = JSON.stringify({ ...newSession('THEM'), consent: { version: '1', at: start } }).split('THEM')
  await run(`with recursive ${series(residents)}
    insert into session (contact, version, said, state, last_at)
    select 'c' || i, 0, 0, '${before}p' || i || '${behind}', ${start} from s where ${chats}`)
  for (const [f, id] of ids.entries()) {
    const flow = flows.get(id)!
    const steps = flow.steps.map((step) => step.id)
    const step = (n: string) =>
      `case (${n}) % ${steps.length} ${steps.map((one, k) => `when ${k} then '${one}'`).join(' ')} end`
    const finished = `(i + ${f}) % 3 = 0`
    await run(`with recursive ${series(residents)}
      insert into run (id, person, flow, edition, step, state, seq, started_at, entered_at, trail, tries)
      select 'r' || i || '-${f}', 'p' || i, '${id}', ${flow.edition}, ${step(`i + ${f}`)},
        case when ${finished} then 'finished' else 'open' end, ${each}, ${start}, ${start} + (i % 119) * ${DAY}, '[]',
        case when i % 11 = 0 then 1 else 0 end from s`)
    for (let seq = 1; seq <= each; seq++) {
      const last = seq === each
      await run(`with recursive ${series(residents)}
        insert into ledger (run, seq, at, person, contact, channel, grp, flow, edition, step, outcome, source, detail, to_step)
        select 'r' || i || '-${f}', ${seq}, ${start} + (i % 119) * ${DAY} + ${seq * 60_000}, 'p' || i, 'c' || i, 'web', 1 + i % ${groups}, '${id}',
          ${flow.edition}, ${step(`i + ${f} + ${seq}`)},
          case when ${last ? finished : 'false'} then 'finished' when i % 11 = 0 then 'trouble' else 'done' end,
          case when i % 20 = 0 then 'leader' else 'self' end, case when i % 11 = 0 and not (${last ? finished : 'false'}) then 'other' end, null from s`)
    }
  }
  await run(`with recursive ${series(300)}
    insert into ticket (id, number, contact, person, grp, flow, step, tries, channel, reason, state, opened_at)
    select 't' || i, i, 'c' || i, 'p' || i, 1 + i % ${groups}, '${ids[0]!}', '${flows.get(ids[0]!)!.steps[0]!.id}', 3, 'web', 'third-miss', 'open',
      ${now} - i * 3600000 from s where ${chats}`)
  // A million deeds of twelve officers, nearly all of them looks: what is rare or about one person has to be found among them.
  await run(`with recursive ${series(lines)}
    insert into audit (id, at, who, role, deed, kind, subject, grp) select 'x' || i, ${start} + i * 10000, 'c' || (i % 12), 'staff',
      case when i % 50000 = 0 then 'erased' when i % 20 = 0 then 'exported' else 'saw' end, 'person', 'p' || (i % ${residents}), 1 + i % ${groups} from s`)
  if (store.engine === 'sqlite') await run('analyze')
  else await run('vacuum analyze')
}
