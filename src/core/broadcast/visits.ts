import { NO_MESSAGE, type Result } from '../model/broadcast.js'

/** Words by which a message that was written came to nothing: the app or the rules did not let it out. */
const UNREACHED = new Set<string>([...NO_MESSAGE, 'dead-address', 'address closed', 'dearer', 'not-worded'])

/** Whether somebody of a broadcast should have had a message and no way was found: they stand on the list of visits. */
export function isToVisit({ result, reason }: { result: Result; reason: string | null }): boolean {
  if (result === 'paper' || result === 'failed') return true
  return result === 'cancelled' && reason !== null && UNREACHED.has(reason)
}
