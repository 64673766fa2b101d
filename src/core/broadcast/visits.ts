import { NO_MESSAGE, type Result } from '../model/broadcast.js'
import { ENDINGS } from './endings.js'

/** Words by which a message came to nothing that a visit makes up for: the app or the rules did not let it out, or nobody there has agreed to any. */
const UNREACHED = new Set<string>([
  ...NO_MESSAGE,
  ...ENDINGS,
  'dead-address',
  'address closed',
  'dearer',
  'not-worded',
  'no-consent',
])

/**
 * Whether somebody of a broadcast should have had a message and no way was found: they stand on the list of visits, and in the number of those
 * who get no message. Whoever wants no messages is in neither: their own wish for a visit brings them onto the list.
 */
export function isToVisit({ result, reason }: { result: Result; reason: string | null }): boolean {
  if (result === 'paper' || result === 'failed') return true
  return (result === 'cancelled' || result === 'left-out') && reason !== null && UNREACHED.has(reason)
}
