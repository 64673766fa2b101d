/** What a button carries back: which message asked, what was chosen, and where the resident stood then. */
export interface Tap {
  /** Number of the message that the button hangs on. */
  n: number
  option: string
  /** The flow that was in front, or ''. */
  flow: string
  /** The official number of the step then, or 0. */
  number: number
}

/** At most 59 bytes: ids are at most 24 characters (definition.ts); Telegram carries 64. */
export function encodeTap(tap: Tap): string {
  return `${tap.n}:${tap.option}:${tap.flow}:${tap.number || ''}`
}

/** Null for anything that is not the form of `encodeTap`: a forgery, or a button of another program. */
export function decodeTap(data: string): Tap | null {
  const match = /^(\d{1,7}):([a-z0-9-]{1,24}):([a-z0-9-]{0,24}):(\d{0,2})$/.exec(data)
  if (!match) return null
  return { n: Number(match[1]), option: match[2]!, flow: match[3]!, number: Number(match[4]!) }
}
