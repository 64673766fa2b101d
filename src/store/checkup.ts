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

/** As `unsound`, beside everything else: a file is read through in a thread of its own, because that takes seconds in a large ward. */
export function unsoundAside(store: Store): Promise<Checkup['wrong']> {
  return store.engine === 'sqlite' && store.where !== ':memory:' ? readThrough(store.where) : unsound(store)
}

/** Runs by itself in the thread: it knows nothing of this program but the driver. */
const READER = `
  const { parentPort, workerData } = require('node:worker_threads')
  const Database = require(workerData.driver)
  const connection = new Database(workerData.file, { readonly: true })
  parentPort.postMessage(connection.prepare('pragma quick_check(1)').get().quick_check)
  connection.close()`

function readThrough(file: string): Promise<'damaged' | null> {
  const driver = createRequire(import.meta.url).resolve('libsql')
  const thread = new Worker(READER, { eval: true, workerData: { driver, file } })
  return new Promise((resolve, reject) => {
    thread.once('message', (said) => resolve(said === 'ok' ? null : 'damaged'))
    thread.once('error', (error: Error & { code?: string }) => {
      if (error.code === 'SQLITE_CORRUPT' || error.code === 'SQLITE_NOTADB') resolve('damaged')
      else reject(error)
    })
    thread.once('exit', () => reject(new Error('the database was not read to its end')))
  })
}
