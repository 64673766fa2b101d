import type { Said } from '../core/model/outbox.js'
import type { Capabilities } from './channel.js'

/** One message as an app shows it, before it takes the app's own form. */
export interface Sheet {
  text: string
  buttons: { label: string; data: string }[]
}

/** Characters as people count them in a limit: after NFC, a character outside the basic plane as one. */
export function lengthOf(text: string): number {
  return [...text.normalize('NFC')].length
}

/**
 * Lays a message out for an app: the text in pieces that fit, the choices as buttons under the last piece with their numbers in front
 * («1 Xong rồi»), or as numbered lines at its end where buttons cannot carry them. A number typed means the same either way.
 */
export function layOut({ text, options }: Said, capabilities: Capabilities): Sheet[] {
  const labels = options.map(({ label }, i) => `${i + 1} ${label.normalize('NFC')}`)
  const carried =
    options.length <= capabilities.buttons &&
    options.every(({ data }) => data !== '' && new TextEncoder().encode(data).length <= capabilities.dataLimit) &&
    labels.every((label) => lengthOf(label) <= capabilities.labelLimit)
  const whole =
    carried || labels.length === 0 ? text : [text, labels.join('\n')].filter((part) => part !== '').join('\n\n')
  const pieces = cutText(whole, capabilities.textLimit)
  return pieces.map((piece, i) => ({
    text: piece,
    buttons: carried && i === pieces.length - 1 ? options.map(({ data }, n) => ({ label: labels[n]!, data })) : [],
  }))
}

/** Places to cut at, best first; the sign itself stays with the piece before it. */
const SEAMS = [/\n\n/g, /[.!?…:](?=\s)|\n/g, /\s/g]

/** Cuts a text into pieces of at most `limit` characters after NFC: at a paragraph, at the end of a sentence, between words, or where it must. */
export function cutText(text: string, limit: number): string[] {
  let rest = text.normalize('NFC').trim()
  const pieces: string[] = []
  while (lengthOf(rest) > limit) {
    const head = [...rest].slice(0, limit).join('')
    const at = seam(head, rest) ?? wholeCharacters(head, rest)
    pieces.push(rest.slice(0, at).trim())
    rest = rest.slice(at).trim()
  }
  return [...pieces, rest].filter((piece, i) => piece !== '' || i === 0)
}

/** The last seam in the second half of what fits: a cut too early would make a message of two words. */
function seam(head: string, rest: string): number | undefined {
  // The character behind the head decides whether its last sign ends a sentence.
  const seen = rest.slice(0, head.length + 1)
  for (const pattern of SEAMS) {
    const found = [...seen.matchAll(pattern)]
      .map((match) => match.index + match[0].length)
      .filter((at) => at <= head.length)
    const last = found.at(-1)
    if (last !== undefined && last > head.length / 2) return last
  }
  return undefined
}

/** The end of the last whole character as people see one: no letter loses its mark, no flag its half. */
function wholeCharacters(head: string, rest: string): number {
  let end = 0
  for (const { index, segment } of new Intl.Segmenter('vi').segment(rest.slice(0, head.length + 32))) {
    if (index + segment.length > head.length) break
    end = index + segment.length
  }
  return end === 0 ? head.length : end
}
