import { withoutFillers, withoutTelexKeys, writtenOut } from './typing.js'

/**
 * What a typed answer to a step means, independent of the step.
 * `go-on`: finished (`done`; `bare` where it is no more than «ok», «được rồi»), or «next» without saying so (`next`) · `not-yet`: not finished (`no`) or asks for time (`wait`) ·
 * `trouble`: it does not work · `mixed`: says both yes and no, or asks, so it must be asked · `jump`: names a step, and may say how it
 * stands there · the others as named.
 */
export type Meaning =
  | { kind: 'go-on'; word: 'done' | 'next'; bare?: true }
  | { kind: 'not-yet'; word: 'no' | 'wait' }
  | { kind: 'trouble' }
  | { kind: 'mixed' }
  | { kind: 'back' }
  | { kind: 'again' }
  | { kind: 'pause' }
  | { kind: 'person' }
  | { kind: 'yes' }
  | { kind: 'no' }
  | { kind: 'greeting' }
  | { kind: 'thanks' }
  | { kind: 'jump'; number: number; says: 'done' | 'trouble' | null }
  | { kind: 'number'; number: number }

/** Numbers in words; «sau» and «tu» are none without their diacritics («after», «from»). */
const NUMBER_WORDS: Readonly<Record<string, number>> = {
  mot: 1, hai: 2, ba: 3, bon: 4, nam: 5, bay: 7, tam: 8, chin: 9, muoi: 10,
  one: 1, two: 2, three: 3, four: 4, five: 5, six: 6, seven: 7, eight: 8, nine: 9, ten: 10,
} // prettier-ignore

const VERBS =
  'lam|bam|quet|chup|nhap|tai|cai|nhan|thay|vao|co|xem|doc|chon|tao|dien|gui|nop|mang|mo|ghi|dat|dang ky|dang nhap|kich hoat|duyet|ve|hien|den|len|chay|on|ngon|tot'

const TROUBLE =
  /\b(loi|hong|khong (duoc|vao|thay|hien|len|mo|quet|doc|nhan|biet|ra|co|bam|tim|chup|the|ve|hieu|chay|xong|on|ok|den|dang nhap|lam|tai|cai|gui|nhap)|chua (duoc|thay|vao|quet|nhan|doc|co|ve|hien|len|mo|biet|hieu)|chua \S+ duoc|bi (loi|ket|treo|vang|do|sao|mo|nhoe|khoa|tu choi)|ket|treo|that bai|sai|nham|van khong|mai khong|mat (mang|tinhieu|song|sim|the|dien|ma)|(mang|tinhieu|song) (yeu|kem|cham)|het (pin|mang|tien|han|dung luong)|chiu( thua)?|bo tay|fail(ed|s)?|stuck|can t|cant|(do|does|did|is|was|wo|has|have)n ?t)\b/
/** Words that deny; «đâu» («có xong đâu») is told from «đầu» («lần đầu») by what stands before it. */
const DENIES = new Set(
  'khong chua loi cha chang dech deo eo chiu hong nham sai ket treo cant dont doesnt didnt isnt wasnt wont fail failed stuck'.split(
    ' ',
  ),
)
const DENIES_LATE = /(?<!\b(?:bat|buoc|ban|tu|lan|o)) ?\bdau\b(?! tien)|\bn t\b|\bbo tay\b|\blam (sao|gi) ma\b/
const NOT_YET =
  /\b(chua|doi|cho (chut|ti|xiu|mot chut|toi|da)|tu tu|dang (?!ky|nhap)|de (chau|bac|toi|tui|em)? ?(lam|thu|xem)|khoan|wait)\b/
/** Words that put «xong» into the future, or halve it. */
const NOT_DONE_YET =
  /\b(sap|gan (xong|duoc|den)|se|neu|chuan bi|bao gio|khi nao|bao lau|mot nua|nua chung|nua roi|mot phan|mot it|do dang|almost|nearly|half|soon)\b/
const WISH = /\b(muon|can (lam|phai|duoc)|phai|khi|de|mong|mai|chut nua|lat nua|ti nua|dinh|tuong|hinh nhu|xong thi)\b/
const ASKS =
  /\b(sao|the nao|nhu nao|o dau|nao|gi|ai|bao nhieu|may (ngay|gio|tuan|buoc|lan|phut)|when|what|how|where|why)\b/
