// What the peers write for each message: one row, durable when the promise resolves. SQLite with the settings of our store, or Postgres.
import Database from 'libsql'
import pg from 'pg'

const INSERT = 'insert into ledger (at, contact, flow, step, outcome, detail) values'

/** @param {{file?: string, url?: string}} where */
export async function openLedger({ file, url }) {
  if (url) {
    const pool = new pg.Pool({ connectionString: url, max: 16 })
    await pool.query(
      'create table ledger (id bigserial primary key, at bigint not null, contact text not null, flow text not null, step text not null, outcome text not null, detail text)',
    )
    return {
      append: (row) =>
        pool.query({
          name: 'append',
          text: `${INSERT} ($1, $2, $3, $4, $5, $6)`,
          values: [row.at, row.contact, row.flow, row.step, row.outcome, row.detail],
        }),
      close: () => pool.end(),
    }
  }
  const db = new Database(file)
  db.exec('pragma journal_mode = wal')
  db.exec('pragma synchronous = full')
  db.exec(
    'create table ledger (id integer primary key, at integer not null, contact text not null, flow text not null, step text not null, outcome text not null, detail text) strict',
  )
  const insert = db.prepare(`${INSERT} (?, ?, ?, ?, ?, ?)`)
  return {
    append: async (row) => insert.run(row.at, row.contact, row.flow, row.step, row.outcome, row.detail),
    close: async () => db.close(),
  }
}
