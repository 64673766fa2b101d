import { copyFileSync, existsSync, mkdtempSync, renameSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { openPostgres, openSqlite, type Store } from '../../src/store/open.js'

/** A database of its own, made from nothing. */
export interface TestDatabase {
  store: Store
  /** Another connection to the same database, as another process would have one. */
  another(): Store
  /**
   * What else works on the database at the same time: on Postgres another process, on SQLite the same one, because a server has one
   * connection to its file (a second one waits on the event loop's time, which the first needs to go on).
   */
  peer(): Store
  /** Closes everything and takes the database away. */
  drop(): Promise<void>
}

export interface TestEngine {
  name: 'sqlite' | 'postgres'
  /** Why it cannot be used here; null when it can. */
  missing: string | null
  /** A database with nothing in it. */
  empty(): Promise<TestDatabase>
  /** A database with all tables. */
  fresh(): Promise<TestDatabase>
}

/** CI sets this: what is missing then fails instead of being skipped. */
const REQUIRED = process.env['REQUIRE_REAL'] === '1'

/** Of this run of jest: support/run-begins.mjs. */
const { WARD_TEST_RUN: RUN, WARD_TEST_FOLDER: FOLDER } = process.env
const POSTGRES_URLS = JSON.parse(process.env['WARD_TEST_POSTGRES']!) as string[]
const TEMPLATE = `ward_test_${RUN}_template`

let made = 0
/** Databases on their way out. The server flushes its disk before it lets go of one, so tests go on meanwhile; a file waits for its last. */
const leaving: Promise<void>[] = []
/** Databases with all tables whose test is over, emptied for the next one: making one copies three hundred files. Null: it could not be emptied. */
const spare: { server: string; name: Promise<string | null> }[] = []
afterAll(async () => {
  for (const { server, name } of spare)
    leaving.push(name.then((left) => (left === null ? undefined : away(server, left))))
  await Promise.all(leaving)
}, 120_000)

/** The engines, each with why it cannot be used on this machine. */
export async function engines(): Promise<TestEngine[]> {
  const url = await postgresUrl()
  return [
    engine('sqlite', null, sqlite),
    engine('postgres', url === null ? `no PostgreSQL at ${POSTGRES_URLS.map(hidden).join(' or ')}` : null, (migrated) =>
      postgres(url!, migrated),
    ),
  ]
}

/** One suite on every engine: run where it can be, visibly skipped where it cannot, and a failure there when REQUIRE_REAL=1. */
export function describeEngines(title: string, all: readonly TestEngine[], suite: (engine: TestEngine) => void): void {
  for (const engine of all) {
    if (engine.missing === null) describe(`${title} on ${engine.name}`, () => suite(engine))
    else if (REQUIRED) test(`${title} on ${engine.name}`, () => Promise.reject(new Error(engine.missing!)))
    else describe.skip(`${title} on ${engine.name} – skipped: ${engine.missing}`, () => suite(engine))
  }
}

/** A Redis that answers, or null; with REQUIRE_REAL=1 an error instead. */
export async function redisUrl(): Promise<string | null> {
  const url = process.env['TEST_REDIS_URL'] ?? 'redis://127.0.0.1:6379'
  const answers = await redisAnswers(new URL(url))
  if (!answers && REQUIRED) throw new Error(`no Redis at ${hidden(url)}`)
  return answers ? url : null
}

function engine(name: TestEngine['name'], missing: string | null, make: (migrated: boolean) => Promise<TestDatabase>) {
  return { name, missing, empty: () => make(false), fresh: () => make(true) }
}

async function sqlite(migrated: boolean): Promise<TestDatabase> {
  const dir = mkdtempSync(join(FOLDER!, 'sqlite-'))
  const file = join(dir, 'ward.db')
  if (migrated) copyFileSync(await sqliteTemplate(), file)
  return database(
    () => openSqlite(file, { busyTimeout: 1000 }),
    async () => rmSync(dir, { recursive: true, force: true }),
  )
}

/** A file with all tables, made once a run: migrating takes a hundred times as long as copying. */
async function sqliteTemplate(): Promise<string> {
  const template = join(FOLDER!, 'template.db')
  if (existsSync(template)) return template
  const making = join(mkdtempSync(join(FOLDER!, 'making-')), 'ward.db')
  const store = openSqlite(making)
  await migrate(store)
  await store.close()
  renameSync(making, template)
  return template
}

/** A store with all tables for a test that needs nothing else of its database. */
export async function freshSqlite(): Promise<Store> {
  return (await sqlite(true)).store
}

async function postgres(server: string, migrated: boolean): Promise<TestDatabase> {
  const name = (migrated ? await spare.pop()?.name : null) ?? (await created(server, migrated))
  return database(
    () => openPostgres(named(server, name), { pool: 4 }),
    async () =>
      void (migrated ? spare.push({ server, name: emptied(server, name) }) : leaving.push(away(server, name))),
  )
}

async function created(server: string, migrated: boolean): Promise<string> {
  if (migrated) await postgresTemplate(server)
  const name = `ward_test_${RUN}_${process.pid}_${Date.now().toString(36)}_${++made}`
  await onServer(server, `create database ${name} template ${migrated ? TEMPLATE : 'template0'}`)
  return name
}

async function away(server: string, name: string): Promise<void> {
  await onServer(server, `drop database if exists ${name} with (force)`).catch(() => {})
}

/** Whoever is still connected is thrown out, as by a drop; no migration leaves rows behind. Where somebody may not do this, the database goes. */
async function emptied(server: string, name: string): Promise<string | null> {
  try {
    await onServer(
      named(server, name),
      `select pg_terminate_backend(pid) from pg_stat_activity where datname = current_database() and pid <> pg_backend_pid();
      set session_replication_role = replica;
      do $$ declare t record; begin
        for t in select tablename from pg_tables where schemaname = 'public' and tablename not like 'kysely%' loop
          execute format('delete from %I', t.tablename);
        end loop;
        if (select string_agg(name, ' ' order by name collate "C") from kysely_migration) <> '${Object.keys(MIGRATIONS).sort().join(' ')}' then
          raise exception 'a test has changed what is migrated';
        end if;
      end $$`,
    )
    return name
  } catch {
    await away(server, name)
    return null
  }
}

let template: Promise<void> | undefined

/** A database with all tables, made once a run by whichever worker comes first. */
function postgresTemplate(server: string): Promise<void> {
  return (template ??= asTheOnlyOne(server, async (client) => {
    const { rowCount } = await client.query('select 1 from pg_database where datname = $1', [TEMPLATE])
    if (rowCount) return
    const making = `${TEMPLATE}_making`
    await client.query(`create database ${making} template template0`)
    const store = openPostgres(named(server, making), { pool: 1 })
    await migrate(store)
    await store.close()
    await client.query(`alter database ${making} rename to ${TEMPLATE}`)
  }))
}

async function asTheOnlyOne(server: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: server })
  await client.connect()
  try {
    await client.query(`select pg_advisory_lock(hashtext($1))`, [TEMPLATE])
    await work(client)
  } finally {
    await client.end()
  }
}

