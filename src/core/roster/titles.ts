import { fold } from '../language/fold.js'

/** Words before a name that say how somebody is spoken to. None of them begins a name, written so and followed by two words or more. */
const TITLES = new Set(['bà', 'cụ', 'chị', 'bác', 'cô', 'chú', 'cháu'])
/** These begin names too – Ông Ích Khiêm, Anh Thư Nguyễn: they are titles before a family name alone. */
const PERHAPS = new Set(['ông', 'anh', 'em', 'ô', 'b'])
/** Titles in a name that is written without any diacritics. «cu», «chu», «chau» are not among them: Cù, Chu and Châu are families. */
const PLAIN = new Set(['ong', 'ba', 'anh', 'chi', 'bac', 'co', 'em'])
/**
 * Family names in Thái Nguyên and around it, folded, of the Kinh, Tày, Nùng, Sán Dìu, Dao and Mông. Not those that are commoner as a middle name
 * (Văn, Bá, Đức, Thị): behind «Ông» or «Anh» they say nothing.
 */
const FAMILIES = new Set('au bach ban be bui cao chang chau chu cu dam dang dao dau diep dinh do doan dong du duong giang giap ha hau ho hoang hua huynh kieu khuat la lai lam lang le lo lu luc luong luu ly ma mac mai mong nghiem ngo nguyen ninh nong pham phan phung quach sam sung ta tang thach thai thao to ton tong tran trang trieu trinh truong vang vi vo vu vuong'.split(' ')) // prettier-ignore

/** A first word that may be a title at all: most names are done with after this. */
const FIRST = /^(\p{L}\p{M}*){1,5}\.?\s/u

/** A name without the title before it, and that title as it was written; null: it has none. «Cụ bà» is one title. */
export function titleOf(name: string): { title: string | null; name: string } {
  let rest = name.trim()
  let title = ''
  for (;;) {
    const first = FIRST.exec(rest)?.[0]
    if (first === undefined || !isTitle(first, rest.slice(first.length).trim(), rest)) break
    title = `${title} ${first.trim()}`.trim()
    rest = rest.slice(first.length).trim()
  }
  return title === '' ? { title: null, name } : { title, name: rest }
}

function isTitle(first: string, rest: string, whole: string): boolean {
  const word = first.trim().replace(/\.$/, '').normalize('NFC').toLowerCase()
  const marked = TITLES.has(word)
  if (!marked && !PERHAPS.has(word) && !PLAIN.has(word)) return false
  const behind = rest.split(/\s+/)
  if (behind.length < 2) return false
  if (marked) return true
  return FAMILIES.has(fold(behind[0]!)) && (PERHAPS.has(word) || isPlain(whole))
}

function isPlain(text: string): boolean {
  return !/[\p{M}đ]/iu.test(text.normalize('NFD'))
}

/** Whether a word, in lower case, is what somebody is called by when they are spoken of; «chu», «chau» and «cu» without marks are families. */
export function isSpokenTitle(word: string): boolean {
  return TITLES.has(word) || word === 'ông' || PLAIN.has(word)
}
