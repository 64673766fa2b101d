import { join } from 'node:path'
import type { Config } from '../config.js'
import { openPostgres, openSqlite, type Store } from '../store/open.js'

/** The database that the settings name. */
export function openStore(config: Config): Store {
  return config.databaseUrl === undefined ? openSqlite(sqliteFile(config)) : openPostgres(config.databaseUrl)
}

export function sqliteFile(config: Config): string {
  return join(config.dataDir, 'ward.db')
}
