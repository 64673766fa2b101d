import type { ScamKind } from './scam-kinds.js'

/**
 * What swindlers do and what comes of it, told without the word that names it: who acts, what is wanted, what happened then.
 * Each of them only makes suspicious; what was learned decides with it.
 */
const THEY =
  '(?:no|ho|bon|tui no|chung no|chung|nguoi ta|han|bon han|anh ta|co ta|anh ay|co ay|anh kia|chi kia|ong kia|ong ta|may ong|may dua|ai|ai do|co ai|co nguoi|nguoi la|nguoi goi|ke|thang|dua|co dua|ong|ba|thieu ta|trung uy|dai uy|can bo|cong an|ngan hang|tong dai|shipper|anh|chi|co|cau)'
const WANT =
  '(?:bao|doi|bat|keu|kiu|bieu|xin|hoi|ep|du|nho|muon|xui|giuc|doa|can|moi|yeu cau|de nghi|huong dan|noi|lay|thu|chi can)'
const SECRET =
  '(?:ma|otp|ma otp|mat khau|passcode|pin|so the|so tai khoan|so du|can cuoc|cccd|so bi mat|6 so|sau so|khuon mat|hinh|anh|sim|giay khai sinh)'
const GAVE =
  '(?:lo|lo dai|trot|da|vua|nghe|moi|lo tay|dai dot|ngu|tin|toi|em|bac|tui|me|ba|bo|ong|minh|vo|chong)(?: \\S+){0,2}? (?:doc|dua|cho|gui|cung cap|nhap|dien|khai|noi|chuyen|bam|cai|tai|lam theo|nghe loi|nghe theo|bat|quet|nghe may)'
const words = (...parts: string[]) => new RegExp(`\\b${parts.join('\\b(?: \\S+){0,7}? ?\\b')}\\b`)

/** Deeds that nobody tells of who was not deceived. */
export const UNMISTAKABLE: readonly (readonly [ScamKind, RegExp])[] = [
  ['code', /\b(?:lo|trot|lo dai|dai dot|dai qua|lo tay)\b(?: \S+){0,3}? \b(?:doc|dua|cho|gui|khai|noi|cung cap)(?: (?:cai|may|ca|het|luon|no|ho))* (?:ma|otp|mat khau|passcode|so the|so tai khoan|anh can cuoc|hinh can cuoc)\b/],
  ['code', /\b(?:nhap|dien|khai|dang nhap)\b(?: \S+){0,5}? \b(?:mat khau|otp|so the|so tai khoan)\b(?: \S+){0,4}? \b(?:vao|tren|o)\b(?: \S+){0,2}? \b(?:trang|web|link|duong dan)\b(?: \S+){0,2}? \b(?:gia|giong|la|ho|no|do)\b/],
  ['remote', /\bchi\w{1,5} quyen (?:dieu khien )?(?:roi|may|dien thoai|mat|het)|\bbi chi\w{1,5} quyen\b/],
] // prettier-ignore