function named(server: string, name: string): string {
  const url = new URL(server)
  url.pathname = `/${name}`
  return url.href
}

function database(open: () => Store, remove: () => Promise<void>): TestDatabase {
  const opened = [open()]
  const another = () => {
    opened.push(open())
    return opened.at(-1)!
  }
  return {
    store: opened[0]!,
    another,
    peer: () => (opened[0]!.engine === 'sqlite' ? opened[0]! : another()),
    drop: async () => {
      for (const store of opened) await store.close()
      await remove()
    },
  }
}

async function postgresUrl(): Promise<string | null> {
  for (const url of POSTGRES_URLS) {
    const there = await onServer(url, 'select 1').then(
      () => true,
      () => false,
    )
    if (there) return url
  }
  return null
}

async function onServer(url: string, statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    await client.query(statement)
  } finally {
    await client.end().catch(() => {})
  }
}

function redisAnswers({ hostname, port }: URL): Promise<boolean> {
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port || 6379) })
    const finish = (answer: boolean) => {
      socket.destroy()
      resolve(answer)
    }
    socket.setTimeout(2000, () => finish(false))
    socket.on('error', () => finish(false))
    socket.on('connect', () => socket.write('PING\r\n'))
    // «-NOAUTH» is an answer too: the caller's URL has the password.
    socket.on('data', () => finish(true))
  })
}

function hidden(url: string): string {
  return url.replace(/\/\/[^@/]*@/, '//')
}
