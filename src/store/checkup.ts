import { stat } from 'node:fs/promises'
import { createRequire } from 'node:module'
import { Worker } from 'node:worker_threads'
import { sql } from 'kysely'
import { unsound } from './health.js'
import type { Store } from './open.js'
import type { Db } from './tables.js'

/** A look through the whole database: when, ms, and what is wrong. */
export interface Checkup {
  at: number
  wrong: 'damaged' | 'read-only' | null
}

export async function keepCheckup(db: Db, { at, wrong }: Checkup): Promise<void> {
  await sql`
    insert into checkup (what, at, wrong) values ('database', ${at}, ${wrong})
    on conflict (what) do update set at = excluded.at, wrong = excluded.wrong`.execute(db)
}

/** The newest that was kept; null: there was none yet. */
export async function lastCheckup(db: Db): Promise<Checkup | null> {
  const found = await sql<Checkup>`select at, wrong from checkup where what = 'database'`.execute(db)
  return found.rows[0] ?? null
}

/** A file up to this size, bytes, is read through where it is asked for: in a few ms, while a thread takes 50 to begin. */
const SMALL = 4 * 2 ** 20

/** As `unsound`, beside everything else: a file is read through in a thread of its own, because that takes seconds in a large ward. */
export async function unsoundAside(store: Store, { small = SMALL } = {}): Promise<Checkup['wrong']> {
  if (store.engine !== 'sqlite' || store.where === ':memory:') return unsound(store)
  const { size } = await stat(store.where)
  return size > small ? readThrough(store.where) : readHere(store)
}

/** Runs by itself in the thread: it knows nothing of this program but the driver. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const Database = require(workerData.driver)
  const connection = new Database(workerData.file, { readonly: true })
  parentPort.postMessage(connection.prepare('pragma quick_check(1)').get().quick_check)
  connection.close()`

/** Whether a reader threw because the file is so damaged that nothing more can be read. */
function isDamage({ code }: Error & { code?: string }): boolean {
  return code === 'SQLITE_CORRUPT' || code === 'SQLITE_NOTADB'
}

async function readHere(store: Store): Promise<Checkup['wrong']> {
  try {
    return await unsound(store)
  } catch (error) {
    if (isDamage(error as Error)) return 'damaged'
    throw error
  }
}

function readThrough(file: string): Promise<'damaged' | null> {
  const driver = createRequire(import.meta.url).resolve('libsql')
  const thread = new Worker(READER, { eval: true, workerData: { driver, file } })
  return new Promise((resolve, reject) => {
    thread.once('message', (said) => resolve(said === 'ok' ? null : 'damaged'))
    thread.once('error', (error: Error) => (isDamage(error) ? resolve('damaged') : reject(error)))
    thread.once('exit', () => reject(new Error('the database was not read to its end')))
  })
}
