import { fold } from './fold.js'
import { ENGLISH_MISDEEDS, MISDEEDS, UNMISTAKABLE } from './misdeeds.js'
import { normalise } from './normalise.js'
import type { ScamKind } from './scam-kinds.js'

/** Addresses that a genuine message may name, and the shops that the app comes from (domain.md 3.6, §5). */
const GENUINE_HOSTS = [
  /(^|\.)vneid\.gov\.vn$/,
  /(^|\.)dichvucong\.gov\.vn$/,
  /^play\.google\.com$/,
  /^apps\.apple\.com$/,
]
const LINK =
  /(?:https?:\/\/|www\.)?((?:[a-z0-9-]+\.)+(?:vn|com|net|org|info|top|cc|xyz|apk|me|ly|online|site|vip|shop|club|gl|link|icu|tk|app|asia|io|co))(?![a-z0-9@-])/giu
/** The words of the one genuine message (domain.md 3.6). */
const APPROVED = /\bho so dang ky tai khoan dinh danh dien tu cua cong dan .* da duoc phe duyet\b/
/** What the genuine message does not have: a number to call. */
const NUMBER_TO_CALL = /⟦phone⟧|\b(?:phone|goi|lien he|zalo|hotline|1900|1800|0\d{8,})\b/
const SENDER = /\bcuc canh sat qlhc\b/

const OFFICIAL =
  '(?:cong an|ca phuong|can bo|canh sat|bo cong an|vien kiem sat|toa an|nhan vien|uy ban|phuong|ngan hang|dieu tra|cskv|khu vuc|dan cu|tong dai|vneid|dinh danh|co quan|thue|buu dien|bao hiem|shipper|dien luc|cuc)'
const SOMEBODY =
  '(?:co nguoi|co ai|ai do|co so|so la|nguoi la|co thang|co dua|mot nguoi|1 nguoi|co ong|co ba|co anh|co chi|co co|co mot|co 1|ho|no|bon no|nguoi ta|ben do|ben kia|dau day|nguoi goi|ke|thang|dua nao|anh ta|co ta|chung no|may dua|may thang|ong nao|co cuoc|cuoc goi|nguoi tu|co may)'
const CALLS = '(?:goi|goi dien|alo|nhan tin|ket ban|nhan zalo|zalo|lien he|phone|dien|goi den|video)'
const ASKS =
  '(?:bao|doi|yeu cau|bat|keu|xin|hoi|ep|du|huong dan|nho|moi|de nghi|hoi thuc|giuc|noi|xui|gui|bieu|kiu|hem|doa)'
const CODE =
  '(?:ma otp|otp|ma xac nhan|ma xac thuc|ma kich hoat|ma so|mat khau|passcode|ma pin|doc ma|doc so|doc cho|cho ma|gui ma|cung cap ma|lay ma|may cai ma|cai ma|so cccd|so the|so can cuoc|so dinh danh|anh cccd|anh the|chup cccd|chup the|chup hai mat|so tai khoan|thong tin ca nhan|khuon mat|quet mat|ma)'
const INSTALL =
  '(?:cai app|cai ung dung|tai app|tai ung dung|tai phan mem|cai phan mem|cai file|tai file|cai vneid|tai vneid|cai dat|link|duong link|duong dan|apk|bam vao|truy cap|vao trang|vao web|ma qr|quet ma|app la|ung dung la|cap nhat vneid|update vneid|dang nhap)'
const MONEY =
  '(?:chuyen khoan|chuyen tien|nop tien|nop phi|dong phi|dong tien|nop phat|le phi|phi|tien|chuyen \\d+|\\d+ (?:k|nghin|trieu|tr|dong))'
const near = (...parts: string[]) => new RegExp(`\\b${parts.join('\\b(?: \\S+){0,9}? ?\\b')}\\b`)

