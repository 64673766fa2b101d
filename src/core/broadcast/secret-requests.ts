import { fold } from '../language/fold.js'
import { plainSigns } from './links.js'

/** What nobody of ours asks for: whoever has it can do as its owner. */
const STRONG =
  '(?:(?:ma )?otp|ma (?:so )?(?:xac ?thuc|xac ?nhanx?|xac ?minh|kich ?hoat|bao ?mat|dang ?nhap|pin|bi mat|dinh danh|vua (?:nhan|nhanx|gui|ve)|trong tin nhan|tin nhan)|(?:ma|day) (?:gom )?(?:4|6|8|bon|sau|tam) (?:chu |con )?so|(?:ma|so) pin|mat ?khau|pass ?(?:word|code|wd)?|mk|(?:so|ma so) (?:the )?(?:can ?cuoc|cccd|cmnd|cmt|dinh danh|ho chieu|the|tai khoan)|(?:anhx|hinh) (?:\\S+ ){0,2}?(?:can ?cuoc|cccd|cmnd|cmt|the|giay to)|anh (?:the|can ?cuoc|cccd|cmnd)|(?:anhx|hinh) (?:chan dungx?|khuon mat|mat|selfie|(?:2|hai) mat)|(?:2|hai) mat (?:cua )?(?:the|can ?cuoc|cccd|cmnd|cmt)|mat (?:truoc|sau) (?:cua )?(?:the|can ?cuoc|cccd)|one.time (?:code|password)|(?:verification|activation|security|login|sms|6.digit|six.digit) code|the code|your code|id (?:card )?(?:number|no)|card number|account number|(?:photo|picture|image)s? of (?:\\S+ ){0,4}?(?:id|card))'
/** The card itself: asked for only where it is to be sent. */
const CARD = '(?:(?:the )?(?:can ?cuoc|cccd|cmnd|cmt)|(?:your )?id card)'

const VERBS =
  '(?:gui|doc|nhan|bao|cung ?cap|nhap|khai|dien|noi|chia se|chuyen|dua|viet|tra loi|go|cho|xin|lay|hoi|ib|inbox|send|give|tell|share|read|enter|type|text|reply|forward|show)'
/** Verbs behind which a comma may stand before what is wanted: «gửi cháu họ tên, mã OTP». */
const SENDS = '(?:gui|chup|chuyen|cung ?cap|nhan|ib|inbox|scan|send|forward|share|text)'
const LISTS = new RegExp(`^${SENDS}$`)
const YOU = '(?:bac|anh|chi|co|chu|ong|ba|ban|em|cac bac|ba con|moi nguoi|ai|you|you x)'
const US =
  '(?:toi|tui|chau|con|em|minh|to|to truong|can bo|phuong|cong an|day|nhom|zalo|so|admin|ben|me|us|here|this|him|her)'
/** A negation that stands right before its verb, or before others of the same warning: «đừng gửi, đọc hay nhắn». */
const NEVER =
  '(?:dungx|khong|chang|tuyet doi|khong bao gio|khong ai duoc|khong ai|chua bao gio|nghiem cam|cam|tranh|never|not|don t|dont|no one may|nobody may)'
const SOFTENER = '(?:co|bao gio|duoc|nen|can|phai|nghe|theo|ai|ever|to)'
const NEGATED = new RegExp(
  `\\b(?:${NEVER}(?: ${SOFTENER}){0,3}(?: (?:${VERBS}|chup|mo|bam|lam)(?: (?:hay|hoac|va|or|and))?){0,4}` +
    `|(?:khong ai|khong bao gio|chua bao gio|khong can bo nao|khong co ai|never|nobody|no one)(?: (?!thi|nhung|ma |chi |nen |but)\\S+){0,6}) $`,
)
/** Somebody else's request that the text warns of: «Ai hỏi mã OTP là kẻ lừa đảo». */
const OTHERS = /\b(?:ai|nguoi la|ke|ke nao|co nguoi|nguoi nao|anyone|whoever|someone|somebody)\b/
const WARNS =
  /\b(?:lua dao|lua|ke gian|cup may|tu choi|dungx (?:lam|nghe|tin|doc|cho|dua|gui)|khong (?:lam|nghe|tin)|scam|scammer|hang up)\b/
/** Told where the owner alone types it: «nhập mã OTP vào VNeID», and nobody gets to see it. */
const INTO_APP = /^(?:nhap|dien|khai|enter|type)$/
const APP = /\b(?:ung dung|vneid|app|cong dich vu cong|dich vu cong)\b/
const TO_US = new RegExp(`\\b(?:vao|cho|qua|gui) (?:nhom|phieu|bang|tin|${US})\\b`)
/** Trouble with a secret, and not a wish for it: «quên mật khẩu thì bác nhắn cháu». */
const TROUBLE =
  /(?:\b(?:quen|matx|lo|doi|sai|lai|hong|khoa|forgot|lost|change|reset)|\b(?:khong|chua|not|no)(?: (?:nhan|nhanx|co|thay|nho|biet|doi|lay|dat|tao|duoc|received?|get|got)){1,3})(?: (?:duoc|cai|your|the))? $/

