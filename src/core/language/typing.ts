import { fold, unstretch } from './fold.js'

/** Words whose diacritics tell them from another word that folds alike; seen before folding, '' drops the word. */
const ACCENTED: Readonly<Record<string, string>> = {
  nó: '', dạ: '', ạ: '', à: '', bà: '', sóng: 'tinhieu', đầu: 'dautien', sáu: '6', tư: '4', bảy: '7', tám: '8', chín: '9', mười: '10', hỏng: 'loi', kê: 'ok',
} // prettier-ignore

/** Short forms on a phone keyboard, one word to one or several; applied to folded words. */
const SHORT: Readonly<Record<string, string>> = {
  r: 'roi', rr: 'roi', roy: 'roi', rui: 'roi', roai: 'roi', oy: 'roi', ruif: 'roi', rooif: 'roi', roofi: 'roi',
  dc: 'duoc', dk: 'duoc', dcj: 'duoc', dx: 'duoc', duok: 'duoc', ddc: 'duoc', dduwowcj: 'duoc', duwowcj: 'duoc', dduocj: 'duoc', duocj: 'duoc', dk0: 'duoc khong',
  k: 'khong', ko: 'khong', kh: 'khong', khg: 'khong', kog: 'khong', hok: 'khong', hong: 'khong', hem: 'khong', hk: 'khong', kg: 'khong', kong: 'khong', kho: 'khong', khum: 'khong', hg: 'khong', hog: 'khong', khoong: 'khong', no: 'khong', nope: 'khong', not: 'khong', never: 'khong',
  kdc: 'khong duoc', kodc: 'khong duoc', kdk: 'khong duoc', khdc: 'khong duoc', hokdc: 'khong duoc', kthay: 'khong thay', kb: 'khong biet', kbt: 'khong biet', kbiet: 'khong biet', kobiet: 'khong biet', kp: 'khong phai', cannot: 'khong the',
  ch: 'chua', chx: 'chua', chu: 'chua', chw: 'chua', cgua: 'chua', chuwa: 'chua', chuaw: 'chua', chuadc: 'chua duoc',
  cx: 'cung', xog: 'xong', xg: 'xong', sog: 'xong', xonh: 'xong', done: 'xong', finished: 'xong', completed: 'xong',
  oke: 'ok', oki: 'ok', okie: 'ok', okla: 'ok', okay: 'ok', okey: 'ok', okee: 'ok', oce: 'ok', uki: 'ok', uk: 'u', um: 'u', uh: 'u', uhm: 'u', uhu: 'u', uhuh: 'u',
  b: 'buoc', bc: 'buoc', dag: 'dang', lm: 'lam', t: 'toi', tui: 'toi', yes: 'co', yep: 'co', next: 'tiep', error: 'loi',
} // prettier-ignore

/** Words written together: `chuaxong`, `khongduoc`, `kodc`, `xongroi`, `b5`. */
const GLUED = /^(chua|khong|ko|xong|duoc|dc|ok|buoc|b)(xong|duoc|dc|thay|the|lam|vao|quet|roi|r|\d{1,2})$/

/** Words that only soften or address, and change nothing about the meaning. */
const FILLER = new Set(
  'a ah ak o oi ne nhe nha nhi di da vang thi la ma bac co chu anh chi em chau con toi minh ban ong ba ad admin day do nay kia het luon thoi hi hihi haha roi'.split(
    ' ',
  ),
)

/** The words of a typed answer, folded, short forms written out. */
export function writtenOut(text: string): string[] {
  return text
    .normalize('NFC')
    .toLowerCase()
    .replace(/n['’]t(?!\p{L})/gu, 'nt')
    .split(/[^\p{L}\p{M}\p{N}]+/u)
    .map((word) => unstretch(fold(ACCENTED[word] ?? word)))
    .filter((word) => word !== '')
    .flatMap((word) => {
      const glued = SHORT[word] === undefined ? GLUED.exec(word) : null
      return glued ? [glued[1]!, glued[2]!] : [word]
    })
    .flatMap((word) => (SHORT[word] ?? word).split(' '))
}

/** The words that carry the meaning. */
export function withoutFillers(words: readonly string[]): string[] {
  return words.filter((word) => !FILLER.has(word))
}

/** A word typed with the telex keys left in it: `khoong` → `khong`, `chuwaf` → `chua`. */
export function withoutTelexKeys(word: string): string {
  return word
    .replace(/[sfrxj]$/, '')
    .replace(/([uoa])w/g, '$1')
    .replace(/dd/g, 'd')
    .replace(/([aeo])\1/g, '$1')
}