const LOST = new RegExp(
  [
    '\\b(?:bi|vua|moi|da|lo|trot|lo tay) (?:lua|mat sach|mat het tien|bi lua|mat tien|hack|chiem|danh cap|tru tien|tru het|rut het|rut sach|bay|boc hoi)',
    '\\b(?:tien|tai khoan(?: ngan hang)?)\\b(?: \\S+){0,5}? \\b(?:bi tru|bi rut|bi mat|bay mat|bay sach|boc hoi|bi chuyen|het sach|khong con dong nao|mat sach|mat het|bi hack)',
    '\\b(?:lo|trot|vua|da|moi|toi|minh|em|bac|me|bo|ba|ong) (?:tay )?(?:doc|bam|cai|tai|chuyen|gui|cho|dua|cung cap|nhap|click|an|bi dien)\\b(?: \\S+){0,7}? \\b(?:cho no|cho ho|cho nguoi|link la|link do|vao link|cai link|file apk|app la|otp cho|ma cho|ma otp (?:cho|roi)|tien cho|roi so qua|gio so|so bi lua|so bi)',
    '\\b(?:hack|chiem|chiem doat|danh cap|an cap|cuop)\\b(?: \\S+){0,2} (?:tai khoan|nick|zalo|facebook|vneid|dien thoai|so dien thoai|thong tin)\\b',
    '\\blua (?:mat|het|lay|cua)\\b',
    '\\bbi lua (?:roi|mat|het|tien)\\b',
    '\\bmat (?:het |sach )?tien (?:trong|o) (?:tai khoan|ngan hang|the)\\b',
  ].join('|'),
)
const REMOTE =
  /\b(?:teamviewer|anydesk|any desk|team viewer|ultraviewer|ultra viewer|dieu khien (?:tu xa|dien thoai|may)|chia se man hinh|share man hinh|chiem quyen|chiem man hinh|tu chay|may tu bam|giu man hinh sang|(?:bat|bao|doi|yeu cau)(?: \S+){0,2} giu (?:may|dien thoai|man hinh)|(?:dung|khong (?:duoc|cho)) tat (?:may|nguon|man hinh|dien thoai)|remote (?:control|access)|screen sharing|share (?:my|the|your) screen)\b/
const THREATS =
  /\b(?:khoa tai khoan|bi khoa|bi phat|lenh bat|rua tien|dieu tra|trieu tap|vo hieu hoa|ngung cap|cat dich vu|qua han se)\b/

const STORIES: readonly (readonly [ScamKind, RegExp])[] = [
  ['code', near(SOMEBODY, ASKS, CODE)],
  ['code', near(CALLS, ASKS, CODE)],
  ['code', near(OFFICIAL, `(?:goi|nhan|alo|zalo|${ASKS})`, '(?:otp|doc ma|ma xac|mat khau|passcode|ma pin|anh cccd|anh the|chup the|chup cccd|so tai khoan)')],
  ['link', near(SOMEBODY, ASKS, INSTALL)],
  ['link', near(CALLS, ASKS, INSTALL)],
  ['link', near('(?:gui|nhan duoc|nhan|co tin nhan|tin nhan|zalo|nhan tin)', '(?:link|duong link|duong dan|file apk|apk|file)')],
  ['link', /\b(?:file )?apk\b/],
  ['money', near(SOMEBODY, ASKS, MONEY)],
  ['money', near(CALLS, ASKS, MONEY)],
  ['caller', near(SOMEBODY, CALLS, `(?:xung|tu xung|tu nhan|bao|noi|la|nhan la|gioi thieu|ten la|mao danh|gia danh)(?: \\S+){0,3}? ?${OFFICIAL}`)],
  ['caller', near('(?:tu xung|xung la|xung|tu nhan|nhan la|mao danh|gia danh|gia lam)', OFFICIAL)],
  ['caller', near(OFFICIAL, '(?:goi dien|goi den|goi cho|goi bao|goi video|goi zalo|vua goi|moi goi|ket ban zalo|dang goi|goi toi|goi me|goi bo|goi ba|goi ong|goi em)')],
  ['caller', near(SOMEBODY, CALLS, '(?:sua loi|cap nhat|dong bo|kich hoat|ho so|cccd|dinh danh|vneid|ho khau|thuong tru|lam ho|lam giup)')],
] // prettier-ignore
const ENGLISH: readonly (readonly [ScamKind, RegExp])[] = [
  ['lost', /\b(?:i|we|she|he|they|my \w+) (?:was|were|got|have been|has been|lost|sent|transferred|already|just|gave|paid)\b.*\b(?:scam(?:med)?|money|code|otp|bank|hacked|clicked|installed)\b/],
  ['code', /\b(?:call(?:ed|er|ing|s)?|police|officer|someone|somebody|man|woman|stranger|they)\b.*\b(?:ask(?:s|ed|ing)?|want(?:s|ed)?|need(?:s|ed)?|told|tell(?:s|ing)?|demand(?:s|ed)?|says?|said)\b.*\b(?:otp|code|password|passcode|photo of my|picture of my|bank)\b/],
  ['link', /\b(?:call(?:ed|er|ing|s)?|police|officer|someone|somebody|sms|text|message|they)\b.*\b(?:link|apk|install|download|app)\b/],
  ['money', /\b(?:call(?:ed|er|ing|s)?|police|officer|someone|somebody|they)\b.*\b(?:transfer|pay|fee|money|fine)\b/],
  ['caller', /\b(?:call(?:ed|er|ing|s)?|phoned|rang)\b.*\b(?:claim|says? (?:he|she|they)|said (?:he|she|they)|police|officer|pretend)\b/],
] // prettier-ignore

