// What the benchmark needs of the machine: databases of its own, a Redis to share, and how fast the disk really keeps something.
import { spawnSync } from 'node:child_process'
import { randomBytes } from 'node:crypto'
import { mkdirSync, rmdirSync, rmSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { Redis } from 'ioredis'
import Database from 'libsql'
import pg from 'pg'

/** On the project's own disk: a temporary folder in memory would make every commit free. */
const DATA = fileURLToPath(new URL('data', import.meta.url))
const POSTGRES = process.env.BENCH_DATABASE_URL
  ? [process.env.BENCH_DATABASE_URL]
  : ['postgres://root@%2Fvar%2Frun%2Fpostgresql/postgres', 'postgres://root@127.0.0.1:5432/postgres']
const REDIS = process.env.BENCH_REDIS_URL ?? 'redis://127.0.0.1:6379'

const hidden = (url) => url.replace(/\/\/[^@/]*@/, '//')

async function onServer(url, ...statements) {
  const client = new pg.Client({ connectionString: url, connectionTimeoutMillis: 2000 })
  try {
    await client.connect()
    const results = []
    for (const text of statements) results.push((await client.query({ text, rowMode: 'array' })).rows[0])
    return results
  } finally {
    await client.end().catch(() => {})
  }
}

/** The databases that can be measured here; `missing` says why one cannot. */
export async function engines() {
  let server = null
  for (const url of POSTGRES) {
    server ??= await onServer(url, 'show server_version', 'show synchronous_commit', 'show fsync').then(
      ([version, commit, fsync]) => ({
        url,
        about: `PostgreSQL ${version[0].split(' ')[0]}, synchronous_commit ${commit[0]}, fsync ${fsync[0]}`,
      }),
      () => null,
    )
  }
  const version = new Database(':memory:').prepare('select sqlite_version() as version').get().version
  return [
    {
      name: 'sqlite',
      title: 'SQLite',
      about: `SQLite ${version} (libsql), WAL, synchronous FULL`,
      missing: null,
      fresh: freshSqlite,
    },
    {
      name: 'postgres',
      title: 'PostgreSQL',
      about: server?.about ?? '',
      missing: server ? null : `no PostgreSQL at ${POSTGRES.map(hidden).join(' or ')} (BENCH_DATABASE_URL)`,
      fresh: (subject) => freshPostgres(server.url, subject),
    },
  ]
}

/** An empty database for one subject: the environment that names it, a way to ask it, and its end. */
function freshSqlite(subject) {
  const dir = `${DATA}/${process.pid}-${subject}`
  rmSync(dir, { recursive: true, force: true })
  mkdirSync(dir, { recursive: true, mode: 0o700 })
  const file = `${dir}/${subject === 'ours' ? 'ward.db' : 'ledger.db'}`
  return {
    env: { DATA_DIR: dir },
    ask: async (query) => {
      const db = new Database(file)
      try {
        return db.prepare(query).raw().get().map(Number)
      } finally {
        db.close()
      }
    },
    drop: async () => {
      rmSync(dir, { recursive: true, force: true })
      try {
        rmdirSync(DATA)
      } catch {
        // Others are still in it.
      }
    },
  }
}

async function freshPostgres(server, subject) {
  const name = `ward_bench_${process.pid}_${subject}`
  await onServer(server, `drop database if exists ${name} with (force)`, `create database ${name} template template0`)
  const url = new URL(server)
  url.pathname = `/${name}`
  return {
    env: { DATABASE_URL: url.href, APP_SECRET: randomBytes(32).toString('hex') },
    ask: async (query) => (await onServer(url.href, query))[0].map(Number),
    drop: () => onServer(server, `drop database if exists ${name} with (force)`),
  }
}

const connectRedis = () => {
  const client = new Redis(REDIS, { lazyConnect: true, maxRetriesPerRequest: 0, retryStrategy: () => null })
  client.on('error', () => {})
  return client
}

/** The Redis for the peers' sessions, or why there is none. */
export async function redis() {
  const client = connectRedis()
  try {
    const info = await client.info()
    const version = /redis_version:(\S+)/.exec(info)?.[1] ?? ''
    const kept = /aof_enabled:1/.test(info) ? 'append-only file' : 'no append-only file'
    return { url: REDIS, missing: null, about: `Redis ${version} (${kept})` }
  } catch {
    return { url: REDIS, missing: `no Redis at ${hidden(REDIS)} (BENCH_REDIS_URL)`, about: '' }
  } finally {
    client.disconnect()
  }
}

/** Takes away what the peers left behind under a prefix. */
export async function sweepRedis(prefix) {
  const client = connectRedis()
  try {
    for (let cursor = '0', keys; ;) {
      ;[cursor, keys] = await client.scan(cursor, 'MATCH', `${prefix}*`, 'COUNT', 1000)
      if (keys.length > 0) await client.unlink(...keys)
      if (cursor === '0') return
    }
  } finally {
    client.disconnect()
  }
}

const SECONDS_OF_PROBE = 0.5

/** Single inserts that this disk keeps for good in a second: what one ledger row a message can cost at most. */
export async function durableInserts() {
  const place = freshSqlite('probe')
  const db = new Database(`${place.env.DATA_DIR}/probe.db`)
  db.exec('pragma journal_mode = wal')
  db.exec('pragma synchronous = full')
  db.exec('create table t (id integer primary key, a text)')
  const insert = db.prepare('insert into t (a) values (?)')
  const end = performance.now() + SECONDS_OF_PROBE * 1000
  let count = 0
  for (; performance.now() < end; count++) insert.run('x'.repeat(100))
  db.close()
  await place.drop()
  return count / SECONDS_OF_PROBE
}

/** Before a command: every sync of the file system takes that much longer, as on a slower disk. Needs Linux and strace. */
export function slowerDisk(ms) {
  const found = spawnSync('strace', ['-V'], { stdio: 'ignore' }).status === 0
  if (!found) throw new Error('--sync-ms needs strace, which is not here')
  const delay = `inject=fsync,fdatasync:delay_enter=${Math.round(ms * 1000)}`
  return ['strace', '-f', '--seccomp-bpf', '-qq', '-o', '/dev/null', '-e', 'trace=fsync,fdatasync', '-e', delay]
}
