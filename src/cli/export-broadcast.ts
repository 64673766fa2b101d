import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import type { Config } from '../config.js'
import { BROADCAST_COLUMNS, exportBroadcast as outcomeRows } from '../exports/broadcast.js'
import { listBroadcasts, loadBroadcast } from '../store/broadcasts.js'
import { withStore } from './open.js'
import { destination, writeRows } from './rows.js'
import { noteTaken } from './taken.js'
import { UsageError, type Values } from './usage.js'

export const broadcastOptions = {
  format: { type: 'string', default: 'csv' },
  out: { type: 'string' },
} as const

/** Writes what became of everybody in a broadcast, without names; without an id it is the newest one. */
export async function exportBroadcast(
  config: Config,
  values: Values,
  id: string | undefined,
  out: (text: string) => void,
): Promise<number> {
  const to = await destination(values)
  const scope = scopeOf(OPERATOR)
  return withStore(config, async ({ db }) => {
    const found = id === undefined ? (await listBroadcasts(db, scope, 1))[0] : await loadBroadcast(db, scope, id)
    if (!found) throw new UsageError(id === undefined ? 'there is no broadcast yet' : `there is no broadcast «${id}»`)
    await noteTaken(db, { kind: 'broadcast', subject: found.id, now: Date.now() })
    await writeRows(to, BROADCAST_COLUMNS, outcomeRows(db, scope, found.id), out)
    return 0
  })
}
