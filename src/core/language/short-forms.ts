/** Short forms on a phone keyboard and the abbreviations of offices, folded → written out. Words that mean two things are below. */
const TABLE = `
r rr roy oy ui:roi | dc dcj dx duok ddc đc đk dươc đươc dut:duoc | k ko kh khg kog hok hem hk0 kg kong khum hog khoong kh0ng k0 kho0ng hong0 hông0 kô:khong | kdc kodc kdk khdc hokdc kđc:khong duoc
kthay:khong thay | kb kbt kbiet kobiet khb:khong biet | kp kphai:khong phai | ch chx cgua chuwa chuaw chưa:chua | chuadc chdc:chua duoc | cx:cung | xog xg sog xonh:xong
oke oki okie okay okey:ok | lm:lam | dag dg đag:dang | tui tuj toj:toi | mik mk1 mih:minh | j gj gi2 ji:gi | z v vay2 vậy2 zay zậy:vay | vs voj:voi | ng ngta nguoj:nguoi | trc trk:truoc
bnhieu bnhiu bn0 bnh bnhju:bao nhieu | ntn:nhu the nao | tn1 tnao:the nao | lsao lmsao:lam sao | sd:su dung | bik bit bjt bt biet2:biet | mn:moi nguoi | nhg nhug:nhung | nx:nua
ik:di | thik:thich | wen wên quên2:quen | wa:qua | fai:phai | fon fone phone ddt đt dt dthoai dthoại smartphone mobile:dien thoai | dtdd:dien thoai | sdt sđt sodt stdt sodienthoai sdth:so dien thoai
tk tkhoan taikhoan account acc acount:tai khoan | mk mkhau matkhau pass password pasword pw passwd:mat khau | pascode passcod pascod passcoe:passcode
cccd cccđ ccccd cdcd căncước cancuoc:cccd | cmnd cmt cmtnd:cmnd | dinhdanh:dinh danh | ddt2 đđđt dddt ddđt:dinh danh dien tu | dvc dvcong:dich vu cong | dvcqg dvcquocgia:dich vu cong quoc gia | dvctt:dich vu cong truc tuyen
ubnd:uy ban | cap2:cap | bhyt:bao hiem y te | bhxh:bao hiem xa hoi | gplx glx:giay phep lai xe | gtxm:giay to xe | hktt:ho khau thuong tru | tdp:to dan pho | cnscd cnscđ tcnsc:to cong nghe so | nvien:nhan vien | cb:can bo
vnied vneidd vneld vned vne vnei vn-eid vneod vneiđ vnieid vneiđ:vneid | maotp otb opt otpp oto0:otp | qrcode qr-code qr:ma qr | nfcc nfx nf:nfc | tgian tg tjan:thoi gian | hs hso:ho so | gt gto:giay to | ttin tt:thong tin
dky đky dki đki dangky dkí:dang ky | dnhap đnhap đn dn login dangnhap log in0:dang nhap | kh1 kichhoat kichhoạt active activate k.hoat khoat:kich hoat | ttru:thuong tru | capnhat update:cap nhat | tn ttn:tin nhan | sms:tin nhan
hd hdan:huong dan | lq:lien quan | bc:buoc | ck ckhoan:chuyen khoan | stk:so tai khoan | ld luadao:lua dao | ip iphon ifone ip0:iphone | adroid andoid:android | bv:bao ve | bm:bao mat | nhieu2:nhieu | ns:noi | sn:sinh nhat | mng:mang
app aap ap2 ứngdụng ungdung:ung dung | cty:cong ty | hc:hanh chinh | tthc:thu tuc hanh chinh | ttpvhcc:trung tam phuc vu hanh chinh cong | kt:kiem tra | cks:chu ky so | tphcm hcm:sai gon | hn:ha noi | tp:thanh pho | tx:thi xa | tt0:thi tran
m1:muc 1 | m2:muc 2 | ms:moi | lun:luon | dj:di | bh:bay gio | h0:gio | cug:cung | nguiu:nguoi | maý:may | tinnhan:tin nhan | thjk:thich | j2:gi | s sao2:sao | thj thui:thi | nv:nhan vien
`

const SHORT = new Map<string, readonly string[]>(
  TABLE.split(/[|\n]/)
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '')
    .flatMap((entry) => {
      const at = entry.lastIndexOf(':')
      const out = entry.slice(at + 1).split(' ')
      return entry
        .slice(0, at)
        .split(' ')
        .map((word) => [word.normalize('NFD').replace(/\p{M}/gu, '').replace(/đ/g, 'd'), out] as const)
    }),
)

/** Words that stay as they are although they are no syllables. */
const WHOLE = new Set(
  'otp nfc qr vneid cccd cmnd app sms web website link face id faceid gmail email mail google play store iphone samsung oppo vivo xiaomi realme android ios apk zalo facebook wifi 4g 5g 3g sim esim chip passcode vietcombank momo ok the and is my not can card phone code how what where when why do does i to for in on of it a an police scan account password number bank anydesk teamviewer ultraviewer camera video online offline internet livestream tiktok youtube pdf'.split(
    ' ',
  ),
)

export function isWhole(word: string): boolean {
  return WHOLE.has(word)
}

const NO = new Set(['khong', 'chua', 'k', 'ko', 'kh', 'chang', 'hok', 'hong'])
/** What stands behind «dk» when it is «đăng ký». */
const REGISTERED = new Set(
  'muc tai tk vneid dinh dddt tren qua bang cho lan moi online may nhu the nao sao cccd can cuoc app so sim o dau lam 1 2 m1 m2 mk luon lai truoc'.split(
    ' ',
  ),
)

/** A folded word written out in its place between its neighbours; undefined when it is no short form. */
export function writtenOutAt(words: readonly string[], i: number): readonly string[] | undefined {
  const word = words[i]!
  const before = words[i - 1] ?? ''
  const after = words[i + 1] ?? ''
  switch (word) {
    case 'dk':
      if (NO.has(before) || after === '') return ['duoc']
      return REGISTERED.has(after) || before === '' || before === 'muon' || before === 'da' || before === 'cach'
        ? ['dang', 'ky']
        : ['duoc']
    case 'hk':
      return ['co', 'khong', 'ko', 'k', 'so', 'chua', 'cat'].includes(before) ? ['ho', 'khau'] : ['khong']
    case 'cc':
      return ['the', 'lam', 'mat', 'doi', 'cap', 'so', 'thay', 'co'].includes(before) || after === 'cong'
        ? ['cccd']
        : undefined
    case 'ca':
      return ['phuong', 'xa', 'tp', 'tinh', 'huyen'].includes(after) ||
        ['ben', 'gap', 'len', 'ra', 'sdt'].includes(before)
        ? ['cong', 'an']
        : undefined
    case 'can':
      return after === 'cuoc' ? ['cccd'] : undefined
    case 'cuoc':
      return before === 'can' ? [] : undefined
    case 'm':
      return after === '1' || after === '2' ? ['muc'] : undefined
    case 'hong':
      return undefined
  }
  return SHORT.get(word)
}