const DONE = new RegExp(
  `\\b(xong|hoan (thanh|tat)|thanh cong|da (${VERBS}|duoc)|(${VERBS}|duoc) (duoc )?roi|(it )?work(s|ed)|did it)\\b|\\b(${VERBS}) duoc( (roi|het|hi|nhi))*$`,
)
/** Nothing but assent, one word of which says «done»; tested without fillers. */
const ASSENT = /^((ok|duoc|on|ngon|tot|u|song|work) ?)+$/
/** «Xong rồi, làm gì nữa?» says done before it asks. */
const DONE_FIRST = /^(\S+ )?xong( het)? roi\b(?! thi)/
const NEXT =
  /^(tiep|tiep (tuc|theo|di|nao)|buoc (tiep|sau|ke|tiep theo)|sang buoc (sau|tiep|moi)|di tiep|lam tiep|qua buoc (sau|tiep|moi)|continue|go on)$/
const BACK = /\b(quay (lai|ve)|tro (lai|ve)|lui|lui lai|buoc truoc|ve buoc truoc|back|go back|lam lai buoc truoc)\b/
const AGAIN =
  /\b(nhac lai|noi lai|xem lai|doc lai|gui lai (tin|buoc)|repeat|again|lap lai)\b|^((bay )?gio|roi)? ?(lam gi|lam sao|sao|what)( nua| tiep| bay gio| now)?$/
const PAUSE =
  /\b(de (sau(?! lung| may)|luc khac|hom khac|(mai|toi|chieu)(?! (lam|thu|xem|bam|quet)))|luc khac|mai (lam|quay|tinh)|(quay|tro) lai sau|nghi (da|ti|chut|thoi)|tam (dung|nghi|ngung)|ban (roi|viec|qua)|pause|later|hom khac|khong (muon )?lam nua)\b/
const PERSON =
  /\b((xin|cho|nho|can|tim|muon) (\S+ )?(nguoi nao|ai do|mot nguoi|1 nguoi|nguoi) (\S+ )?(ho tro|giup|den|sang|xuong|huong dan)|(co|nho) (chau|ai|ban|nguoi|anh|chi)( \S+){0,4} (sang|den|xuong|qua|toi) (nha|tan nha|giup)(?! (lam|cap|man) )|(khong|k|ko) (chat|noi chuyen|nhan|hoi) (voi|vs|qua) (bot|may|robot)|ai o (do|day) khong|(chuyen|noi)( may)?( toi| em| bac)? (cho|qua|sang|voi|gap) (nhan vien|can bo|nguoi khac|tong dai vien)|gap (nguoi|can bo|nhan vien|ai do|to truong|cong an)|noi chuyen voi (nguoi|can bo|nhan vien|ai)|goi (nguoi|can bo|cho toi|lai cho)|nguoi that|can nguoi (giup|ho tro|huong dan)|nho (nguoi|ai do|can bo)|tu van vien|co ai (giup|khong)|ai giup|giup toi voi|human|real person|talk to (a|some))\b/
const GREETING =
  /^(xin )?(chao|a ?lo|hello|hi|hey|helo|e|alo alo|good morning)( (ca nha|moi nguoi|phuong|bot|tong dai|shop|may|buoi (sang|trua|chieu|toi)))*$/
const THANKS =
  /^((ok|u|vang|da|duoc|roi|xin|rat) )*(cam on|thanks|thank you|thank|tks|camon|thank u)( (nhieu|lam|rat nhieu|nhieu lam|nhe|much|very much))*$/
const YES =
  /^(co|u|vang|da|phai|dung|dung vay|dung roi|dong y|nhat tri|chac|chac chan|ok|hieu roi|hieu|biet roi|biet|binhthuong)$/
const NO = /^(khong|thoi|khong phai|khong dong y|khong can|khoi)$/
const NOTHING_WRONG = /\bkhong (con )?(loi|sao|van de|co (gi|loi|van de)|bi loi|bi gi)( gi)?( nua)?\b/g
const MENDED = /\bhet (loi|bi loi|ket)\b/g

/** `toi da lam den buoc 4`, `dang o buoc 4`, `buoc 4`: the number, or null. */
function jumpNumber(line: string): number | null {
  const match = /\b(?:buoc|step|den b|toi b)(?: so| thu| thu tu)? (\d{1,2}|[a-z]+)\b/.exec(line)
  return match?.[1] ? numberOf(match[1]) : null
}

/** A message that is nothing but one number: `2`, `số 2`, `chọn 2`, `(2)`, `hai`. */
function loneNumber(line: string): number | null {
  const match = /^(?:so |chon |bam |phim |nut |cau |y |option |choice )*(\d{1,2}|[a-z]+)$/.exec(line)
  return match?.[1] ? numberOf(match[1]) : null
}

