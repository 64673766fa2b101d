import { openTokens, sealTokens, type Grant, type TokenStore } from '../../../../src/channels/zalo/sdk/index.js'

export interface MemoryStore extends TokenStore {
  grant(): Grant | null
  /** The nth save from now fails. */
  failSave(nth: number): void
  /** The next commit is lost: what was saved inside the lock is undone and the lock rejects. */
  failCommit(): void
}

/** A store as a database would be: sealed row, one lock for all who share it, rollback. */
export function createMemoryStore(): MemoryStore {
  const [secret, owner] = ['app secret of the tests', 'oa-1']
  let row: string | null = null
  let queue: Promise<unknown> = Promise.resolve()
  let failing = 0
  let losing = false
  const read = () => {
    if (row === null) return null
    const opened = openTokens(row, secret, owner)
    if (!opened.ok) throw new Error(opened.reason)
    return opened.grant
  }
  return {
    grant: read,
    failSave: (nth) => void (failing = nth),
    failCommit: () => void (losing = true),
    load: async () => read(),
    save: async (grant) => {
      if (failing > 0 && --failing === 0) throw new Error('the database is away')
      row = sealTokens(grant, secret, owner)
    },
    withLock(work) {
      const run = queue.then(async () => {
        const before = row
        try {
          const result = await work()
          if (losing) {
            losing = false
            throw new Error('the commit was lost')
          }
          return result
        } catch (error) {
          row = before
          throw error
        }
      })
      queue = run.catch(() => {})
      return run
    },
  }
}
