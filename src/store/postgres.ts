import type { DatabaseConnection } from 'kysely'
import { type Driver, PostgresDialect, type PostgresDialectConfig, PostgresDriver } from 'kysely'
import pg from 'pg'

/** bigint and numeric: counts, times and sums, all of them far below 2^53. */
const NUMBERS: ReadonlySet<number> = new Set([pg.types.builtins.INT8, pg.types.builtins.NUMERIC])

const TYPES = {
  getTypeParser: ((oid: number, format?: 'text' | 'binary') =>
    NUMBERS.has(oid) && format !== 'binary'
      ? Number
      : pg.types.getTypeParser(oid, format as 'text')) as typeof pg.types.getTypeParser,
}

type Query = (...args: unknown[]) => Promise<pg.QueryResult>

/** A client whose errors never quote a row (they end in logs), and whose commit tells when it was a rollback. */
class QuietClient extends pg.Client {
  override query = (async (...args: unknown[]) => {
    try {
      const result = await (super.query as unknown as Query).apply(this, args)
      if (args[0] === 'commit' && result.command === 'ROLLBACK')
        throw new Error('the transaction had failed, and its commit undid it')
      return result
    } catch (error) {
      if (error instanceof pg.DatabaseError) for (const key of QUOTING) delete error[key]
      throw error
    }
  }) as typeof pg.Client.prototype.query
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

export function connectPostgres(url: string, size: number): pg.Pool {
  const pool = new pg.Pool({
    connectionString: url,
    max: size,
    Client: QuietClient,
    types: TYPES,
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
  const { host, port, database } = new pg.Client({ connectionString: url })
  return `${host.startsWith('/') ? host : `${host}:${port}`}/${database}`
}
