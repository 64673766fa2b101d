import { TEXT_SPLIT } from './limits.js'

/** Characters as Zalo is taken to count them: code points after NFC, so that «ế» is one whichever way it was typed. */
export function countCharacters(text: string): number {
  return [...text.normalize('NFC')].length
}

/** From the best place to cut to the worst: after a paragraph, a line, a sentence, a part of a sentence, a word. */
const CUTS = [/\n\s*\n\s*/gu, /\n\s*/gu, /[.!?…:]+["'»”’)\]]*\s+/gu, /[,;–-]\s+/gu, /\s+/gu] as const

/** A cut that leaves less than this part of the room used is too early; a worse place further on is better. */
const ENOUGH = 0.4

/**
 * Cuts a text into messages of at most `limit` characters after NFC, at ends of sentences where there are any. Nothing but white space at
 * the cuts is lost; a text of white space only gives no message.
 */
export function splitText(text: string, limit: number = TEXT_SPLIT): string[] {
  if (!(limit >= 1)) throw new RangeError(`a message of ${limit} characters cannot hold anything`)
  const parts: string[] = []
  let rest = [...text.normalize('NFC').trim()]
  while (rest.length > limit) {
    const head = rest.slice(0, limit + 1).join('')
    const cut = placeToCut(head, limit)
    const part = head.slice(0, cut).trimEnd()
    if (part !== '') parts.push(part)
    rest = [...rest.join('').slice(cut).trimStart()]
  }
  if (rest.length > 0) parts.push(rest.join(''))
  return parts
}

/** Where to cut, in UTF-16 units; `head` is one character longer than the limit, to see whether the limit itself is a good place. */
function placeToCut(head: string, limit: number): number {
  const room = [...head].slice(0, limit).join('').length
  for (const pattern of CUTS) {
    let best = 0
    for (const match of head.matchAll(pattern)) {
      const end = match.index + match[0].trimEnd().length
      if (end <= room) best = end
    }
    if (best >= room * ENOUGH) return best
  }
  return wholeGraphemes(head, room)
}

/** One long word: cut between what a reader sees as characters, so that no emoji falls apart. */
function wholeGraphemes(head: string, room: number): number {
  let end = 0
  for (const { index, segment } of new Intl.Segmenter('vi', { granularity: 'grapheme' }).segment(head)) {
    if (index + segment.length > room) break
    end = index + segment.length
  }
  return end > 0 ? end : room
}

/** Takes out the mentions that Zalo would act on in a group (`[@user_id]`): for text that came from users. */
export function withoutMentions(text: string): string {
  return text.replace(/\[@[^\]]*\]/gu, '')
}
