import type { Config } from '../config.js'
import { openStore } from '../parts/database.js'
import { migrate } from '../store/migrate.js'

/** Brings the schema up to this version and says what was done. */
export async function runMigrations(config: Config, out: (text: string) => void): Promise<number> {
  const store = openStore(config)
  try {
    const { applied } = await migrate(store)
    out(applied.length === 0 ? `${store.where}: up to date\n` : `${store.where}: applied ${applied.join(', ')}\n`)
    return 0
  } finally {
    await store.close()
  }
}
