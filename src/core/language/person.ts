/**
 * Wishes for a person, by what is wished: to meet or speak with somebody, to be called, somebody's number, somebody to come, or simply no machine.
 * Read on normalised words, so that it knows every way of typing.
 */
const WHO =
  '(?:nguoi|can bo|nhan vien|to truong|to pho|truong (?:cong an|phong|to|khu)|cong an|canh sat|cskv|anh|chi|chu|co|cau|ong|ba|ai|sep|quan ly|lanh dao|chu tich|bo phan|tu van|tu van vien|tinh nguyen vien|tong dai vien|ho tro vien|phu trach|doan vien|thanh nien|to cong nghe|ad|admin|cb|nv)'
const HELPER =
  '(?:nguoi|can bo|nhan vien|ai|ai do|dua|chau|cac chau|ban|cac ban|anh|chi|chu|to truong|phuong|thanh nien|doan vien|tinh nguyen vien|cong an)'
const ME = '(?:toi|em|bac|tui|minh|ba|ong|chau|me|tao|mk|chung toi|nha toi|tau)'
const gap = (most: number) => `(?: \\S+){0,${most}}?`

/** Asked for in so many words. */
const PLAIN = new RegExp(
  [
    `\\b(?:gap|noi chuyen(?: (?:truc tiep|voi|gap))*|noi may|trao doi|ket noi|noi voi|chat voi|chuyen(?: may)?(?: ${ME})? (?:cho|den|qua|sang|toi|gap))${gap(2)} ${WHO}(?! (?:la|yeu|day|nay|do|su co))`,
    `\\b(?:cho|xin|can|muon|bao gio|yeu cau|de nghi|duoc)${gap(2)} (?:gap|noi chuyen|hen gap)(?: (?:truc tiep|gap|ngay|lai|di|voi|a))*$`,
    `\\b(?:cho|xin|can|co|tim)${gap(3)} (?:so|so dien thoai|sdt|zalo|lien he|lien lac)(?: cua)?${gap(1)} (?:can bo|to truong|nguoi|anh|chi|ai do|ong to|phu trach|cb)\\b`,
    `\\b(?:nho|can|cho|cu|bao|keu|moi|xin|phien|mong|kieu|kiu|bieu|co|nhan)${gap(2)} ${HELPER}${gap(4)} (?:qua|den|toi|xuong|ve|sang|ghe)(?: tan)?(?: nha| noi| lam| giup| gium| chi| huong dan| xem| ho| cho|$)`,
    `\\b(?:nho|phien|keu|bao|nhan|moi|xin|mong|hen|de nghi|cho|cu)${gap(3)} (?:can bo|nhan vien|ai|ai do|nguoi|to truong|anh|chi)${gap(2)} (?:goi|dien|alo)\\b(?! (?:xung|la|bao|den|cho (?:vo|chong|me)))`,
    `^(?:\\S+ ){0,4}?(?:goi|dien|alo|goi dien)(?: lai| dien)?(?: cho)? ${ME}(?: (?:di|nhe|voi|nha|a|nghen|duoc khong|gap|ngay|lai|cai|nhe|vs|duoc|khong))*$`,
    `^(?:\\S+ ){0,3}?goi lai(?: (?:di|nhe|voi|nha|a|giup|duoc|khong|toi|cho))*$`,
    `\\b(?:khong|chan|dung|thoi|het|chu khong|ngung|dep|bo|ghet|met)${gap(4)} (?:bot|robot|may moc|tu dong|(?:noi|chat|hoi|nhan|tra loi|nghe|can|thich|noi chuyen)(?: tin)?(?: (?:voi|vs|qua|chuyen))? may|voi may|chan may|may tra loi)(?! (?:nha|cua|em|toi|tinh|ban|cu|khac|giat|bom|in|nay))`,
    `^(?:thoi )?chan (?:may|bot|robot)\\b`,
    `\\b(?:co|con|cho|the)? ?ai (?:o (?:do|day|kia)|(?:dang )?truc|tra loi|tiep|phu trach (?:to|khu|o|vu|viec)|ranh)`,
    `^(?:a lo |alo |ad |oi )*(?:co|con) (?:ai|nguoi)(?: nao| day| do| that)?(?: (?:khong|giup|ranh|truc|chi|lam|huong dan|giai thich|nghe|ho tro)(?: (?:duoc|toi|em|bac|me|ba|ong|tui|minh|khong|nao|voi|ho|a|vay|gium))*)*$`,
    `\\b(?:can bo|nhan vien|ad|admin|nguoi that|tu van vien) (?:dau|o dau roi|dau roi|oi (?:tra loi|giup|rep))`,
    `\\b(?:khong (?:thay |co )?(?:ai|nguoi nao)|bao gio (?:moi )?(?:co|thay) (?:ai|nguoi)|cho mai khong thay)${gap(2)} (?:tra loi|rep|nghe may|nhan tin|tiep|giup)`,
    `\\b(?:can|muon|nho|tim)(?: co)?(?: mot| 1| cai)? ?(?:nguoi|ai do|tinh nguyen vien|tu van vien|ho tro vien|ban tinh nguyen|nhan vien)(?:$|${gap(2)} (?:giup|ho tro|huong dan|cam tay|that|noi|nghe|qua|den|toi|di|co|biet viec|vien|chu|khong can))`,
    `\\b(?:gap|goi|cho|can|tim|tra loi|la) nguoi (?:that|thiet|co trach nhiem|phu trach|biet viec)\\b`,
    `^(?:xin |nho )?(?:ai|to truong|can bo|anh chi|chi|anh)(?: do| nao| oi| can bo| chi)* (?:giup|giai thich|chi|lam ho|doc)(?: (?:cho|gium|ho))* ?${ME}`,
    `^(?:nho |xin )?(?:lam|doc|bam) (?:ho|giup|gium)(?: (?:toi|em|bac|tui|me|ba|minh|voi|di|duoc|khong|a|nhe|cai|nay))*$`,
    `\\bgiup (?:me|ba|ong|bo|bac|toi|em|cu)(?: \\S+)? (?:voi|vs)\\b`,
    `\\b(?:hoi|hen|bao|gap|lien he|moi) (?:truc tiep )?(?:can bo|nhan vien)(?! (?:la|thi|bao))(?: (?:may cau|chu khong|lich|toi nha|la toi|duoc|giup|xuong|den))`,
    `\\b(?:huong dan|chi|ho tro|giup|noi chuyen) truc tiep\\b(?! (?:tren|o (?:phuong|dau)))`,
    `\\b(?:toi|den|xuong|qua) (?:tan )?(?:noi|nha) (?:giup|ho tro|huong dan|lam giup|chi)\\b`,
    `\\bai (?:do )?(?:goi|nhan|rep|giup|chi|xuong|qua|den|ranh|lam ho|giai thich)\\b`,
    `^(?:phuong |ben )?(?:cu|dieu|phai) (?:nguoi|can bo|ai)\\b`,
    `\\bde lai so\\b`,
    `\\b(?:nho|moi|keu|bao) (?:to truong|can bo|to pho|chau|anh|chi) (?:qua|sang|xuong|den|toi) nha`,
    `\\b(?:rep|tra loi) (?:di|voi|toi|em|bac)(?: voi)?$`,
  ].join('|'),
)
const ENGLISH =
  /\b(?:(?:talk|speak|chat|connect(?: me)?|transfer me|put me)(?: \w+)? (?:to|with|through) (?:a |an |the |some |any |real )*(?:person|human|someone|somebody|staff|officer|agent|operator|man|woman|anyone|representative|police)|who can i (?:talk|speak)|real (?:person|human)|human(?: please| agent)?$|^(?:agent|operator|human|staff|representative)(?: please)?$|call me(?: back)?(?: please)?$|(?:someone|somebody|anyone|staff|officer) (?:can |could |to |please )?(?:call|phone|ring)(?: me)?(?: back)?|(?:is |there )?(?:anyone|anybody|someone) (?:there|here|available)|(?:number|contact|phone) (?:\w+ )?(?:of|for) (?:the )?(?:person|officer|staff|leader)|need (?:a |an |some )?(?:staff|person|human|operator|agent|help from)|(?:someone|somebody|volunteer|staff|person|officer) (?:\w+ )?(?:come|visit|help (?:my|me|her|him) (?:\w+ )?(?:in person|at home)|to help)|want (?:a |to see a )?(?:human|person)|(?:do not|dont|don t|khong|no) (?:\w+ )*(?:bot|robot|machine))\b/

/** What is asked about a person rather than asking for one: where to go, whom the law means, what callers say. */
const ABOUT =
  /\b(?:gap (?:loi|van de|kho|su co|rac roi|truc trac)|(?:o dau|may gio|khi nao|bao lau|can gi|giay to gi|mang (?:theo )?gi|duoc khong nhi)|co phai (?:gap|den|ra)|thi gap ai|luu dong|xung (?:la )?cong an)\b/

/** Whether normalised words wish for a person; `plainly`: nothing in them points elsewhere. Null when they do not. */
export function wishForPerson(words: readonly string[]): { plainly: boolean } | null {
  const line = words.join(' ')
  if (!PLAIN.test(line) && !ENGLISH.test(line)) return null
  return { plainly: !ABOUT.test(line) && words.length <= 12 }
}
