/**
 * What is the same thing under many names, as normalised words. A concept and every pair of concepts of a message are features of the
 * classifier: «mã xác thực chả thấy đâu» and «otp không về» share no word and are the same question.
 */
const TABLE = `
otp: otp, ma xac nhan, ma xac thuc, ma kich hoat, ma gui ve, ma so, cai ma, ma tin nhan, ma 6 so, nhan ma, nhap ma, gui ma, ma ve, ma khong ve, lay ma, verification code, the code, code, ma bao mat
password: mat khau, password, mat ma
passcode: passcode, ma pin, 6 so, sau so, 6 chu so, ma 6 so, pin
secretq: cau hoi bao mat, cau hoi bi mat, cau tra loi bao mat, security question, security questions, cau hoi
forgot: quen, khong nho, chang nho, k nho, khong con nho, lang quen, mat tieu, khong nho ra, forgot, forgotten, forget, lost my password, nho khong ra, khong nho noi
nfc: nfc, quet the, quet chip, chip, ap the, doc the, doc chip, quet nfc, de the, dat the, scan the card, tap the card, scan card, read my card, quet can cuoc, quet cccd, dua the
nonfc: khong co nfc, khong ho tro nfc, may khong nfc, no nfc, without nfc, khong co chuc nang nfc, khong thay nfc
qr: ma qr, qr, ma vach, quet ma, qr code, o vuong
face: khuon mat, chan dung, chup anh, chup hinh, chup mat, anh mat, nhan dien, selfie, face, photo, portrait, quet mat, guong mat, mat minh, chup lai, chup chan dung, anh bi, chup mai, xac thuc khuon mat
level1: muc 1, level 1
level2: muc 2, level 2
eid: dinh danh, dinh danh dien tu, vneid, electronic identification, e id, eid
card: cccd, cmnd, the, chung minh, chung minh thu, id card, identity card, chip card, the chip, can cuoc
cmnd: cmnd, chung minh, chung minh thu, chung minh nhan dan, 9 so
register: dang ky, tao tai khoan, mo tai khoan, lap tai khoan, register, sign up, registration, create an account, dk
activate: kich hoat, activate, activation
overdue: qua han, qua 7 ngay, 7 ngay, het han kich hoat, qua ngay, lau roi chua kich hoat, qua thoi han, tre han
already: da kich hoat, da duoc kich hoat, da dang ky, da ton tai, already
login: dang nhap, log in, sign in, vao app, vao lai, vao tai khoan, login
portal: dich vu cong, cong dich vu, cong quoc gia, dvc, dichvucong, public service, portal, dich vu cong quoc gia, dich vu cong truc tuyen
oldaccount: tai khoan cu, tai khoan truoc, bang sim, bang bhxh, ma so bao hiem, tai khoan bao hiem, dang ky truoc day, tao truoc day, tao hoi truoc, tao tu, tk cu, old account, thue bao
phone: dien thoai, may, so dien thoai, sim, phone, so may
number: so dien thoai, sim, so may, phone number, so di dong, dau so, so cu, so moi
change: doi, thay, chuyen, cap nhat, sua, change, update, new number
newphone: doi may, may moi, dien thoai moi, doi dien thoai, mua may moi, thay dien thoai, may khac, 2 may, hai may, hai dien thoai, may cu, thiet bi, new phone, another phone, two phones, other device, device, len doi, thay may
lostphone: mat dien thoai, roi dien thoai, bi mat may, mat may, trom dien thoai, bi giat dien thoai, mat cap dien thoai, lost my phone, stolen phone, phone was stolen, danh roi may, bi cuop dien thoai, moc tui, mat trom, bi trom
shared: dung chung, chung so, chinh chu, khong chinh chu, dung ten, ten nguoi khac, cua con, cua vo, cua chong, so cua con, sim cua con, so da duoc dang ky, so da co nguoi, so da ton tai, share, same number, so nguoi khac, sim con gai, sim con trai, mot so, 1 so
locked: bi khoa, khoa tai khoan, mo khoa, tam khoa, vo hieu hoa, locked, unlock, blocked, khoa vneid, bi lock, khoa roi
lost: mat, roi, danh mat, that lac, lost, lam mat, lam roi, rot
broken: hong, gay, vo, xuoc, mo so, bong, cong, hu, nut, tray, broken, damaged
reissue: cap lai, lam lai, xin lai, reissue, replacement, replace
newcard: lam the, lam moi, cap moi, lam cccd, cap the, lan dau, lam can cuoc, first card, get a card, apply for a card, lam lan dau
expired: het han, qua han, het hieu luc, con han, thoi han, expired, expire, valid, het date, con gia tri, den han
fee: le phi, phi, bao nhieu tien, mat tien, ton tien, dong tien, het bao nhieu, mien phi, gia, tien, fee, cost, how much, free, charge, co ton, mat phi, nop tien, tra tien, tien nong
when: bao lau, bao gio, khi nao, may ngay, may hom, how long, when, ngay nao, may tuan, may thang, luc nao
where: o dau, cho nao, noi nao, dau, den dau, ra dau, where, which office, dia diem, dia chi, lam o dau, len dau
bring: mang gi, mang theo, can gi, giay to gi, can nhung gi, chuan bi gi, bring, need to bring, what documents, ho so gom, thu tuc gi, cam theo
child: con, chau, tre em, be, duoi 14, duoi 6, tuoi, tre con, em be, con nho, child, children, baby, kid, hoc sinh, so sinh, tre nho
old: gia yeu, om, liet, khuyet tat, nam mot cho, nam lien giuong, khong di lai duoc, ba cu, ong cu, tai bien, elderly, disabled, bedridden, me gia, bo gia, gia ca, om dau, khong di duoc, cao tuoi
home: tai nha, den nha, luu dong, tan nha, toi nha, at home, come to, ve tan noi, mobile team, xuong to, ve to, nha van hoa
temp: tam tru, o tro, thue tro, o thue, ho khau, thuong tru, que, nhap khau, ngoai tinh, nha tro, tinh khac, temporary, renting, household, rent
merge: sap nhap, sat nhap, hop nhat, ten moi, phuong moi, tinh moi, xa moi, dia danh cu, ten cu, dia chi cu, bo huyen, bo cap huyen, merger, merged, old name, ba hang, pho yen, bai bong, dac son, hong tien, thi xa, len thanh pho, hai cap, 2 cap, dia chi moi
address: dia chi, noi thuong tru, noi o, que quan, address
late: cham, lau, chua nhan duoc, chua thay, chua co, mai khong, chua ve, mai chua, tre, not received, still waiting, lau qua, chua lay duoc, chua tra, chua duoc tra
review: phe duyet, duyet, cho duyet, xet duyet, dang xu ly, cho phe duyet, dang kiem tra, tu choi, bi tu choi, approved, approval, rejected, pending, tra ho so, xet, khong duoc duyet
sms: tin nhan, sms, nhan tin, text message, tin bao, tin nhan bao
notarrive: khong ve, khong nhan duoc, chua ve, chua nhan duoc, khong thay, khong den, mai khong, chua thay, khong gui ve, khong co, doi mai, cho mai, not arriving, did not arrive, not receiving, no code, never came, chang thay, cha thay, k ve
real: that khong, that hay gia, co that, gia mao, lua dao, that gia, tin duoc khong, real, fake, genuine, co phai that, chinh thong, chinh hang, co dung la, that k
scam: lua dao, gia mao, gia danh, lua, scam, ke gian, bi lua, chieu tro, thu doan
download: tai, cai, cai dat, tai ve, tai app, cai app, download, install, ch play, app store, google play, kho ung dung
app: app, ung dung, phan mem, application
oldphone: may cu, dien thoai cu, khong cai duoc, dien thoai cuc gach, cuc gach, khong co smartphone, khong co dien thoai thong minh, dien thoai thuong, nokia, may doi cu, khong tuong thich, phien ban, khong ho tro, no smartphone, old phone, may den trang, may tinh, khong dung smartphone, dien thoai ban phim, khong xai smartphone, dien thoai thong minh
appdown: bao tri, van, vang ra, mat ket noi, loi he thong, he thong, loi mang, khong vao duoc app, treo, dung, trang xoa, quay vong, crash, maintenance, not opening, server, khong mo duoc, bi dung, mang, ket noi, lag, giat, dang nang cap, nang cap, loading, tu thoat
papers: bang lai, dang ky xe, bao hiem y te, giay phep lai xe, giay to, tich hop, the bao hiem, giay to xe, ca vet, cavet, driving licence, driver license, health insurance, vehicle, integrate, the bhyt, giay khai sinh, ly lich tu phap, so suc khoe
mismatch: sai, khong khop, khong dung, sai thong tin, sai ten, sai ngay sinh, nham, lech, khac voi, sai dia chi, wrong, mismatch, does not match, incorrect, sai que quan, thieu
infodata: thong tin, du lieu, du lieu dan cu, co so du lieu, ten, ngay sinh, que quan, ho ten, gioi tinh, information, data, name, date of birth
steps: cac buoc, nhu the nao, the nao, lam sao, cach, huong dan, chi, steps, how to, how do i, lam the nao, bat dau, tu dau, kieu gi, thao tac, quy trinh
difference: khac nhau, khac gi, phan biet, so sanh, difference, hon gi, khac, nen lam, cai nao, hon, which one, su khac
benefit: loi ich, duoc gi, co loi, de lam gi, tac dung, lam gi, benefit, what for, dung de, co ich, why, loi gi, ich gi, tien ich
mandatory: bat buoc, phai lam, co phai, bi phat, phat, khong lam co sao, xu phat, mandatory, required, fine, penalty, ep, co can, khong lam thi sao, have to
project: de an, de an 06, cong van, 147, project 06, official letter, de an so 6, van ban, chi thi
staffduty: can bo, to truong, to cong nghe, doan the, cong chuc, dang vien, chi tieu, nhiem vu, ra soat, lap danh sach, trach nhiem, leader, official duties, bao cao, tuyen truyen, tdp, to dan pho, chi bo, phan cong
contact: so dien thoai cong an, tong dai, duong day nong, hotline, gio lam viec, may gio, lam viec, thu 7, lich lam, dia chi cong an, phone number of, opening hours, office hours, so may cong an, goi so nao, goi cho ai, gio hanh chinh, nghi trua
police: cong an, canh sat, police, don, tru so
privacy: luu gi, du lieu cua toi, rieng tu, bao mat, xoa du lieu, luu thong tin, ai xem, bot, chatbot, privacy, my data, store, lo thong tin, chat nay, tong dai nay, cung cap thong tin, luu lai, xoa thong tin, doan chat, ban la ai, trang nay
error: loi, bao loi, khong duoc, error, problem, fail, failed, hien thong bao, bao, truc trac
caller: co nguoi goi, goi dien, goi den, xung la, tu xung, tu nhan, goi bao, someone called, called me, goi cho toi, moi goi, nguoi goi, la so, so la
money: chuyen khoan, chuyen tien, nop tien, mat tien, tai khoan ngan hang, ngan hang, trieu, transfer, bank, money, dong phi, tien trong, so du
link: link, duong link, duong dan, apk, file, website la, bam vao, click, trang web, url
remote: dieu khien, teamviewer, anydesk, ultraviewer, chia se man hinh, dieu khien tu xa, share screen, remote
otherapp: facebook, fb, zalo, shopee, tiktok, lazada, momo, gmail, youtube, netflix, game, lien quan, instagram, grab, icloud, viber, vssid, etax, wifi, telegram, tiki, lotus, be, gojek, garena, free fire, messenger, email, hotmail, chatgpt, google, canva, word, excel, whatsapp
otherthing: tu lanh, tivi, ti vi, may giat, ket sat, cua, khoa cua, xe may, o to, oto, xe dap, bep, dieu hoa, nha, tu, may tinh, laptop, camera, quat, bong den, dong ho, binh nong lanh, may bom, may loc, xe, loa, cong tac, den, tai nghe, may in, bao hanh, may anh
animal: cho, meo, lon, ga, vit, bo sua, trau, chim, ca canh, vat nuoi, con lon, con bo
school: truong, lop, thi, hoc, diem thi, hoc phi, giao vien, dai hoc, cap 3, bai tap, nhap hoc, ban tru, bai toan, hoc ba, hoc bong, mam non, cap hai, cap 2, bang tot nghiep
shop: mua, ban, gia re, giam gia, khuyen mai, cua hang, dat hang, giao hang, ship, cho thue, tuyen dung, viec lam, quan, buy, sell, shop, job, ngon, phong tro, xuong, cong ty, hiring
medical: benh vien, kham, thuoc, bac si, dau bung, dau dau, vien, tiem, vac xin, doctor, hospital, sot, dau, cap cuu
fun: phim, hat, bai hat, nhac, bong da, da bong, truyen, tro choi, doi bong, ti so, karaoke, du lich, le hoi, an gi, nau, mon, cuoi, anh cuoi, song, movie
utility: tien dien, tien nuoc, cup dien, mat dien, mat nuoc, rac, ngap, duong, den duong, cong thoat nuoc, internet, nuoc may, truyen hinh, gas, electricity, water bill
crime: trom, danh nhau, cuop, dut tui, hang xom, on ao, lan dat, bao luc, mat xe, ma tuy, danh bac, danh vo
otherpaper: ho chieu, passport, visa, ly lich tu phap, giay phep, khai sinh, ket hon, khai tu, ly hon, doc than, cong chung, chung thuc, so do, tam vang, dang kiem, bien so, nghia vu quan su, giay phep kinh doanh, giay phep xay dung, ho khau giay, the bao hiem y te, so bao hiem, sim rac, bang lai, phat nguoi, tach khau, cat khau
money2: vay, vay von, vay tien, lai suat, the tin dung, ngan hang, atm, tien gui, so tiet kiem, gia vang, loan, credit, mo the, chuyen tien, ty gia, chung khoan, bitcoin, gia xang
land: dat dai, so do, sang ten, so hong, lan chiem, tranh chap dat, nha dat, thua dat
weather: thoi tiet, mua, nang, bao so, nhiet do, weather
lottery: xo so, so de, lo de, ket qua bong da, bong da, lottery
marriage: ket hon, ly hon, khai sinh, khai tu, hon nhan, doc than, marriage, birth certificate
pension: luong huu, tro cap, bao hiem that nghiep, thai san, bao hiem xa hoi, pension, huu tri, ho ngheo
`

