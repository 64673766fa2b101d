// jest's globalSetup. Databases of a run share a name, so that its workers share one migrated template and the end of the run finds what is left.
import { existsSync, mkdirSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

export default function begin() {
  const run = `${process.pid}_${Date.now().toString(36)}`
  // In memory where the machine has such a folder: no test pulls the plug, and kill -9 loses nothing there.
  const folder = join(existsSync('/dev/shm') ? '/dev/shm' : tmpdir(), `ward-test-${run}`)
  mkdirSync(folder, { recursive: true })
  process.env.WARD_TEST_RUN = run
  process.env.WARD_TEST_FOLDER = folder
  // Where to look for a PostgreSQL that lets us make databases.
  process.env.WARD_TEST_POSTGRES = JSON.stringify(
    process.env.TEST_DATABASE_URL
      ? [process.env.TEST_DATABASE_URL]
      : ['postgres://root@%2Fvar%2Frun%2Fpostgresql/postgres', 'postgres://root@127.0.0.1:5432/postgres'],
  )
}
