import type { Config } from '../config.js'
import { openStore } from '../parts/database.js'
import { migrate } from '../store/migrate.js'
import type { Store } from '../store/open.js'

/** Opens the database of the settings for one piece of work and closes it, whatever happens. */
export async function withStore<T>(config: Config, work: (store: Store) => Promise<T>): Promise<T> {
  const store = openStore(config)
  try {
    await migrate(store)
    return await work(store)
  } finally {
    await store.close()
  }
}
