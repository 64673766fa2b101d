import { type Migration, Migrator, sql } from 'kysely'
import { SchemaTooNew } from './errors.js'
import { MIGRATIONS } from './migrations/list.js'
import type { Store } from './open.js'

/**
 * Brings the schema up to this code; says which migrations were applied. Several processes may do so at once: one works, the others
 * wait for it and find nothing left to do.
 */
export async function migrate(
  store: Store,
  migrations: Readonly<Record<string, Migration>> = MIGRATIONS,
): Promise<{ applied: string[] }> {
  await refuseNewer(store, migrations)
  const migrator = new Migrator({
    db: store.db,
    provider: { getMigrations: async () => ({ ...migrations }) },
    // What is worked on side by side is not finished in the order of its numbers, and a ward may have taken the later one already.
    allowUnorderedMigrations: true,
  })
  const { error, results } = await migrator.migrateToLatest()
  if (error) {
    await refuseNewer(store, migrations)
    throw error
  }
  return {
    applied: (results ?? []).filter(({ status }) => status === 'Success').map(({ migrationName }) => migrationName),
  }
}

async function refuseNewer(store: Store, migrations: Readonly<Record<string, Migration>>): Promise<void> {
  const tables = await store.db.introspection.getTables({ withInternalKyselyTables: true })
  if (!tables.some(({ name }) => name === 'kysely_migration')) return
  const found = await sql<{ name: string }>`select name from kysely_migration order by name`.execute(store.db)
  const unknown = found.rows.map(({ name }) => name).filter((name) => !(name in migrations))
  if (unknown.length > 0)
    throw new SchemaTooNew(store.where, unknown, Object.keys(migrations).sort().at(-1) ?? 'nothing')
}