const STARTS = new Map<string, { words: readonly string[]; concept: number }[]>()
/** Names of the concepts; their places are their numbers. */
export const CONCEPTS: readonly string[] = TABLE.trim()
  .split('\n')
  .map((line, concept) => {
    const at = line.indexOf(':')
    for (const phrase of line.slice(at + 1).split(',')) {
      const words = phrase.trim().split(' ')
      const rows = STARTS.get(words[0]!) ?? []
      rows.push({ words, concept })
      STARTS.set(words[0]!, rows)
    }
    return line.slice(0, at)
  })

const OTHERS = new Set(
  'otherapp otherthing animal school shop medical fun utility crime otherpaper money2 land weather lottery marriage pension'.split(
    ' ',
  ),
)
const OURS = new Set('otp passcode nfc level1 level2 eid card portal scam project staffduty police secretq'.split(' '))

/** Whether words speak of things that are not ours, and of things that are nobody else's. */
export function sidesOf(words: readonly string[]): { others: boolean; ours: boolean } {
  const names = conceptsOf(words).map((concept) => CONCEPTS[concept]!)
  return { others: names.some((name) => OTHERS.has(name)), ours: names.some((name) => OURS.has(name)) }
}

/** The concepts that normalised words speak of, each once, in the order of their numbers. */
export function conceptsOf(words: readonly string[]): number[] {
  const found = new Set<number>()
  words.forEach((word, i) => {
    for (const row of STARTS.get(word) ?? []) {
      if (row.words.every((part, j) => words[i + j] === part)) found.add(row.concept)
    }
  })
  return [...found].sort((a, b) => a - b)
}
