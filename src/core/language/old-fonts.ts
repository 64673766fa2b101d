import { fold } from './fold.js'
import { isSyllable } from './syllable.js'

/** How Vietnamese was typed before Unicode, in fonts of their own: TCVN3 (ABC, .VnTime) in the north and its offices, VNI in the south. */
export const OLD_FONTS = ['tcvn3', 'vni'] as const
export type OldFont = (typeof OLD_FONTS)[number]

const TCVN3 = mapped(
  '¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉËÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ®¡¢£¤¥¦§',
  'áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđĂÂÊÔƠƯĐ',
)

/** Tones as NFD writes them, in the order of VNI's keys: acute, grave, hook, tilde, dot below. */
const TONES = ['\u0301', '\u0300', '\u0309', '\u0303', '\u0323'] as const
const [CIRCUMFLEX, BREVE, HORN] = ['\u0302', '\u0306', '\u031b']
/** What stands behind a vowel in VNI, and which marks it puts on it. */
const VNI_BEHIND = new Map<string, string>([
  ...TONES.map((tone, i) => ['ùøûõï'[i]!, tone] as const),
  ...['', ...TONES].map((tone, i) => ['âáàåãä'[i]!, CIRCUMFLEX + tone] as const),
  ...['', ...TONES].map((tone, i) => ['êéèúüë'[i]!, BREVE + tone] as const),
])
/** Letters of VNI that stand alone. */
const VNI_ALONE = mapped('ñíìæóòîôö', 'đíìỉĩịỵơư')
const VNI = /(a)([ùøûõïâáàåãäêéèúüë])|([eo])([ùøûõïâáàåãä])|([uyôö])([ùøûõï])|[ñíìæóòîôö]/giu

function mapped(from: string, to: string): ReadonlyMap<string, string> {
  const targets = [...to]
  return new Map([...from].map((letter, i) => [letter, targets[i]!]))
}

/** A text of an old font in Unicode. */
export function fromOldFont(text: string, font: OldFont): string {
  return font === 'tcvn3' ? fromTcvn3(text) : fromVni(text).normalize('NFC')
}

/** TCVN3 has one code for a vowel with a tone, small or capital: the capital is another font. So «TRÇN» is TRẦN, and «Ph¹m V¨n Èn» ends in Ẩn. */
function fromTcvn3(text: string): string {
  const typed = text.split(' ')
  const words = typed.map((word) => [...word].map((letter) => TCVN3.get(letter) ?? letter).join(''))
  const begins = words.filter(isCapital).length
  return words
    .map((word, i) => {
      const ascii = typed[i]!.replace(/[^A-Za-z]/g, '')
      if (ascii.length > 1 && ascii === ascii.toUpperCase()) return word.toUpperCase()
      const others = words.length - 1
      return others > 0 && begins === others && !isCapital(word) && word[0] !== typed[i]![0] ? capitalised(word) : word
    })
    .join(' ')
}

function isCapital(word: string): boolean {
  return /^\p{Lu}/u.test(word)
}

function capitalised(word: string): string {
  return word.slice(0, 1).toUpperCase() + word.slice(1)
}

function fromVni(text: string): string {
  return text.replace(VNI, (whole: string, ...parts: (string | undefined)[]) => {
    const [base, behind] = [parts[0] ?? parts[2] ?? parts[4], parts[1] ?? parts[3] ?? parts[5]]
    if (base === undefined || behind === undefined) return alone(whole)
    return plainVowel(base) + VNI_BEHIND.get(behind.toLowerCase())!
  })
}

/** «ô» and «ö» are the letters ơ and ư; the other vowels are what they look like. */
function plainVowel(base: string): string {
  const vowel = base.toLowerCase() === 'ô' ? `o${HORN}` : base.toLowerCase() === 'ö' ? `u${HORN}` : base
  return base === base.toLowerCase() ? vowel : vowel.toUpperCase()
}

function alone(letter: string): string {
  const found = VNI_ALONE.get(letter.toLowerCase())!
  return letter === letter.toLowerCase() ? found : found.toUpperCase()
}

/** Letters of Vietnamese in one code point each. */
const LETTERS = /^[a-zàáâãèéêìíòóôõùúýăđĩũơưạảấầẩẫậắằẳẵặẹẻẽếềểễệỉịọỏốồổỗộớờởỡợụủứừửữựỳỵỷỹ]+$/iu
const TONE = /[\u0300\u0301\u0303\u0309\u0323]/gu

const known = new Map<string, boolean>()

/** Whether there is a letter that neither English nor Vietnamese has. */
export function hasForeignLetter(word: string): boolean {
  return [...word.normalize('NFC')].some(
    (letter) => /\p{L}/u.test(letter) && !LETTERS.test(letter) && !/[fjwz]/i.test(letter),
  )
}

/** Whether a word can be a Vietnamese syllable in Unicode: letters that the alphabet has, one tone at most, a syllable without them. */
export function isVietnamese(word: string): boolean {
  const seen = known.get(word)
  if (seen !== undefined) return seen
  const is =
    LETTERS.test(word.normalize('NFC')) &&
    (word.normalize('NFD').match(TONE)?.length ?? 0) <= 1 &&
    isSyllable(fold(word))
  if (known.size < 20_000) known.set(word, is)
  return is
}
