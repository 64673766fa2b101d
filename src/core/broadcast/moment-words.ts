/** What somebody typed, and a plain copy of the same length in which each thing that was understood is crossed out. */
export interface TypedWords {
  readonly typed: string
  line: string
}

/** Words that say nothing about the time. */
const FILLERS = new Set(
  'luc vao ngay hom bua buoi gui nhac cho nhe nha a di dum giup voi dung tu thi se hay xin gio at on the of please send it from and va'.split(
    ' ',
  ),
)

/** Words that only their marks tell apart, each as long as it was. «bay gio» without marks is «bây giờ» as often as «bảy giờ»: it is no seven. */
const APART: Partial<Record<string, string>> = { tới: 'tOi', tôi: '   ', bảy: 'bOy', bẩy: 'bOy', thứ: 'thO' }

/** Small letters without marks, but for the words above. */
export function typedWords(text: string): TypedWords {
  const typed = text.normalize('NFKC').normalize('NFC').toLowerCase()
  const told = typed.replace(/\p{L}+/gu, (word) => APART[word] ?? word)
  const plain = told.replace(/[^\u0020-\u007e]/g, (sign) => (sign === 'đ' ? 'd' : (sign.normalize('NFD')[0] ?? ' ')))
  // A full stop that ends a sentence, and all that is no part of a date or a time.
  return { typed, line: ` ${plain} `.slice(1).replace(/\.(?!\d)|[^a-zO0-9:/.+-]/g, ' ') }
}

/** Crosses out the first place that fits. */
export function take(words: TypedWords, pattern: RegExp): (RegExpExecArray & { what: string }) | null {
  const found = pattern.exec(words.line)
  if (!found) return null
  const end = found.index + found[0].length
  words.line = words.line.slice(0, found.index) + ' '.repeat(found[0].length) + words.line.slice(end)
  return Object.assign(found, { what: words.typed.slice(found.index, end).trim() })
}

/** What is left over, as it was typed. */
export function leftOf({ typed, line }: TypedWords): string {
  return [...line.matchAll(/\S+/g)]
    .filter(([word]) => !FILLERS.has(word) && /[a-z0-9]/i.test(word))
    .map(({ index, 0: word }) => typed.slice(index, index + word.length))
    .join(' ')
}
