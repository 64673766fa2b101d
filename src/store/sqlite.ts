import Database from 'libsql'
import {
  CompiledQuery,
  type DatabaseConnection,
  type Driver,
  SqliteAdapter,
  SqliteDialect,
  type SqliteDialectConfig,
  SqliteDriver,
  type SqliteStatement,
} from 'kysely'

/** How long a statement waits for another process, ms. It waits on the event loop's time, and the operator's tool is quick. */
const BUSY_TIMEOUT = 5000
/** Compiled statements that are kept; the store has about forty, and their texts are constant. */
const STATEMENTS = 200

type Connection = InstanceType<typeof Database>

/** Writes take their lock at once: a plain BEGIN that becomes a write later fails when the operator's tool writes in between. */
class ImmediateDriver extends SqliteDriver {
  readonly #connection: Connection

  constructor(config: SqliteDialectConfig, connection: Connection) {
    super(config)
    this.#connection = connection
  }

  override async beginTransaction(connection: DatabaseConnection): Promise<void> {
    await connection.executeQuery(CompiledQuery.raw('begin immediate'))
  }

  /** A full disk has ended the transaction already: a second end would hide why. libsql aborts when a closed connection is asked. */
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    if (this.#connection.open && this.#connection.inTransaction) await super.rollbackTransaction(connection)
  }
}

/** Tells Kysely what it does not know of SQLite: a migration that fails, or that another process makes too, is undone as a whole. */
class TransactionalAdapter extends SqliteAdapter {
  override get supportsTransactionalDdl(): boolean {
    return true
  }
}

/** Kysely's dialect over libsql, with compiled statements kept by their text. */
export class LibsqlDialect extends SqliteDialect {
  readonly #config: SqliteDialectConfig
  readonly #connection: Connection

  constructor(connection: Connection) {
    const config = { database: { prepare: statements(connection), close: () => closeSqlite(connection) } }
    super(config)
    this.#config = config
    this.#connection = connection
  }

  override createAdapter(): SqliteAdapter {
    return new TransactionalAdapter()
  }

  override createDriver(): Driver {
    return new ImmediateDriver(this.#config, this.#connection)
  }
}

function statements(connection: Connection): (text: string) => SqliteStatement {
  const kept = new Map<string, SqliteStatement>()
  return (text) => {
    // A compiled statement of libsql would go on working, and writing, after the close.
    if (!connection.open) throw new Error('the database is closed')
    const known = kept.get(text)
    if (known) return known
    const made = connection.prepare(text) as unknown as SqliteStatement
    if (kept.size >= STATEMENTS) kept.delete(kept.keys().next().value!)
    kept.set(text, made)
    return made
  }
}

/** Opens the file with the settings that every process on it must share. */
export function connectSqlite(file: string, busyTimeout = BUSY_TIMEOUT): Connection {
  const connection = open(file)
  try {
    connection.exec(`pragma busy_timeout = ${busyTimeout}`)
    connection.exec('pragma journal_mode = wal')
    connection.exec('pragma synchronous = full')
    // 16 MB: a checkpoint every thousand pages writes the same hot pages to the file again and again (5–15 % of a turn, measured).
    connection.exec('pragma wal_autocheckpoint = 4000')
    // What is deleted is overwritten: an erasure is one in the file too.
    connection.exec('pragma secure_delete = on')
    connection.exec('pragma foreign_keys = on')
    // «insert or replace» deletes the row it replaces: with this the ledger's trigger sees it.
    connection.exec('pragma recursive_triggers = on')
  } catch (error) {
    connection.close()
    throw error
  }
  return connection
}

/** Closes the file and leaves all of it in one piece, unless another process is reading it now. */
export function closeSqlite(connection: Connection): void {
  if (!connection.open) return
  try {
    connection.exec('pragma busy_timeout = 0')
    connection.exec('pragma wal_checkpoint(truncate)')
  } catch {
    // What is in the write-ahead log is as durable there.
  }
  connection.close()
}

/** Opens a file as it is; libsql says only in words that it could not. */
export function open(file: string): Connection {
  try {
    return new Database(file)
  } catch (error) {
    throw Object.assign(new Error(`cannot open the database ${file}`, { cause: error }), { code: 'SQLITE_CANTOPEN' })
  }
}