const WANTED = new RegExp(`(?<= |^)(${STRONG})(?= |$)`, 'g')
const WANTED_CARD = new RegExp(`(?<= |^)(${CARD})(?= |$)`, 'g')
/** The nearest verb of asking or sending before a piece, and the words between. */
const VERB_BEFORE = new RegExp(`^(.*?)(?<= |^)(${VERBS}|chup|scan) ((?:(?!(?:${VERBS}|chup|scan) )\\S+ ){0,6})$`)
const SEND_BEFORE = new RegExp(`^(.*?)(?<= |^)(${SENDS}) ((?:(?!${SENDS} )\\S+ ){0,3})$`)
const BEHIND = new RegExp(
  `(?<= |^)(STRONG) (?:(?:\\S+ ){0,4}?(?:${YOU}|thi|hay|xin|vui long|nho|cu|please|and)(?: \\S+){0,2}? (?:VERBS)(?= |$)|(?:\\S+ ){0,6}?(?:VERBS) (?:\\S+ )?(?:(?:cho|ve|qua|den|toi|lai|to) )${US}(?= |$))`.replace('STRONG', STRONG).replaceAll('VERBS', '(?:gui|doc|nhan|bao|cung ?cap|chia se|chuyen|dua|noi|ib|inbox|send|give|tell|share|read|forward|text)'),
  'g',
) // prettier-ignore
const CARD_BEHIND = new RegExp(
  `(?<= |^)(${CARD}) (?:(?:\\S+ ){0,4}?(?:${YOU}|thi|hay|xin|vui long|nho|cu)(?: \\S+){0,2}? (?:gui|chup|chuyen)(?= |$)|(?:\\S+ ){0,6}?(?:gui|chup|chuyen) (?:\\S+ )?(?:(?:cho|qua|lai) )${US}(?= |$))`,
  'g',
)

const KEPT_APART: Partial<Record<string, string>> = {
  đừng: 'dungx',
  dung: 'dungx',
  chớ: 'dungx',
  đúng: 'rightx',
  dùng: 'usex',
  dừng: 'stopx',
  ảnh: 'anhx',
  nhận: 'nhanx',
  mất: 'matx',
  gọi: 'callx',
  bảo: 'tellx',
  thể: 'the-x',
  thế: 'the-x',
}

/** A word as these patterns read it: folded, but kept apart where only the marks tell a warning from a wish. */
function word(typed: string): string {
  const lower = typed.toLowerCase()
  return KEPT_APART[lower] ?? fold(typed)
}

/** Pieces, as they were typed, in which a text asks its reader for a code, a password, a number of theirs or a picture of a card. */
export function secretRequests(text: string): string[] {
  const found: string[] = []
  const sentences = plainSigns(text)
    .normalize('NFC')
    .replace(/\{\{\s*you\s*\}\}/giu, 'bác')
    .replace(/(?<![\p{L}\p{N}])[o0][\s._-]*t[\s._-]*p(?![\p{L}\p{N}])/giu, 'OTP')
    .split(/[.!?\n;]+/)
  for (const sentence of sentences) {
    const asked = requestIn(sentence)
    if (asked !== null && !found.includes(asked)) found.push(asked)
  }
  return found
}

function requestIn(sentence: string): string | null {
  const typed = [...sentence.matchAll(/[\p{L}\p{N}]+/gu)]
  // Where each word stands in the line that is searched.
  const starts: number[] = []
  let line = ''
  for (const [one] of typed) {
    starts.push(line.length)
    line += `${word(one)} `
  }
  const piece = (at: number, length: number): string => {
    const first = starts.findLastIndex((start) => start <= at)
    const last = starts.findLastIndex((start) => start < at + length)
    return sentence.slice(typed[first]!.index, typed[last]!.index + typed[last]![0].length)
  }
  // Pieces that the sentence warns of: what follows them is no wish either.
  const warned = new Set<number>()
  for (const [wanted, verbs] of [
    [WANTED, VERB_BEFORE],
    [WANTED_CARD, SEND_BEFORE],
  ] as const) {
    for (const match of line.matchAll(wanted)) {
      const what = match[1]!
      const [, before = '', verb = '', between = ''] = verbs.exec(line.slice(0, match.index)) ?? []
      const after = line.slice(match.index + what.length)
      if (NEGATED.test(before)) warned.add(match.index)
      if (verb === '' || NEGATED.test(before) || /\bkinh $/.test(before) || TROUBLE.test(between)) continue
      if (OTHERS.test(before) && WARNS.test(after)) continue
      if (INTO_APP.test(verb) && APP.test(line) && !TO_US.test(line)) continue
      const start = match.index - between.length - verb.length - 1
      const across = between !== '' && piece(start, match.index + what.length - start).includes(',')
      if (across && (wanted === WANTED_CARD || !LISTS.test(verb))) continue
      if (wanted === WANTED_CARD && /^ (?:ve|den|tan|qua buu dien)\b/.test(after)) continue
      return piece(match.index, what.length)
    }
  }
  for (const pattern of [BEHIND, CARD_BEHIND]) {
    for (const match of line.matchAll(pattern)) {
      const [all, what] = match as unknown as [string, string]
      if (warned.has(match.index) || TROUBLE.test(line.slice(0, match.index))) continue
      if (new RegExp(`\\b${NEVER}\\b`).test(all)) continue
      if (WARNS.test(line.slice(match.index))) continue
      return piece(match.index, what.length)
    }
  }
  return null
}
