import { fromOldFont, hasForeignLetter, isVietnamese, OLD_FONTS, type OldFont } from '../language/old-fonts.js'
import { type Cell, cellText } from './cells.js'
import { isKnownHeading } from './columns.js'

type Grid = readonly (readonly Cell[])[]

/** Words that are none in Unicode and Vietnamese in the font: fewer say nothing – «Maï» is somebody's name. */
const LEAST = 2
/** Share of the words that are none in Unicode, though not plain, which the font has to make sense of. */
const SHARE = 0.8
/** Cells in Unicode that a column of an old font may have, a share of the others: its heading, a row that was pasted in. */
const STRAY = 0.25

/** Letters that no old font has: whatever holds one is Unicode. */
const UNICODE = /[\u0100-\u024f\u1e00-\u1eff]/u
const SPECIAL = /[\u0080-\u00ff]/
const BETWEEN = /[\s,;:()/.\d\-–]+/u

/** In which old font a sheet was typed, and the sheet in Unicode; null: in none. */
export function fromOldSheet(grid: Grid): { font: OldFont; grid: Grid } | null {
  const odd = new Map<string, number>()
  eachText(grid, (text) => {
    if (!SPECIAL.test(text) || UNICODE.test(text)) return
    for (const word of text.split(BETWEEN))
      if (SPECIAL.test(word) && !isVietnamese(word)) odd.set(word, (odd.get(word) ?? 0) + 1)
  })
  const all = [...odd.values()].reduce((sum, count) => sum + count, 0)
  const [best] = OLD_FONTS.map((font) => {
    const made = [...odd].filter(([word]) => isVietnamese(fromOldFont(word, font)))
    return { font, words: new Set(made.map(([word]) => word)), count: made.reduce((sum, [, count]) => sum + count, 0) }
  }).sort((a, b) => b.count - a.count)
  if (!best || best.count < LEAST || best.count < all * SHARE) return null
  return { font: best.font, grid: converted(grid, best.font, best.words) }
}

/** Names of a list that are no Vietnamese and in no font that is known here, before the list is refused for them. */
const ODD_LEAST = 5
const ODD_SHARE = 0.5

/** Which of these names are of a list that was typed in some other font: half of the list and more. A few are people from elsewhere. */
export function oddNames<T extends { name: string }>(named: readonly T[]): T[] {
  const odd = named.filter(({ name }) => !UNICODE.test(name) && name.split(BETWEEN).some(hasForeignLetter))
  return odd.length >= ODD_LEAST && odd.length >= named.length * ODD_SHARE ? odd : []
}

function eachText(grid: Grid, look: (text: string, column: number) => void): void {
  for (const row of grid) row.forEach((cell, column) => void (typeof cell === 'string' && look(cell, column)))
}

/** A sheet without a letter of Unicode is of the font altogether; otherwise its columns and, in those of both kinds, its cells are. */
function converted(grid: Grid, font: OldFont, words: ReadonlySet<string>): Grid {
  const old: number[] = []
  const sound: number[] = []
  const count = (list: number[], column: number) => void (list[column] = (list[column] ?? 0) + 1)
  const oldWords = (text: string) => text.split(BETWEEN).filter((word) => words.has(word)).length
  eachText(grid, (text, column) => {
    if (UNICODE.test(text)) count(sound, column)
    else if (SPECIAL.test(text) && oldWords(text) > 0) count(old, column)
  })
  const whole = sound.length === 0
  const isOld = (text: string, column: number) => {
    if (!SPECIAL.test(text) || UNICODE.test(text)) return false
    if (whole) return oldWords(text) > 0 || !isKnownHeading(cellText(text))
    const [o, s] = [old[column] ?? 0, sound[column] ?? 0]
    if (o > 0 && s <= Math.max(1, o * STRAY)) return oldWords(text) > 0 || !isKnownHeading(cellText(text))
    return oldWords(text) >= LEAST
  }
  return grid.map((row) =>
    row.map((cell, column) => (typeof cell === 'string' && isOld(cell, column) ? fromOldFont(cell, font) : cell)),
  )
}
