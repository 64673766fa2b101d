import { mkdtempSync, rmSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import pg from 'pg'
import { migrate } from '../../src/store/migrate.js'
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

const POSTGRES_URLS = process.env['TEST_DATABASE_URL']
  ? [process.env['TEST_DATABASE_URL']]
  : ['postgres://root@%2Fvar%2Frun%2Fpostgresql/postgres', 'postgres://root@127.0.0.1:5432/postgres']

let made = 0

/** The engines, each with why it cannot be used on this machine. */
export async function engines(): Promise<TestEngine[]> {
  const url = await postgresUrl()
  return [
    engine('sqlite', null, emptySqlite),
    engine('postgres', url === null ? `no PostgreSQL at ${POSTGRES_URLS.map(hidden).join(' or ')}` : null, async () =>
      emptyPostgres(url!),
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

function engine(name: TestEngine['name'], missing: string | null, empty: TestEngine['empty']): TestEngine {
  const fresh = async () => {
    const database = await empty()
    await migrate(database.store)
    return database
  }
  return { name, missing, empty, fresh }
}

async function emptySqlite(): Promise<TestDatabase> {
  const dir = mkdtempSync(join(tmpdir(), 'ward-store-'))
  const file = join(dir, 'ward.db')
  return database(
    () => openSqlite(file, { busyTimeout: 1000 }),
    async () => rmSync(dir, { recursive: true, force: true }),
  )
}

async function emptyPostgres(server: string): Promise<TestDatabase> {
  const name = `ward_test_${process.pid}_${Date.now().toString(36)}_${++made}`
  await onServer(server, `create database ${name} template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return database(
    () => openPostgres(url.href, { pool: 4 }),
    () => onServer(server, `drop database ${name} with (force)`),
  )
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
