import { fold } from './fold.js'
import { normalise } from './normalise.js'

const any = (...parts: readonly string[]) => `(?:${parts.join('|')})`
const some = (part: string) => `(?:${part} )*`

/** Whoever writes, and whom they speak to: one and the same words, as people address each other. */
const PEOPLE = 'bac|co|chu|anh|chi|em|chau|con|ong|ba|ban|cu|di|cau'
const ME = any('toi', 'minh', 'tui', 'tao', PEOPLE)
/** Whom they speak to; nobody addresses «tôi». */
const YOU = any(PEOPLE, 'ad', 'admin', 'bot', 'tong dai', 'phuong', 'shop', 'may')
/** What is not to come. Alone, «tin» and «thông báo» may be one that did not arrive. */
const REMINDERS = any('tin nhac nho', 'tin nhac', 'loi nhac', 'nhac nho', 'nhac')
const NEWS = any(REMINDERS, 'tin nhan nhac', 'tin nhan', 'tin', 'thong bao')
const TO_ME = `(?: cho ${ME}| ${ME})`
const SENDS = any(
  'nhan tin nhac nho', 'nhan tin nhac', 'nhan tin', 'nhan nhac', 'nhan', 'nhac nho', 'nhac', 'gui tin nhan', 'gui tin nhac', 'gui tin', 'gui thong bao',
  'gui', 'spam', 'ib', 'lam phien', 'quay ray', 'phien',
) // prettier-ignore
const ALWAYS = any('nhan tin', 'nhan', 'nhac nho', 'nhac', 'gui tin nhan', 'gui tin', 'spam', 'lam phien', 'quay ray') // prettier-ignore
const STOP = any('dung', 'ngung', 'khoi', 'mien')
const NO = any('khong', 'dech', 'chang')

/** «I have finished», which many say as the reason. */
const DONE = `(?:(?:(?:lam|dang ky|nop|cai|kich hoat) )?xong(?: het| ca| tat ca| lau)?(?: roi)?|lam (?:duoc )?roi|lam het roi|hoan thanh(?: roi)?)`
const SOFT = any(
  'vang', 'u', 'ok', 'a', 'ah', 'nhe', 'nha', 'nghe', 'nhe a', 'di', 'dau', 'do', 'day', 'vay', 'the', 'voi', 'luon', 'giup', 'ho', 'thoi', 'oi', 'ne', 'hen',
  'cam on(?: nhieu| nha)?', 'xin cam on', 'phien (?:qua|lam)', 'met (?:qua|lam)', 'buc (?:minh )?(?:qua|lam)', 'nhieu (?:qua|lam)', 'kho chiu(?: qua| lam)?', 'hoai', 'duoc khong', 'duoc chu',
) // prettier-ignore
const BUSY = `(?:dang )?ban(?: lam| qua)?`
const BEFORE = any(
  DONE, 'da', 'cung', 'ma', 'roi', 'thi', 'xin', 'xin loi', 'lam on', 'lam phuoc', 'vui long', 'nho', 'yeu cau', 'de nghi', 'cho', 'tu nay', 'tu gio', 'bay gio', 'lan sau', 'nen', 'biet roi', 'nghe roi',
  'hieu roi', 'du roi', '(?:nhan|nhac) (?:hoai|mai|nhieu qua|lam)', 'noi', 'bao', 'la', BUSY, SOFT, ME, 'please', 'pls',
) // prettier-ignore
const AFTER = any(
  `(?:${ME} )?(?:cung )?(?:da )?${DONE}`, `(?:${ME} )?biet (?:het )?roi`, `(?:${ME} )?khong can(?: nua| dau)?`, `(?:${ME} )?${BUSY}`, `(?:cho )?${YOU}`, SOFT, 'lam on', 'please', 'pls', 'thanks', 'thank you',
) // prettier-ignore
const WISH = any(
  `${STOP}(?: co)? ${SENDS}${TO_ME}?(?: tin| nhac)? nua${TO_ME}?`,
  `${any(STOP, 'thoi', 'het')}(?: co)? ${ALWAYS}${TO_ME}?`,
  `${STOP}(?: co)? (?:nhan|gui|viec gui|viec nhan) ${NEWS}${TO_ME}?`,
  `(?:cho )?${any(STOP, 'thoi')} (?:nhan|gui|viec gui)(?: cac)? ${NEWS}${TO_ME}?`,
  `${NO}(?: co)?(?: muon| can| phai| nen| thich)*(?: nhan)? ${any('nhan tin nhac', 'nhan tin', 'nhan', 'nhac nho', 'nhac', `gui ${NEWS}`, `nhan ${NEWS}`, 'spam', 'lam phien', 'quay ray')}${TO_ME}? nua${TO_ME}?`,
  `${NO} (?:muon |can )?(?:nhan )?${REMINDERS}(?: nua)?`,
  `${any(NO, STOP)}(?: muon| can| thich)+ (?:nhan|bi) (?:duoc )?(?:them )?${any(NEWS, 'nhan tin', 'lam phien')}${TO_ME}?`,
  `${any('huy', 'tat', 'bo', 'ngung', 'ngat', 'cham dut')}(?: dang ky)?(?: nhan| gui| viec gui| viec nhan)?(?: cac)? ${NEWS}`,
  'huy dang ky(?: nhan(?: tin)?)?',
  `${any(STOP, NO)}(?: co)? ${any('lam phien', 'quay ray', 'spam')}${TO_ME}?`,
  `de ${ME} yen`,
) // prettier-ignore

