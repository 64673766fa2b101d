import { createRequire } from 'node:module'
import type { DatabaseConnection } from 'kysely'
import { type Driver, PostgresDialect, type PostgresDialectConfig, PostgresDriver } from 'kysely'
import type pg from 'pg'

type Pg = typeof pg
type Query = (...args: unknown[]) => Promise<pg.QueryResult>

let loaded: ReturnType<typeof mannered> | undefined
/** The driver, loaded with the first connection: a bot on an embedded database does not carry it (6 MB, measured). */
function driver(): ReturnType<typeof mannered> {
  return (loaded ??= mannered(createRequire(import.meta.url)('pg') as Pg))
}

function mannered(driver: Pg) {
  /** bigint and numeric: counts, times and sums, all of them far below 2^53. */
  const numbers: ReadonlySet<number> = new Set([driver.types.builtins.INT8, driver.types.builtins.NUMERIC])
  const types = {
    getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
      numbers.has(oid) && format !== 'binary'
        ? Number
        : driver.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
  }
  /** A client whose errors never quote a row (they end in logs), and whose commit tells when it was a rollback. */
  class QuietClient extends driver.Client {
    override query = (async (...args: unknown[]) => {
      try {
        const result = await (super.query as unknown as Query).apply(this, args)
        if (args[0] === 'commit' && result.command === 'ROLLBACK')
          throw new Error('the transaction had failed, and its commit undid it')
        return result
      } catch (error) {
        if (error instanceof driver.DatabaseError) for (const key of QUOTING) delete error[key]
        throw error
      }
    }) as typeof pg.Client.prototype.query
  }
  return { pg: driver, types, QuietClient }
}

/** Fields of an error in which Postgres quotes values. */
const QUOTING = ['detail', 'where', 'internalQuery'] as const

/** A rollback on a connection that is gone fails too, and would hide why. */
class PlainDriver extends PostgresDriver {
  override async rollbackTransaction(connection: DatabaseConnection): Promise<void> {
    await super.rollbackTransaction(connection).catch(() => {})
  }
}

export class PgDialect extends PostgresDialect {
  readonly #config: PostgresDialectConfig

  constructor(config: PostgresDialectConfig) {
    super(config)
    this.#config = config
  }

  override createDriver(): Driver {
    return new PlainDriver(this.#config)
  }
}

/** A pool of connections with our own manners. */
export function connectPostgres(url: string, size: number): pg.Pool {
  const { pg, types, QuietClient } = driver()
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    Client: QuietClient,
    types,
    connectionTimeoutMillis: 5000,
    keepAlive: true,
    // Figures over a whole ward are summed in memory, the compiler of PostgreSQL takes longer than they do, and disks do not seek any more
    // (docs/benchmarks.md: three times quicker).
    options: '-c jit=off -c work_mem=32MB -c random_page_cost=1.1',
    // A process that hangs in a transaction must not hold a contact for ever.
    idle_in_transaction_session_timeout: 60_000,
    lock_timeout: 30_000,
    application_name: 'ward-bot',
  } as pg.PoolConfig)
  // A connection that breaks, idle or in use, is replaced by the pool, and whoever used it gets the error from their statement.
  // Without listeners it would end the process.
  pool.on('error', () => {})
  pool.on('connect', (client) => client.on('error', () => {}))
  return pool
}

/** Host, port and database of a URL: what may stand in a message. */
export function whereOf(url: string): string {
  const { host, port, database } = new (driver().pg.Client)({ connectionString: url })
  return `${host.startsWith('/') ? host : `${host}:${port}`}/${database}`
}
