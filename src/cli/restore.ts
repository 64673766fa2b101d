import { existsSync } from 'node:fs'
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Config } from '../config.js'
import { isoLocal } from '../core/policy/calendar.js'
import { openStore } from '../parts/database.js'
import { contentsOf, empty, fill, isEmpty, migrationsFor, rebuild } from '../store/backup.js'
import { takeLock } from '../store/lock.js'
import { migrate } from '../store/migrate.js'
import type { Store } from '../store/open.js'
import { makeBackup } from './backup.js'
import { type Contents, type Head, markOf, rowsOf, SECRET_FILE, verified } from './backup-file.js'
import { UsageError, type Values } from './usage.js'

export const restoreOptions = { force: { type: 'boolean' }, 'dry-run': { type: 'boolean' } } as const

/**
 * Fills a database from a backup, on either engine; everything or nothing. What is in the backup and how old it is is said first. A database that is
 * not empty is left alone, unless `--force`: then what it holds is first kept in a backup of its own.
 */
export async function restoreBackup(
  config: Config,
  file: string | undefined,
  values: Values,
  out: (text: string) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('name the file: ward restore FILE')
  const { head, contents } = await verified(file)
  const known = migrationsFor(head.migrations)
  if (known.unknown) throw new Error(`${file} was made by a newer version of this bot (it has ${known.unknown.join(', ')}): restore it with that version; nothing was changed`) // prettier-ignore
  out(`${file}: made ${timeOf(head.at)} (${ageOf(Date.now() - head.at)}). ${wordsFor(contents)}\n`)
  const force = values['force'] === true
  const ownSecret = join(config.dataDir, SECRET_FILE)
  const there = config.appSecret ?? (existsSync(ownSecret) ? (await readFile(ownSecret, 'utf8')).trim() : null)
  // The key that the bot made for itself goes with its data: the one of the backup takes its place.
  const newSecret = config.appSecret === undefined && (there === null || force) ? head.secret : null
  if (newSecret === null && (there === null || markOf(there) !== head.mark))
    throw new Error('APP_SECRET is not the one that this backup was made with, and the phone numbers in it could not be read: set that one; nothing was changed') // prettier-ignore
  // A server that runs on this folder holds the lock.
  const letGo = config.databaseUrl === undefined ? takeLock(config.dataDir) : () => {}
  let store: Store | undefined
  try {
    store = openStore(config)
    await refuseOthers(store)
    const present = (await isEmpty(store.db)) ? null : await contentsOf(store.db, head.at)
    if (present !== null) {
      out(`${store.where}: ${wordsFor(present)}${present.since > 0 ? ` ${counted(present.since, 'step')} of them newer than the backup.` : ''}\n`) // prettier-ignore
      if (!force && values['dry-run'] !== true) throw new Error(`${store.where} is not empty, and nothing was changed: restore into a new DATA_DIR or a new database, or say --force to put the backup in its place (what is there now is then kept in a backup of its own)`) // prettier-ignore
    }
    if (values['dry-run'] === true) {
      out(`Nothing was changed. ${present === null ? 'The database is empty: without --dry-run the backup is taken in.' : 'The database is not empty: it takes --force to put the backup in its place.'}\n`) // prettier-ignore
      return 0
    }
    if (present !== null) {
      const saved = freeName(join(config.dataDir, `before-restore-${isoLocal(Date.now()).slice(0, 19).replaceAll(/[-:]/g, '')}`)) // prettier-ignore
      await mkdir(config.dataDir, { recursive: true, mode: 0o700 })
      await makeBackup(config, saved, (text) => out(`Kept what was there: ${text}`))
      await refuseOthers(store)
    } else await migrate(store, known.migrations)
    const counts = await store.transaction(async (tx) => {
      if (present !== null) {
        await empty(tx)
        await rebuild(tx, known.migrations, Date.now())
      }
      return fill(tx, head.tables, rowsOf(file))
    })
    if (newSecret !== null && newSecret !== there) await keepSecret(config.dataDir, newSecret)
    const { applied } = await migrate(store)
    const rows = [...counts.values()].reduce((sum, one) => sum + one, 0)
    out(`${store.where}: ${rows} rows in ${counts.size} tables${applied.length > 0 ? `, brought up to ${applied.at(-1)!}` : ''}\n`) // prettier-ignore
    return 0
  } finally {
    await store?.close()
    letGo()
  }
}

/** On PostgreSQL a server shows by its connections; one that has just been closed may be seen for a moment. */
async function refuseOthers(store: Store, tries = 20): Promise<void> {
  if (store.engine !== 'postgres') return
  const others = await sql<{ n: number }>`
    select count(*) as n from pg_stat_activity
    where datname = current_database() and application_name = 'ward-bot' and pid <> pg_backend_pid()`.execute(store.db)
  if (Number(others.rows[0]!.n) === 0) return
  if (tries > 0) {
    await new Promise((resolve) => setTimeout(resolve, 100))
    return refuseOthers(store, tries - 1)
  }
  throw new Error(`a server is running on ${store.where}: stop it first; nothing was changed`) // prettier-ignore
}

/** A name that no file has yet. */
function freeName(start: string): string {
  for (let n = 1; ; n++) {
    const name = `${start}${n === 1 ? '' : `-${n}`}.backup`
    if (!existsSync(name)) return name
  }
}

/** Written beside the old one and put in its place at once. */
async function keepSecret(dir: string, secret: string): Promise<void> {
  const next = join(dir, `${SECRET_FILE}.new`)
  await mkdir(dir, { recursive: true, mode: 0o700 })
  await rm(next, { force: true })
  await writeFile(next, secret, { mode: 0o600, flag: 'wx' })
  await rename(next, join(dir, SECRET_FILE))
}

const timeOf = (at: Head['at']) => isoLocal(at).slice(0, 16).replace('T', ' ')
const counted = (n: number, one: string, many = `${one}s`) => `${n} ${n === 1 ? one : many}`

/** How long ago, in the largest unit that is whole. */
function ageOf(ms: number): string {
  const minutes = Math.floor(ms / 60_000)
  if (minutes < 1) return 'just now'
  if (minutes < 60) return `${counted(minutes, 'minute')} ago`
  if (minutes < 48 * 60) return `${counted(Math.floor(minutes / 60), 'hour')} ago`
  return `${Math.floor(minutes / 1440)} days ago`
}

function wordsFor({ rows, counts, newest }: Contents): string {
  const n = (name: string) => counts.get(name) ?? 0
  const steps = `${counted(n('ledger'), 'step')} in the ledger${newest === null ? '' : `, the newest of ${timeOf(newest)}`}`
  return `It holds ${counted(rows, 'row')}: ${counted(n('roster'), 'person', 'people')} of the roster, ${counted(n('contact'), 'contact')}, ${counted(n('broadcast'), 'reminder')}, ${steps}.` // prettier-ignore
}
