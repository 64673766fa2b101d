import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { StoreLocked } from './errors.js'
import { open } from './sqlite.js'

/** The file that the system itself holds for us: a process that dies, however it dies, lets go of it. */
const HELD = 'server.lock'
/** Who holds it, to be read by people. */
const HOLDER = 'server.pid'

/** Locks of this process: one that nothing refers to would be collected as garbage, and let go. */
const holding = new Set<object>()

/**
 * Makes this process the only server on a data folder, or throws StoreLocked with the pid of the other. The lock is the kernel's, on
 * a file next to the database: it is never stale – not after kill -9, not when a pid is used again, not between containers with
 * pids of their own. The operator's tool does not take it.
 */
export function takeLock(dir: string): () => void {
  const folder = resolve(dir)
  mkdirSync(folder, { recursive: true, mode: 0o700 })
  const held = open(join(folder, HELD))
  try {
    held.exec('begin exclusive')
  } catch (error) {
    held.close()
    if ((error as { code?: unknown }).code !== 'SQLITE_BUSY') throw error
    throw new StoreLocked(folder, ...holder(folder))
  }
  const since = new Date(Date.now() - process.uptime() * 1000).toISOString()
  writeFileSync(join(folder, HOLDER), JSON.stringify({ pid: process.pid, since }) + '\n')
  holding.add(held)
  let taken = true
  return () => {
    if (!taken) return
    taken = false
    rmSync(join(folder, HOLDER), { force: true })
    held.close()
    holding.delete(held)
  }
}

function holder(folder: string): [pid: number | null, since: string | null] {
  try {
    const { pid, since } = JSON.parse(readFileSync(join(folder, HOLDER), 'utf8')) as { pid?: unknown; since?: unknown }
    return [typeof pid === 'number' ? pid : null, typeof since === 'string' ? since : null]
  } catch {
    return [null, null]
  }
}