/** Questions about swindles in general, and about what has a place of its own: nobody is being deceived just now. */
const GENERAL =
  /\b(?:lam sao (?:de )?(?:biet|nhan biet|phan biet|tranh)|cach nhan biet|nhan biet|dau hieu|cac chieu|chieu tro|thu doan|thuong (?:goi|lua|gia)|phong (?:tranh|chong)|can (?:than|canh giac)|how (?:can|do) i (?:tell|recogni[sz]e|spot|know)|co bao gio|co hay|co goi dien|co goi cho dan|co yeu cau)\b/
/** What makes even such a question a story: it happens here and now. */
const NOW =
  /\b(?:vua|moi|dang|sang nay|chieu nay|hom nay|hom qua|toi qua|nay co|luc nay|toi duoc|em duoc|cho toi|goi toi|goi em|goi bac|goi me|cho me|just|now|right now)\b/

/** Said by those who tell of others, or want to know beforehand: general whatever happened yesterday. */
const NOT_ME =
  /\b(?:(?:minh|toi|bac|em|chau|nha (?:minh|toi)) chua bi|muon biet truoc|biet truoc de|de (?:con )?(?:tranh|phong)|ma tranh|nghe (?:ke|dai|tivi|loa)|ke chuyen)\b/

/** Whether normalised words ask about swindles in general and tell of none. */
export function asksInGeneral(words: readonly string[]): boolean {
  const line = words.join(' ')
  return NOT_ME.test(line) || (GENERAL.test(line) && !NOW.test(line))
}

/** The hosts of the links in a text that are none a genuine message may name. */
function strangeHosts(text: string): string[] {
  return [...text.matchAll(LINK)]
    .filter((match) => text[match.index - 1] !== '@')
    .map((match) => match[1]!.toLowerCase())
    .filter((host) => !GENUINE_HOSTS.some((genuine) => genuine.test(host)))
    .filter((host) => !/^(?:gmail|yahoo|icloud|outlook|hotmail)\.com$/.test(host))
}

/** What of a text is a link to nowhere official: `.gov.vn` is the State's, everything else in a pasted message is not. */
function hasStrangeLink(text: string): boolean {
  return strangeHosts(text).some((host) => !host.endsWith('.gov.vn') || /vneid|dichvucong|bocongan/.test(host))
}

/** True for a pasted message in the one genuine form, with no other link and no number to call (domain.md 3.6). */
export function isGenuineApproval(text: string): boolean {
  const line = fold(text)
  return APPROVED.test(line) && !hasStrangeLink(text) && !NUMBER_TO_CALL.test(line)
}

/** A scam story by its words; `sure`: by something no honest message holds, so that nothing else need speak for it. */
export interface Suspicion {
  kind: ScamKind
  sure: boolean
  /** By the deed alone, which much that is harmless shares: what was learned must lean the same way. */
  vague?: boolean
}

/** The scam story that a text tells; null for none. Runs on the masked text, before anything else of a turn. */
export function scamIn(text: string): Suspicion | null {
  if (isGenuineApproval(text)) return null
  const folded = fold(text)
  const words = normalise(text)
  // «Họ» in these is a household or half a word, not «they».
  const line = words.join(' ').replace(/\bho (?=ngheo|can ngheo|tro|chieu|kinh doanh|gia dinh)/g, 'ho-')
  // The one message that is genuine, told or pasted by half: only what it asks for beyond the app and vneid.gov.vn makes it a forgery.
  const forged = hasStrangeLink(text) || NUMBER_TO_CALL.test(folded)
  if (APPROVED.test(folded) || SENDER.test(folded)) return forged ? { kind: 'message', sure: true } : null
  if (hasStrangeLink(text))
    return {
      kind: THREATS.test(folded) || /vneid|dinh danh|cccd|can cuoc/.test(folded) ? 'message' : 'link',
      sure: true,
    }
  const general = asksInGeneral(words)
  if (LOST.test(line) && !general) return { kind: 'lost', sure: false }
  if (REMOTE.test(line) && !general) return { kind: 'remote', sure: true }
  if (general) return null
  if (/\b(?:file )?apk\b/.test(line)) return { kind: 'link', sure: true }
  for (const [kind, deed] of UNMISTAKABLE) if (deed.test(line)) return { kind, sure: true }
  for (const [kind, story] of [...STORIES, ...ENGLISH]) if (story.test(line)) return { kind, sure: false }
  for (const [kind, deed] of [...MISDEEDS, ...ENGLISH_MISDEEDS])
    if (deed.test(line)) return { kind, sure: false, vague: true }
  return null
}
