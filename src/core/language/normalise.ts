import { fold, unstretch } from './fold.js'
import { withoutKeys } from './keys.js'
import { isWhole, writtenOutAt } from './short-forms.js'
import { isSyllable } from './syllable.js'

/** How often words stand in what the bot learned from: it tells run-together words apart. */
export type Vocabulary = ReadonlyMap<string, number>

const EMPTY: Vocabulary = new Map()
/** Longest run of letters that is taken apart. */
const GLUED_LIMIT = 60

const NUMBERS: Readonly<Record<string, string>> = { mot: '1', hai: '2', nhat: '1', one: '1', two: '2' }
/** Words with two right spellings. */
const ONE_SPELLING: Readonly<Record<string, string>> = {
  ki: 'ky',
  li: 'ly',
  qui: 'quy',
  ti: 'ty',
  si: 'sy',
  mi: 'my',
  hi: 'hy',
}
/** Letters spelled apart: `o t p`, `vne id`. */
const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/\bo t p\b|\bo te pe\b|\bo ti pi\b|\bo te be\b/g, 'otp'],
  [/\bve ne (?:it|id|i de|ai di)\b|\bvi ne (?:it|id)\b|\bvi en ai di\b|\bve en e i de\b/g, 'vneid'],
  [/\ben ep (?:xi|xe|c)\b|\bno pho xo\b/g, 'nfc'],
  [/\bqui? ?(?:e )?rro?\b|\bkiu a\b|\bcu rr\b|\bqu e ro\b/g, 'qr'],
  [/\bn f c\b/g, 'nfc'],
  [/\bq r\b/g, 'qr'],
  [/\bc c c d\b/g, 'cccd'],
  [/\bv ?n ?e ?i ?d\b|\bvne id\b|\bvn eid\b|\bvi en i d\b|\bvneid app\b/g, 'vneid'],
  [/\bpass code\b/g, 'passcode'],
  [/\bpass word\b/g, 'password'],
  [/\bmuc do\b/g, 'muc'],
  [/\bface id\b/g, 'faceid'],
  [/\blevel\b/g, 'level'],
]

/**
 * A message brought to one form for comparison: folded; telex and VNI keys undone; short forms written out; repeated letters, spelled and
 * run-together words put right; «mức hai» as «muc 2». What cannot be placed stays as it is: its letters still speak.
 */
export function normalise(text: string, vocabulary: Vocabulary = EMPTY): string[] {
  // «cccd» has its three letters by right.
  let line = unstretch(fold(text.replace(/[⟦⟧]/g, ' ')).replace(/c{3,}d/g, ' cCcd '))
    .toLowerCase()
    .replace(/ +/g, ' ')
    .trim()
  for (const [apart, whole] of SPELLED) line = line.replace(apart, whole)
  if (line === '') return []
  const words = line.split(' ').flatMap((word) => parted(word, vocabulary))
  const out: string[] = []
  words.forEach((word, i) => {
    const written = writtenOutAt(words, i)
    if (written) out.push(...written)
    else out.push(word)
  })
  return out.map(
    (word, i) => ((out[i - 1] === 'muc' || out[i - 1] === 'level') && NUMBERS[word]) || ONE_SPELLING[word] || word,
  )
}

/** One folded word put right: itself, without its keys, or taken apart. */
function parted(word: string, vocabulary: Vocabulary): string[] {
  const numbered = /^(muc|buoc|m|b|to|lan)(\d{1,2})$/.exec(word)
  if (numbered) return [numbered[1]!, numbered[2]!]
  if (isSyllable(word) || isWhole(word) || writtenOutAt([word], 0)) return [word]
  const plain = withoutKeys(word)
  if (plain !== null) return [plain]
  if ((vocabulary.get(word) ?? 0) >= 3) return [word]
  const single = word.replace(/(.)\1+/g, '$1')
  if (single !== word && (isSyllable(single) || vocabulary.has(single))) return [single]
  if (word.length >= 4 && word.length <= GLUED_LIMIT) {
    const parts = takeApart(word, vocabulary)
    if (parts) return parts
  }
  return [respelled(word) ?? word]
}

/** Letters that stand for others in the spelling of the young: `fai` → `phai`, `wen` → `quen`, `zo` → `do`. */
function respelled(word: string): string | null {
  const changed = word
    .replace(/^f/, 'ph')
    .replace(/^w/, 'qu')
    .replace(/^j/, 'gi')
    .replace(/^z/, 'd')
    .replace(/([aeiouy])k$/, '$1c')
    .replace(/([aeiouy])g$/, '$1ng')
    .replace(/([aeiouy])h$/, '$1nh')
  return changed !== word && isSyllable(changed) ? changed : null
}

/** The likeliest way to read a run of letters as known words and syllables; null when there is none worth having. */
function takeApart(word: string, vocabulary: Vocabulary): string[] | null {
  if (vocabulary.size === 0) return null
  const best: { score: number; from: number }[] = [{ score: 0, from: -1 }]
  for (let end = 1; end <= word.length; end++) {
    let found = { score: -Infinity, from: -1 }
    for (let from = Math.max(0, end - 10); from < end; from++) {
      const before = best[from]!
      if (before.score === -Infinity) continue
      const score = before.score + costOf(word.slice(from, end), vocabulary)
      if (score > found.score) found = { score, from }
    }
    best.push(found)
  }
  if (best[word.length]!.score < -3.2 * word.length) return null
  const parts: string[] = []
  for (let at = word.length; at > 0; at = best[at]!.from) parts.unshift(word.slice(best[at]!.from, at))
  return parts.length > 1 ? parts : null
}

/** How willingly a piece is taken for a word: by how often it is one, never for a lone letter. */
function costOf(piece: string, vocabulary: Vocabulary): number {
  const seen = vocabulary.get(piece) ?? 0
  if (piece.length === 1) return /\d/.test(piece) ? -6 : -14
  if (seen > 0) return Math.log(seen) - 9
  if (isWhole(piece)) return -8
  if (isSyllable(piece)) return -11 + Math.min(2, piece.length - 2)
  return writtenOutAt([piece], 0) ? -10 : -9 * piece.length
}
