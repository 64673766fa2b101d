import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import pg from 'pg'
import { pino } from 'pino'
import { letIn } from '../src/access/page-link.js'
import { readConfig } from '../src/config.js'
import { createContext } from '../src/context.js'
import { migrate } from '../src/store/migrate.js'
import { openPostgres, openSqlite, type Store } from '../src/store/open.js'
import { createWeb } from '../src/web/app.js'
import { startBroadcasts, TEAM } from './ward-broadcasts.js'
import { fillWard } from './ward-rows.js'

/**
 * Every page of staff and heads, and `/thongke`, `/to`, `/chuaxong`, over a made-up ward, on SQLite and on PostgreSQL: what came of each, p50 and p95 in ms,
 * and ms of processor time each time (PostgreSQL's own included, where it runs on this machine), which other work on the machine changes less.
 * RESIDENTS (50000), EVENTS (1000000), GROUPS (60), LINES (1000000, of the audit log), ROUNDS (20), ENGINES (sqlite,postgres), BENCH_DATABASE_URL (a server that lets us make a database).
 */
const { env } = process
const RESIDENTS = Number(env['RESIDENTS'] ?? 50_000)
const EVENTS = Number(env['EVENTS'] ?? 1_000_000)
const GROUPS = Number(env['GROUPS'] ?? 60)
/** Lines of the audit log. */
const LINES = Number(env['LINES'] ?? 1_000_000)
const ROUNDS = Number(env['ROUNDS'] ?? 20)
const SERVER = env['BENCH_DATABASE_URL'] ?? 'postgres://root@127.0.0.1:5432/postgres'
const LIMIT_MS = 150
const NOW = Date.parse('2026-11-23T09:00:00+07:00')
const GROUP = 5

const PAGES = [
  '/staff', '/staff/groups', '/staff/groups/5', '/staff/groups/5?filter=stuck', '/staff/groups/5/households', '/staff/groups/5/visits',
  '/staff/groups/5/contacts', '/staff/people/p4', '/staff/officials', '/staff/guides', '/staff/guides/vneid-level-1', '/staff/radar',
  '/staff/tickets', '/staff/questions', '/staff/incidents', '/staff/log',
  '/staff/log?about=p4', '/staff/log?about=p4&deed=exported', '/staff/log?deed=erased', '/staff/log?who=c1&deed=erased', '/staff/log?who=c99', '/staff/roles', '/staff/import', '/staff/exports', '/staff/health',
] // prettier-ignore
/** Pages of a broadcast to some ten thousand people and of a preview for one group. */
const pagesOf = (sending: string, preview: string) => [
  '/staff/broadcasts', `/staff/broadcasts?rule=${TEAM}`, `/staff/broadcasts/${sending}`, `/staff/broadcasts/${sending}?after=p3`,
  `/staff/groups/1/visits?broadcast=${sending}`, `/staff/broadcasts/${preview}`, `/staff/broadcasts?from=${preview}`,
] // prettier-ignore
const COMMANDS = ['/thongke', '/thongke vneid-level-1', '/to 5', '/chuaxong 5', '/chuaxong', '/viec', '/hangcho']