export const MISDEEDS: readonly (readonly [ScamKind, RegExp])[] = [
  ['lost', /(?<!\b(?:khoi|tranh|so|khong|keo|hay|de|khoi bi|de khong|phong|chong) )\b(?:bi (?:gat|lua|mac bay|sap bay|dinh bay|hack|lua dao)|mac bay|sap bay|dinh bay|gap lua dao|mac lua|lua (?:toi|em|bac|tui|lay|mat|het|e)|moi biet (?:la )?(?:gia|lua))\b/],
  ['lost', /\b(?:tien|tiet kiem|tai khoan|tk|the|ngan hang|nh|so du|luong huu)\b(?: \S+){0,5}? \b(?:bi tru|tru tien|tru het|tru sach|bi rut|mat sach|mat het|bay|bi vet|trong tron|0 dong|khong dong|het sach|trong rong|bien mat)\b/],
  ['lost', /\b(?:thi|thay|lai|xong|roi|gio|bi) (?:thay |lai |bi )?(?:mat|tru|bay) (?:het |sach |may |muoi )?(?:tien|trieu|\d)/],
  ['lost', /\bmat (?:sach|het|tieu|toi)(?: sach| het)? (?:tien|tai khoan|\d|tiet kiem|von)/],
  ['lost', /\b(?:trinh bao|to cao|bao cong an)\b(?: \S+){0,4} \b(?:lua|mat tien|ke gian)\b/],
  ['code', words(GAVE, SECRET, '(?:cho (?:no|ho|nguoi|thang|ke|han|can bo|cong an|anh|ai)|roi|mat roi|co sao|nguy hiem|lam sao|gio)')],
  ['code', /\b(?:lo|trot|lo dai|cup may)\b(?: \S+){0,4}? \b(?:doc|dua|cho|gui|khai|cung cap|noi) (?:cai |may |ca )?(?:ma|so|otp|mat khau|can cuoc|thong tin|anh|hinh)\b/],
  ['caller', /\b(?:nghe loi|nghe theo|lam theo|tin loi|tin) (?:loi |huong dan |theo )*(?:no|ho|nguoi ta|bon|cb|can bo|nguoi goi|tui no|ke|nguoi la)\b/],
  ['caller', /\b(?:nghe may|nghe dien thoai)\b(?: \S+){0,3}? \blam theo\b/],
  ['code', words(THEY, WANT, SECRET)],
  ['code', words(WANT, SECRET, '(?:kich hoat ho|lam giup|lam ho|cho ho|cho no|qua dien thoai|de nhan)')],
  ['code', /\b(?:co nen|nen) (?:doc|dua|cho|gui|tin|cung cap|lam theo|nghe)\b/],
  ['caller', /\b(?:no|ho|bon|chung|nguoi ta|nguoi goi|han)\b(?: \S+){0,2} \b(?:biet|co) (?:het |ro |ca |dung )*(?:thong tin|ten|so can cuoc|hinh|mat|anh)\b/],
  ['caller', /\b(?:lua dao|cong an gia|ke gian|can bo gia|ke xau|ke lua|gia cong an|gia danh|gia lam|gia vo)\b(?: \S+){0,3}? ?\b(?:goi|nhan|dang|xin|vay|hoi|nho)/],
  ['caller', /\b(?:ho|no|nguoi ta|nguoi goi|anh ta|anh ay|cong an|ong)\b(?: \S+){0,3}? \b(?:dang )?(?:cho may|giu may|doi may|hen(?: \S+){0,4} goi lai|goi lai lay)\b/],
  ['caller', /\b(?:dang|dang bi|lai)? ?(?:noi chuyen|nghe may|nghe dien thoai|doc|lam theo)\b(?: \S+){0,3}? \b(?:voi (?:ai|nguoi la|nguoi)|nguoi la|cong an|ai do|cho ai)\b/],
  ['caller', /\b(?:bi|no|ho|nguoi ta|tui no)\b(?: \S+){0,2}? ?\bdoa\b|\bdoa (?:khoa|cat|bat|phat|kien|tung)\b/],
  ['caller', /\b(?:cam|khong (?:duoc|cho)|dung) (?:toi |em |bac |ba |me )?(?:ke|noi|bao|cup may|tat may|tiet lo)(?: (?:cho|voi|ra))*(?: (?:ai|con|con cai|nguoi nha|gia dinh|vo|chong)|$)/],
  ['caller', /\b(?:no|ho|nguoi ta) (?:bao|noi)\b(?: \S+){0,3} (?:khong lam|neu khong)\b(?: \S+){0,2}? \b(?:khoa|phat|cat|bat)\b|\b(?:khong lam|khong cap nhat|neu khong)\b(?: \S+){0,4}? \b(?:bi khoa|se khoa|thi khoa|cat luong|cat tro cap|bi bat)\b/],
  ['caller', /\b(?:lenh bat|rua tien|tai khoan (?:an toan|tam giu)|thu moi gia|dau do)\b/],
  ['caller', words('(?:hen gap|hen len|hen ra|moi len|gap o phuong)', '(?:lam online|qua dien thoai|lam luon|zalo|mo khoa)')],
  ['caller', words(WANT, 'muon', '(?:samsung|android|may android)')],
  ['caller', /\bmuon (?:may |dien thoai |cai )*(?:samsung|android)\b/],
  ['caller', words(THEY, '(?:noi|bao|keu|bieu)', '(?:du lieu|ho so|thong tin|he thong)', '(?:sai|loi|thieu|chua (?:co|len|dong bo|cap nhat)|khong co)')],
  ['remote', /\b(?:man hinh|may|dien thoai|app|chu)\b(?: \S+){0,8}? \b(?:dung|treo|do|ket|dong bang|chay|hien)\b(?: (?:o|o muc|den|toi|im))* \d{1,3}(?: phan tram| %|\b)/],
  ['remote', /\b(?:man hinh|may|dien thoai)\b(?: \S+){0,6}? \b(?:den thui|den si|khoa cung|do luon|don do|cung do)\b|\b\d{1,3} (?:phan tram )?(?:roi )?(?:do|dung|treo)(?: luon| im|$)/],
  ['remote', /\b(?:bo cong an|cong an)\b(?: \S+){0,3}? \bkhong (?:thoat|tat)\b/],
  ['remote', /\b(?:tu|cu tu) (?:mo|bam|chay|nhan|go|chuyen|tat)(?: (?:app|ung dung|len|lung tung|ngan hang))|\b(?:gian diep|chiem (?:quyen|may|dien thoai)|ctrl|control\w*|dieu khien|ma nhap)\b/],
  ['money', /\b(?:nhan lam|lam ho|lam (?:can cuoc|dinh danh|muc 2|vneid))\b(?: \S+){0,5}? \b(?:thu|lay|coc|chuyen|gia|phi|nop) (?:\S+ )?(?:coc|tien|\d|phi|truoc)/],
  ['money', words('(?:cong tac vien|quang cao|fanpage|facebook|zalo)', '(?:coc|thu tien|vay tien|vay|mat khau|anh can cuoc|xin anh)')],
  ['money', words('(?:nop|dong|chuyen|coc|xin|vay)', '(?:tien|coc|phi|le phi)', '(?:truoc|qua|cho ho|cho no|cho nguoi|tai khoan|zalo|facebook|an toan)')],
] // prettier-ignore

export const ENGLISH_MISDEEDS: readonly (readonly [ScamKind, RegExp])[] = [
  ['remote', /\b(?:controlling|control of|took over|taking over)\b.*\b(?:phone|screen)\b|\b(?:screen|phone)\b.*\b(?:frozen|freezes?|stuck|locked|black)\b.*\b(?:\d+|install\w*|app|empty|officer|account)\b/],
  ['caller', /\b(?:warrant|arrest|money laundering)\b|\b(?:threaten\w*|pretend\w*|fake) .*\b(?:police|officer|me|arrest)\b|\b(?:man|woman|guy|caller|he|she|they) .*\b(?:on the phone|keeps? (?:calling|pushing))\b/],
  ['code', /\b(?:should|can|do) i (?:tell|give|send|read|share)\b.*\b(?:him|her|them|caller|officer|otp|code|password)\b|\b(?:he|she|they|caller|officer) (?:is|are|was|were|keeps?|wants?|asks?|asked|needs?)\b.*\b(?:otp|code|pin|password|card|photo)\b/],
  ['lost', /\b(?:account|money|savings?|balance)\b.*\b(?:empty|gone|stolen|missing|zero|disappeared)\b|\b(?:scammed|swindled|tricked|phished)\b/],
] // prettier-ignore
