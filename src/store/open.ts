import { mkdirSync } from 'node:fs'
import { dirname, resolve } from 'node:path'
import { Kysely } from 'kysely'
import { connectPostgres, PgDialect, whereOf } from './postgres.js'
import type { Engine } from './rows.js'
import { closeSqlite, connectSqlite, LibsqlDialect } from './sqlite.js'
import type { Db, Tables } from './tables.js'

export type { Db }

/** The database that keeps what must not be forgotten. */
export interface Store {
  readonly engine: Engine
  readonly db: Db
  /** The file, or host and database without user and password: for messages. */
  readonly where: string
  /**
   * All of it or nothing. Inside, every statement goes through `tx`: on SQLite there is one connection, and a statement made on
   * `db` would wait for the transaction that waits for it.
   */
  transaction<T>(work: (tx: Db) => Promise<T>): Promise<T>
  /** Waits for the transactions that are under way. */
  close(): Promise<void>
}

/** Opens a file and creates it and its folder where missing; `:memory:` for one that is forgotten. */
export function openSqlite(file: string, options: { busyTimeout?: number } = {}): Store {
  const path = file === ':memory:' ? file : resolve(file)
  if (path !== ':memory:') mkdirSync(dirname(path), { recursive: true, mode: 0o700 })
  const connection = connectSqlite(path, options.busyTimeout)
  const db = new Kysely<Tables>({ dialect: new LibsqlDialect(connection) })
  return {
    engine: 'sqlite',
    db,
    where: path,
    ...tracked(
      (work) => db.transaction().execute(work),
      async () => {
        await db.destroy()
        // Kysely closes a connection only if it was used.
        closeSqlite(connection)
      },
    ),
  }
}

/** Connects when the first statement is made; `pool` is how many transactions may run at once. */
export function openPostgres(url: string, options: { pool?: number } = {}): Store {
  const pool = connectPostgres(url, options.pool ?? 8)
  const db = new Kysely<Tables>({ dialect: new PgDialect({ pool }) })
  return {
    engine: 'postgres',
    db,
    where: whereOf(url),
    ...tracked(
      (work) => db.transaction().setIsolationLevel('read committed').execute(work),
      async () => {
        await db.destroy()
        if (!pool.ended && !pool.ending) await pool.end()
      },
    ),
  }
}

/** A close that lets what was begun end first. */
function tracked(transaction: Store['transaction'], close: Store['close']): Pick<Store, 'transaction' | 'close'> {
  const running = new Set<Promise<unknown>>()
  return {
    transaction: (work) => {
      const made = transaction(work)
      running.add(made)
      const done = () => void running.delete(made)
      made.then(done, done)
      return made
    },
    close: async () => {
      await Promise.allSettled(running)
      await close()
    },
  }
}
