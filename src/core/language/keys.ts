import { isSyllable } from './syllable.js'

/** What a telex keyboard makes of pairs of keys, without marks. */
const PAIRS: readonly (readonly [RegExp, string])[] = [
  [/dd/g, 'd'],
  [/uow/g, 'uo'],
  [/([aou])w/g, '$1'],
  [/w/g, 'u'],
  [/([aeo])\1/g, '$1'],
]

/**
 * A folded word with the keys of a telex or VNI keyboard left in it, put right; null when it is a syllable as it stands, or would be none
 * without the keys. `khoong` → `khong`, `nhaajn` → `nhan`, `d9u7o7c5` → `duoc`.
 */
export function withoutKeys(word: string): string | null {
  if (isSyllable(word)) return null
  const vni = /^[a-z]+\d[a-z0-9]*$/.test(word) ? word.replace(/[0-9]/g, '') : null
  if (vni !== null) return isSyllable(vni) ? vni : null
  if (!/^[a-z]{2,10}$/.test(word)) return null
  for (const tone of [/[sfrxjz]$/, /(?<=[aeiouyw])[sfrxjz](?=[a-z])/, null]) {
    let plain = tone ? word.replace(tone, '') : word
    if (tone && plain === word) continue
    for (const [keys, letter] of PAIRS) plain = plain.replace(keys, letter)
    if (plain !== word && isSyllable(plain)) return plain
    // «thuwj», «dduowc»: a second tone key, or one in the middle.
    const twice = plain.replace(/[sfrxjz]$/, '')
    if (isSyllable(twice)) return twice
  }
  return null
}
