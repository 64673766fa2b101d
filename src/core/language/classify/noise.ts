/** A sequence of numbers in [0, 1) that is the same for the same seed (mulberry32). */
export function randomFrom(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t ^= t + Math.imul(t ^ (t >>> 7), 61 | t)
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296
  }
}

const FRAMES_BEFORE = ['cho toi hoi', 'chau oi', 'ad oi', 'cho em hoi', 'alo', 'da', 'bac hoi cai nay', 'lam on', 'em oi', 'giup voi', 'cho hoi ti', 'toi muon hoi la', 'a oi'] // prettier-ignore
const FRAMES_BEHIND = ['a', 'nhi', 'vay', 'giup toi voi', 'the chau', 'lam sao gio', 'phai lam sao', 'bac khong biet', 'roi', 'chi toi voi', 'cam on', 'ma khong biet lam the nao', 'voi a'] // prettier-ignore
const NEAR: Readonly<Record<string, string>> = { a: 'sq', o: 'ip', i: 'uo', u: 'yi', e: 'wr', n: 'bm', t: 'ry', h: 'gj', c: 'xv', m: 'n', g: 'fh', d: 'sf', k: 'jl', l: 'k', p: 'o', r: 'et', s: 'ad', v: 'cb', y: 'tu', q: 'w', x: 'zc', b: 'vn' } // prettier-ignore

/** Normalised words as a hasty thumb would have left them: a letter swapped, lost, doubled or missed; words lost or run together; talk around it. */
export function noisy(words: readonly string[], random: () => number): string[] {
  const out: string[] = []
  const pick = <T>(list: readonly T[]) => list[Math.floor(random() * list.length)]!
  if (random() < 0.25) out.push(...pick(FRAMES_BEFORE).split(' '))
  const loss = words.length > 5 ? 0.1 : 0.04
  for (const word of words) {
    const dice = random()
    if (dice < loss) continue
    if (dice > 0.9 && word.length > 2) out.push(slipped(word, random))
    else if (dice > 0.86 && out.length > 0) out.push(`${out.pop()!}${word}`)
    else out.push(word)
  }
  if (random() < 0.25) out.push(...pick(FRAMES_BEHIND).split(' '))
  return out.length > 0 ? out : [...words]
}

function slipped(word: string, random: () => number): string {
  const i = 1 + Math.floor(random() * (word.length - 1))
  const dice = random()
  if (dice < 0.3) return word.slice(0, i - 1) + word[i]! + word[i - 1]! + word.slice(i + 1)
  if (dice < 0.55) return word.slice(0, i) + word.slice(i + 1)
  if (dice < 0.7) return word.slice(0, i) + word[i]! + word.slice(i)
  const near = NEAR[word[i]!] ?? word[i]!
  return word.slice(0, i) + near[Math.floor(random() * near.length)]! + word.slice(i + 1)
}
