import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createReadStream, createWriteStream, existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createInterface } from 'node:readline'
import { createGunzip, createGzip } from 'node:zlib'
import { sql } from 'kysely'
import { z } from 'zod'
import type { Config } from '../config.js'
import { openStore } from '../parts/database.js'
import { dump, fill, type HeldRow, isEmpty, migrationsFor } from '../store/backup.js'
import { takeLock } from '../store/lock.js'
import { migrate } from '../store/migrate.js'
import { appSecret, createSeals } from '../store/sealed.js'
import { withStore } from './open.js'
import { UsageError } from './usage.js'

/** First line of a backup; then a line a row, `[table, value, …]`; then how many rows there were and their hash. */
const Head = z.strictObject({
  form: z.literal('ward-backup-1'),
  at: z.int(),
  migrations: z.array(z.string()),
  tables: z.array(z.strictObject({ table: z.string(), columns: z.array(z.string()) })),
  /** A keyed hash of the secret: tells on restoring whether the sealed phone numbers can be opened. */
  mark: z.string(),
  /** The secret itself where it was made by the bot and lies in the data folder; one from the settings is never written here. */
  secret: z.string().nullable(),
})
type Head = z.infer<typeof Head>
const Tail = z.strictObject({ rows: z.int(), sha256: z.string() })

const SECRET_FILE = 'app-secret'
const markOf = (secret: string) => createSeals(() => secret).hash('backup', 'mark')

/** Writes everything that the bot keeps into one compressed file, beside a running server; the file appears when it is whole. */
export async function makeBackup(
  config: Config,
  file: string | undefined,
  out: (text: string) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('name the file: ward backup FILE')
  if (existsSync(file)) throw new UsageError(`${file} is there already; name another file`)
  const secret = appSecret(config)
  const part = `${file}.part`
  const zip = createGzip()
  const target = createWriteStream(part, { mode: 0o600 })
  const failed = once(target, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  zip.pipe(target)
  const hash = createHash('sha256')
  let count = 0
  const put = async (line: string) => {
    if (!zip.write(line)) await Promise.race([once(zip, 'drain'), failed])
  }
  try {
    await withStore(config, (store) =>
      dump(
        store,
        async (migrations, tables) => {
          const head: Head = { form: 'ward-backup-1', at: Date.now(), migrations, tables, mark: markOf(secret), secret: config.appSecret === undefined ? secret : null } // prettier-ignore
          const line = `${JSON.stringify(head)}\n`
          hash.update(line)
          await put(line)
        },
        async (table, page) => {
          count += page.length
          const text = page.map((row) => `${JSON.stringify([table, ...row])}\n`).join('')
          hash.update(text)
          await put(text)
        },
      ),
    )
    zip.end(`${JSON.stringify({ rows: count, sha256: hash.digest('hex') })}\n`)
    await Promise.race([once(target, 'close'), failed])
    await rename(part, file)
  } catch (error) {
    target.destroy()
    await rm(part, { force: true })
    throw error
  }
  const kept = config.appSecret === undefined ? 'The key to the sealed phone numbers is in it: keep it as safe as the data.' : 'APP_SECRET is not in it: keep it elsewhere, without it no phone number can be read again.' // prettier-ignore
  out(`${file}: ${count} rows. ${kept}\n`)
  return 0
}

/** Fills an empty database from a backup, on either engine; everything or nothing. */
export async function restoreBackup(
  config: Config,
  file: string | undefined,
  out: (text: string) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('name the file: ward restore FILE')
  const head = await verified(file)
  const known = migrationsFor(head.migrations)
  if (known.unknown) throw new Error(`${file} was made by a newer version of this bot (it has ${known.unknown.join(', ')}): restore it with that version; nothing was changed`) // prettier-ignore
  const ownSecret = join(config.dataDir, SECRET_FILE)
  const there = config.appSecret ?? (existsSync(ownSecret) ? (await readFile(ownSecret, 'utf8')).trim() : null)
  if (there === null ? head.secret === null : markOf(there) !== head.mark)
    throw new Error('APP_SECRET is not the one that this backup was made with, and the phone numbers in it could not be read: set that one; nothing was changed') // prettier-ignore
  // A server that runs on this folder holds the lock.
  const letGo = config.databaseUrl === undefined ? takeLock(config.dataDir) : () => {}
  const store = openStore(config)
  try {
    if (store.engine === 'postgres') {
      const others = await sql<{ n: number }>`
        select count(*) as n from pg_stat_activity
        where datname = current_database() and application_name = 'ward-bot' and pid <> pg_backend_pid()`.execute(
        store.db,
      )
      if (Number(others.rows[0]!.n) > 0) throw new Error(`a server is running on ${store.where}: stop it first; nothing was changed`) // prettier-ignore
    }
    if (!(await isEmpty(store.db))) throw new Error(`${store.where} is not empty: restore into a new DATA_DIR or a new database; nothing was changed`) // prettier-ignore
    await migrate(store, known.migrations)
    const counts = await store.transaction((tx) => fill(tx, head.tables, rowsOf(file)))
    const { applied } = await migrate(store)
    if (there === null && head.secret !== null) {
      await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
      await writeFile(ownSecret, head.secret, { mode: 0o600, flag: 'wx' })
    }
    const rows = [...counts.values()].reduce((sum, one) => sum + one, 0)
    out(`${store.where}: ${rows} rows in ${counts.size} tables${applied.length > 0 ? `, brought up to ${applied.at(-1)!}` : ''}\n`) // prettier-ignore
    return 0
  } finally {
    await store.close()
    letGo()
  }
}

/** The head of a backup whose every byte was looked at. */
async function verified(file: string): Promise<Head> {
  const hash = createHash('sha256')
  let [head, last, count]: [Head | null, string | null, number] = [null, null, -1]
  try {
    for await (const line of linesOf(file)) {
      head ??= Head.parse(JSON.parse(line))
      if (last !== null) {
        hash.update(`${last}\n`)
        count++
      }
      last = line
    }
    const tail = Tail.parse(JSON.parse(last ?? ''))
    if (head !== null && tail.rows === count && tail.sha256 === hash.digest('hex')) return head
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') throw new UsageError(`${file} is not there`)
  }
  throw new Error(`${file} is damaged, cut off, or no backup of this bot; nothing was changed`)
}

async function* rowsOf(file: string): AsyncGenerator<readonly [table: number, row: HeldRow]> {
  let first = true
  for await (const line of linesOf(file)) {
    const values = JSON.parse(line) as unknown
    if (!first && Array.isArray(values)) yield [values[0] as number, values.slice(1) as HeldRow]
    first = false
  }
}

async function* linesOf(file: string): AsyncGenerator<string> {
  const source = createReadStream(file)
  const unzipped = createGunzip()
  source.on('error', (error) => unzipped.destroy(error))
  yield* createInterface({ input: source.pipe(unzipped), crlfDelay: Infinity })
}
