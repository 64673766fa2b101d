import { ConfigError } from './config.js'
import { ContentError } from './content.js'
import { SchemaTooNew, storeFailure, StoreLocked } from './store/errors.js'

/** What an operator is told when a program cannot go on: one plain sentence with the setting or the place; null for a bug. */
export function sentenceFor(error: unknown): string | null {
  if (
    error instanceof ConfigError ||
    error instanceof ContentError ||
    error instanceof StoreLocked ||
    error instanceof SchemaTooNew
  )
    return error.message
  const reason = reasonOf(error)
  if (error instanceof Error && 'syscall' in error && error.syscall === 'mkdir')
    return `Setting DATA_DIR: the folder cannot be made (${reason}). Nothing was changed.`
  const failure = storeFailure(error)
  if (failure)
    return `The database cannot be used (${failure}): ${reason}. Nothing was changed; check DATA_DIR or DATABASE_URL, then try again.`
  return null
}

/** The words of an error; some that hold several others have none of their own. */
export function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error)
  if (error.message !== '') return error.message
  return 'code' in error ? String(error.code) : error.name
}