const TELL = any('text', 'texting', 'message', 'messaging', 'msg', 'remind', 'reminding', 'write', 'writing', 'contact', 'contacting', 'bother', 'bothering', 'spam', 'spamming', 'send', 'sending') // prettier-ignore
const WHAT = any('messages', 'message', 'reminders', 'texts', 'sms', 'msgs', 'notifications', 'them', 'this', 'these', 'those') // prettier-ignore
const TO_ENGLISH = any('me', 'us', 'to me', 'to us')
const ENGLISH = any(
  `stop(?: it| now)?`,
  `stop (?:all |the |these |those |any |sending )*${WHAT}`,
  `stop ${TELL}(?: ${TO_ENGLISH})?(?: any| more| these| those| the)*(?: ${WHAT})?`,
  `no(?: more)? (?:messages|reminders|texts|notifications|msgs)`,
  `(?:do not|don t|dont|never) ${TELL} ${TO_ENGLISH}(?: any| more| these| the)*(?: ${WHAT})?`,
  `(?:do not|don t|dont|never) (?:text|message|remind)`,
  `i (?:do not|don t|dont) (?:want|need)(?: to get| to receive| any| more| these| your| the)*(?: ${WHAT})`,
  `unsubscribe(?: me)?`,
  'opt(?: me)? out',
  'leave me alone',
  `(?:cancel|turn off|disable|end)(?: the| all| my| these)* (?:reminders|messages|notifications|subscription)`,
  '(?:take|remove) me (?:off|from)(?: the| your| this)?(?: list)?',
)
const ENGLISH_SOFT = any(
  'please', 'pls', 'ok', 'hi', 'hello', 'hey', 'now', 'just', 'again', 'anymore', 'any more', 'thanks', 'thank you', 'can you', 'could you', 'and', 'so', 'i said', 'from you',
  'i m done', 'i am done', 'im done', 'done', 'i m finished', 'i have finished', 'i finished', 'already done', 'i have done it',
) // prettier-ignore

const VIETNAMESE_LINE = new RegExp(`^${some(BEFORE)}${WISH}(?: ${AFTER})*$`)
const ENGLISH_LINE = new RegExp(`^${some(ENGLISH_SOFT)}${ENGLISH}(?: ${ENGLISH_SOFT})*$`)
/** «Sao không nhắn nữa à?» asks why nothing comes, and «không nhấn nữa» speaks of a button. */
const ASKS = /(?<!\p{L})(?:à|hả|hử|ư|sao|why|nhấn|nhân|đúng|dùng)(?!\p{L})/u
/** Long stories are no command. */
const LONGEST = 100

/** «Đừng nhắn nữa», in the ways it is typed: with and without diacritics, politely, with the reason, with the keys of telex left in it. */
export function wantsSilence(text: string): boolean {
  if (text.length > LONGEST) return false
  const typed = text.normalize('NFC').toLowerCase()
  if (ENGLISH_LINE.test(fold(typed))) return true
  if (ASKS.test(typed)) return false
  return linesOf(typed).some((line) => VIETNAMESE_LINE.test(line))
}

/** As it was typed, and with short forms and the keys of telex put right. */
function linesOf(typed: string): string[] {
  return [fold(typed), normalise(typed).join(' ')].map((line) => line.replace(/(?<!\S)nt(?!\S)/g, 'nhan tin'))
}

/** Somebody of the family, by whose own phone it is to be said. */
const FAMILY = 'bo|me|ba|ma|ong|chong|vo|con|bac|co|chu|di|cau|anh|chi|em|chau'
const FOR_OTHERS = new RegExp(
  `^${some(BEFORE)}${any(STOP, NO)}(?: co| muon| can)* ${any('nhan tin', 'nhan', 'nhac', 'gui tin nhan', 'gui tin')}(?: cho)? ` +
    `${any(`(?:bo|me|chong|vo)(?: (?:toi|minh|em|tui|chau|con|nha toi|gia))*`, `(?:${FAMILY})(?: (?:toi|minh|tui|nha toi|gia|ruot|trai|gai|${FAMILY}))+`)}(?: nua)?(?: ${AFTER})*$`,
) // prettier-ignore

/** «Đừng nhắn cho bố tôi nữa»: nobody is silenced by somebody else's word. */
export function wantsSilenceForAnother(text: string): boolean {
  if (text.length > LONGEST || wantsSilence(text)) return false
  return linesOf(text.normalize('NFC').toLowerCase()).some((line) => FOR_OTHERS.test(line))
}
