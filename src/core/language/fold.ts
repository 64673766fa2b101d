/** Any combining mark that NFD splits off a Vietnamese letter. */
const MARKS = /\p{M}+/gu

/**
 * Vietnamese as people type it, brought to one form for comparison: either Unicode form, upper or lower case, with or without
 * diacritics, đ as d, anything that is no letter or digit as one space. `«Xong RỒI!»` → `xong roi`.
 */
export function fold(text: string): string {
  return text
    .normalize('NFD')
    .replace(MARKS, '')
    .toLowerCase()
    .replace(/đ/g, 'd')
    .replace(/[^\p{L}\p{N}]+/gu, ' ')
    .trim()
}

/** The folded words. */
export function words(text: string): string[] {
  const folded = fold(text)
  return folded === '' ? [] : folded.split(' ')
}

/** Letters that people hold down or repeat for stress: `xonggg` → `xong`, `okkk` → `ok`. Digits stay as they are. */
export function unstretch(folded: string): string {
  return folded.replace(/(\p{L})\1{2,}/gu, '$1')
}