function numberOf(word: string): number | null {
  return /^\d+$/.test(word) ? Number(word) : (NUMBER_WORDS[word] ?? null)
}

/** True for a text with a no in it, in any spelling: it must never stand for «done», whatever else it says. */
export function saysNo(text: string): boolean {
  const words = writtenOut(text)
  const line = words.join(' ').replace(MENDED, '').replace(NOTHING_WRONG, '')
  return (
    TROUBLE.test(line) ||
    DENIES_LATE.test(line) ||
    line.split(' ').some((word) => DENIES.has(word) || DENIES.has(withoutTelexKeys(word)))
  )
}

/**
 * Reads a typed answer. Null when it says none of these things (a question, a name, a story).
 * «Chưa xong» and everything else with a no in it never means that a step is done.
 */
export function readReply(text: string): Meaning | null {
  const all = writtenOut(text)
  if (all.length === 0) return null
  const full = all.join(' ')
  const coreWords = withoutFillers(all)
  const core = coreWords.join(' ')
  const number = loneNumber(full) ?? (/\d/.test(core) ? loneNumber(core) : null)
  if (number !== null) return { kind: 'number', number }
  if (THANKS.test(core) || THANKS.test(full)) return { kind: 'thanks' }
  if (GREETING.test(core) || GREETING.test(full)) return { kind: 'greeting' }
  if (PERSON.test(full)) return { kind: 'person' }

  const line = full.replace(MENDED, 'xong').replace(NOTHING_WRONG, 'binhthuong')
  const denies = saysNo(text)
  const done = saysDone(line, core, text)
  const jump = jumpNumber(full)
  if (jump !== null && all.length <= 12)
    return { kind: 'jump', number: jump, says: denies ? 'trouble' : done === 'done' ? 'done' : null }
  if (PAUSE.test(line)) return { kind: 'pause' }
  if (denies && done === 'done' && all.length > 3 && /\b(nhung|ma|song|tuy|but)\b/.test(line)) return { kind: 'mixed' }
  if (!denies && BACK.test(line) && (coreWords.length <= 4 || /\bbuoc truoc\b/.test(line))) return { kind: 'back' }
  if (!denies && AGAIN.test(line) && coreWords.length <= 6) return { kind: 'again' }
  if (all.length > 14) return denies ? { kind: 'trouble' } : null
  if (NO.test(core) || NO.test(full)) return { kind: 'no' }
  if (/\bkhong (xong |ready )?yet\b/.test(line)) return { kind: 'not-yet', word: 'no' }
  if (TROUBLE.test(line)) return { kind: 'trouble' }
  if (/\?[?!\s]*$/.test(text) && all.length > 3) return null
  if (NOT_YET.test(line)) return { kind: 'not-yet', word: /\bchua\b/.test(line) ? 'no' : 'wait' }
  if (/\bco .+ khong$|\b(duoc|phai) khong$/.test(line)) return null
  if (denies) return all.length <= 6 ? { kind: 'trouble' } : null
  if (NEXT.test(core) || NEXT.test(full)) return { kind: 'go-on', word: 'next' }
  if (done === 'done') return { kind: 'go-on', word: 'done', ...(isAssent(line, core) ? { bare: true } : {}) }
  if (done === 'later') return { kind: 'not-yet', word: 'wait' }
  if (done === 'asks') return all.length <= 3 ? { kind: 'mixed' } : null
  if (YES.test(core) || YES.test(full) || YES.test(line)) return { kind: 'yes' }
  return null
}

/** Whether a line says that something is finished, now (`done`), some day (`later`), or asks about it (`asks`). */
function saysDone(line: string, core: string, text: string): 'done' | 'later' | 'asks' | null {
  if (!isAssent(line, core) && !DONE.test(line)) return null
  if (NOT_DONE_YET.test(line)) return 'later'
  if (DONE_FIRST.test(line) && !/^\S{1,6}\s*\?[?!\s]*$/.test(text)) return 'done'
  if (/\?[?!\s]*$/.test(text) || ASKS.test(line)) return 'asks'
  if (WISH.test(line) && !/\b(xong|duoc) (het )?roi$/.test(line)) return 'later'
  return 'done'
}

/** Nothing but assent: behind a question it is a yes, and at a step it says done. */
function isAssent(line: string, core: string): boolean {
  return (
    (ASSENT.test(core) && /\b(ok|duoc|ngon|on|song|tot roi)\b/.test(line)) || /^(da )?roi( a| nhe| nha)?$/.test(line)
  )
}
