import { type Migration, sql } from 'kysely'
import { type Engine, engineOf } from '../rows.js'

/** The words in which the engines differ when tables are made. */
export interface Words {
  engine: Engine
  /** 64 bits on both. */
  int: string
  /** A key: compared byte by byte on both, so that both give the same order. */
  key: string
  /** Behind the closing bracket of a table of short rows that live in its primary key. */
  keyed: string
  /** Behind the closing bracket of any other table: longer rows are written 10 to 30 % faster there (measured). */
  plain: string
  /** Runs statements one after another. */
  run(...statements: string[]): Promise<void>
}

export function wordsFor(db: Parameters<Migration['up']>[0]): Words {
  const engine = engineOf(db)
  const sqlite = engine === 'sqlite'
  return {
    engine,
    int: sqlite ? 'integer' : 'bigint',
    key: sqlite ? 'text' : 'text collate "C"',
    keyed: sqlite ? 'strict, without rowid' : '',
    plain: sqlite ? 'strict' : '',
    run: async (...statements) => {
      for (const statement of statements) await sql.raw(statement).execute(db)
    },
  }
}