async function measure(store: Store): Promise<void> {
  let filled = performance.now()
  await migrate(store)
  const at = { now: NOW }
  const context = createContext(readConfig({ PORT: '0' }), {
    store,
    clock: () => (at.now += 100),
    log: pino({ level: 'silent' }),
    floodLimit: Infinity,
  })
  context.world.groups = Array.from({ length: GROUPS }, (_, i) => i + 1)
  await fillWard(
    store,
    context.world.flows,
    { residents: RESIDENTS, events: EVENTS, groups: GROUPS, lines: LINES },
    NOW,
  )
  const { sending, preview } = await startBroadcasts(context, GROUP, NOW)
  filled = performance.now() - filled
  console.log(`\n${store.engine}: ${RESIDENTS} residents, ${EVENTS} ledger rows, ${GROUPS} groups, written in ${(filled / 1000).toFixed(0)} s; load ${loadavg()[0]!.toFixed(1)}`) // prettier-ignore
  const app = createWeb(context)
  for (const role of ['admin', 'leader'] as const) {
    const group = role === 'leader' ? GROUP : null
    const link = await store.transaction((tx) => letIn(tx, { publicUrl: 'http://ward', role, group, newId: context.newId, now: at.now })) // prettier-ignore
    const entered = await app.request('/staff/enter', { method: 'POST', body: new URLSearchParams({ code: new URL(link).searchParams.get('code')! }) }) // prettier-ignore
    const cookie = entered.headers
      .getSetCookie()
      .find((line) => line.startsWith('ward_staff='))!
      .split(';')[0]!
    for (const path of [...PAGES, ...pagesOf(sending, preview)])
      await timed(store, `${role} ${path}`, async () => {
        const answer = await app.request(path, { headers: { cookie } })
        await answer.text()
        return String(answer.status)
      })
  }
  const address = { channel: 'web', address: 'bench' } as const
  let n = 0
  const say = async (text: string) => {
    await context.turns.accept({ ...address, externalId: `bench-${++n}`, at: at.now, secrets: [], content: text === '' ? { kind: 'start', payload: '' } : { kind: 'text', text } }) // prettier-ignore
    return String(await context.requests.runOnce())
  }
  await say('')
  await store.db.updateTable('contact').set({ role: 'admin' }).where('id', 'in', store.db.selectFrom('address').select('contact').where('address', '=', 'bench')).execute() // prettier-ignore
  for (const answer of ['1', '1', '1']) await say(answer)
  for (const command of COMMANDS) await timed(store, command, () => say(command))
  await context.close()
}

async function timed(store: Store, what: string, work: () => Promise<string>): Promise<void> {
  const times: number[] = []
  let before = new Map<number, number>()
  let said = ''
  for (let round = 0; round < ROUNDS + 2; round++) {
    if (round === 2) before = await processorMs(store)
    const since = performance.now()
    said = await work()
    if (round >= 2) times.push(performance.now() - since)
  }
  // A connection that came or went meanwhile is left out.
  const spent = [...(await processorMs(store))].reduce((sum, [id, ms]) => sum + ms - (before.get(id) ?? ms), 0)
  times.sort((a, b) => a - b)
  const of = (share: number) => times[Math.min(times.length - 1, Math.ceil(times.length * share) - 1)]!.toFixed(0)
  console.log(
    `| ${what} | ${said} | ${of(0.5)} | ${of(0.95)} | ${(spent / ROUNDS).toFixed(0)} |${Number(of(0.95)) > LIMIT_MS ? ' over' : ''}`,
  )
}

/** Processor time so far of this program (0), and of its connections where their processes can be looked at (in steps of 10 ms), by process id. */
async function processorMs({ engine, db }: Store): Promise<Map<number, number>> {
  const { user, system } = process.cpuUsage()
  const found = new Map([[0, (user + system) / 1000]])
  if (engine === 'sqlite') return found
  const there = await sql<{ pid: number }>`select pid from pg_stat_activity where datname = current_database()`.execute(db)
  for (const { pid } of there.rows) {
    const file = `/proc/${pid}/stat`
    if (!existsSync(file)) continue
    const [utime, stime] = readFileSync(file, 'utf8').split(') ')[1]!.split(' ').slice(11, 13)
    found.set(pid, (Number(utime) + Number(stime)) * 10)
  }
  return found
} // prettier-ignore

for (const engine of (env['ENGINES'] ?? 'sqlite,postgres').split(',')) {
  if (engine === 'sqlite') {
    const dir = mkdtempSync(join(tmpdir(), 'ward-bench-'))
    await measure(openSqlite(join(dir, 'ward.db'))).finally(() => rmSync(dir, { recursive: true }))
    continue
  }
  const name = `ward_bench_${process.pid}`
  const server = new pg.Client({ connectionString: SERVER })
  await server.connect()
  await server.query(`create database ${name} template template0`)
  const url = new URL(SERVER)
  url.pathname = `/${name}`
  await measure(openPostgres(url.href)).finally(async () => {
    await server.query(`drop database ${name} with (force)`)
    await server.end()
  })
}
process.exit(0)
