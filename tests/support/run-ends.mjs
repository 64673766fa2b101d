// jest's globalTeardown: what the run's tests made and nobody took away.
import { rmSync } from 'node:fs'
import pg from 'pg'

export default async function end() {
  rmSync(process.env.WARD_TEST_FOLDER, { recursive: true, force: true })
  for (const connectionString of JSON.parse(process.env.WARD_TEST_POSTGRES)) {
    const client = new pg.Client({ connectionString, connectionTimeoutMillis: 2000 })
    try {
      await client.connect()
      const { rows } = await client.query('select datname from pg_database where starts_with(datname, $1)', [
        `ward_test_${process.env.WARD_TEST_RUN}`,
      ])
      for (const { datname } of rows) await client.query(`drop database if exists ${datname} with (force)`)
      return
    } catch {
      // No server there: nothing was made on it.
    } finally {
      await client.end().catch(() => {})
    }
  }
}
