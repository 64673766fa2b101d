import { checkOwnText, fillOwnText } from '../../src/core/broadcast/own-text.js'

const HOSTS = ['phoyen.thainguyen.gov.vn']
const NUMBERS: ReadonlySet<string> = new Set(['19000368', '02083861234', '0912345678'])
const said = (text: string, hosts: readonly string[] = HOSTS) =>
  checkOwnText(text, { hosts, numbers: NUMBERS }, 200).map((problem) =>
    'what' in problem ? `${problem.kind}: ${problem.what}` : problem.kind,
  )
const kinds = (text: string, hosts: readonly string[] = HOSTS) =>
  checkOwnText(text, { hosts, numbers: NUMBERS }, 400).map(({ kind }) => kind)

describe('a sender’s own text', () => {
  test.each([
    ['Sáng thứ Bảy tổ công nghệ số đến nhà văn hóa tổ 5, {{you}} mang điện thoại đến nhé.', []],
    ['   ', ['empty']],
    ['a'.repeat(201), ['too-long']],
    ['Chào {{name}}, làm tiếp nhé', ['unknown-variable: name']],
    ['Mã OTP của bác là 123456', ['secret']],
    ['Mã OTP của bác là １２３４５６', ['secret']],
    ['Bác gửi mã OTP cho cháu nhé', ['asks-for-secret: mã OTP']],
    ['Bác nhắn cho cháu số căn cước', ['asks-for-secret: số căn cước']],
    ['Xem ở bit.ly/abc', ['link: bit.ly']],
    ['Xem ở phoyen.thainguyen.gov.vn.evil.com', ['link: phoyen.thainguyen.gov.vn.evil.com']],
    ['Xem ở evilphoyen.thainguyen.gov.vn', ['link: evilphoyen.thainguyen.gov.vn']],
    ['Bác gửi OTP, rồi xem bit.ly/a và evil.com', ['asks-for-secret: OTP', 'link: bit.ly', 'link: evil.com']],
    ['[@123] vào xem', ['mention']],
    ['Chiều nay 15h {{you}} ra nhà văn hoá, gọi 0912 345 678 nhé', []],
    ['Gọi +84 912.345.678 hoặc 0208-386-1234, tổng đài 1900 0368', []],
    ['Gọi 0987 654 321 nhé', ['phone: …321']],
    ['Gọi 0912345678 hoặc 0987654321, hay 1900 9999', ['phone: …321', 'phone: 1900 9999']],
    ['Gọi ⟦phone⟧ nhé', ['phone: …']],
    ['Gọi ⟦phone-321⟧ nhé', ['phone: …321']],
    ['Mã của bác là ⟦otp⟧', ['secret']],
    ['Số căn cước 079203004567', ['secret']],
    ['Từ 08:30 - 11:30, {{you}} rảnh thì ra mà làm nhé', []],
  ])('«%s»: %j', (text, expected) => expect(said(text)).toEqual(expected))

  test.each([
    '{you}',
    '{{you}',
    '{you}}',
    '{{{you}}}',
    '｛｛you｝｝',
    '{{ you',
    'bác }}',
    '{}',
    '{{}}',
    '{{You name}}',
  ])('with «%s» has a place that nothing fills', (text) =>
    expect(kinds(`Chào ${text} nhé`)).toEqual(['unknown-variable']),
  )

  test('may use each of its places', () => {
    expect(kinds('{{You}} {{ you }} {{ward}} {{guide}} {{step}} {{number}} {{total}}')).toEqual([])
  })

  test('is filled for each reader, and what a value holds is not filled again', () => {
    const vars = { you: 'bác', You: 'Bác', ward: '{{you}}', guide: 'g', step: 's', number: '5', total: '8' }
    expect(fillOwnText(' {{You}} còn bước {{ number }}/{{total}}: {{step}}, {{ward}} ', vars)).toBe('Bác còn bước 5/8: s, {{you}}') // prettier-ignore
  })
})

describe('own words for somebody who stands at no step with a number', () => {
  const vars = { you: 'bác', You: 'Bác', ward: 'phường', guide: 'VNeID mức 1', step: 'VNeID mức 1', number: '', total: '8' } // prettier-ignore
  test.each([
    ['Mời {{you}} làm tiếp {{step}} bước {{number}}/{{total}}', 'Mời bác làm tiếp VNeID mức 1'],
    ['{{You}} đang dừng ở bước {{number}}/{{total}}, mời {{you}} ra nhà văn hoá.', 'Bác, mời bác ra nhà văn hoá.'],
    ['Bước {{number}}: {{you}} làm nốt nhé.', 'Bác làm nốt nhé.'],
    ['Mời {{you}} làm nốt {{step}} ({{number}}/{{total}}).', 'Mời bác làm nốt VNeID mức 1.'],
    ['Chiều nay 15h mời {{you}} làm nốt bước số {{ number }} trên tổng số {{total}} bước. Nhớ mang thẻ.', 'Chiều nay 15h mời bác làm nốt. Nhớ mang thẻ.'],
    ['You stopped at step {{number}} of {{total}}. Please go on.', 'You. Please go on.'],
    ['Hướng dẫn có {{total}} bước.', 'Hướng dẫn có 8 bước.'],
  ])('«%s» reads «%s»', (text, read) => expect(fillOwnText(text, vars)).toBe(read)) // prettier-ignore

  test('are whole for everybody else', () =>
    expect(fillOwnText('Bước {{number}}/{{total}}: {{step}}', { ...vars, number: '5', step: 'Quét thẻ' })).toBe('Bước 5/8: Quét thẻ')) // prettier-ignore
})

describe('a secret is asked for', () => {
  test.each([
    'gui ma OTP cho to truong',
    'Không kịp đi thì bác gửi mã OTP cho tôi',
    'Bác đừng lo, cứ đọc mã OTP cho cháu',
    'Không gửi ảnh nữa, chỉ đọc mã OTP cho tôi',
    'Mã OTP bác gửi về tổ trưởng nhé',
    'Mã OTP thì bác đọc qua điện thoại',
    'Có mã OTP, bác nhắn lại cho cháu',
    'Bác đọc cho cháu mã 6 số',
    'bac doc giup chau ma sau so',
    'Bác cho cháu xin mã xác thực',
    'Bác nhắn mã xác nhận vừa nhận',
    'Cho cháu xin mã kích hoạt',
    'Bác gửi O.T.P vào nhóm',
    'Bác gửi 0TP vào nhóm',
    'bac cung cap mat khau vneid',
    'Bác gửi họ tên, số căn cước vào nhóm Zalo',
    'Bác gửi CCCD',
    'Bác gửi giúp thẻ căn cước vào nhóm tổ',
    'gui can cuoc cho to truong',
    'Chụp ảnh hai mặt thẻ gửi tổ trưởng',
    'Bác chụp hai mặt thẻ',
    'chup 2 mat the gui chau',
    'Bác chụp mặt trước căn cước rồi gửi',
    'Bác gửi ảnh thẻ cho cháu',
    'gui anh the cho chau',
    'Bác gửi ảnh chân dung qua Zalo',
    'Bác khai số định danh và số tài khoản vào phiếu này',
    '{{You}} gửi mật khẩu cho cháu làm hộ',
    'Bác nhập mật khẩu VNeID vào phiếu này',
    'Please send me the OTP',
    'Reply with your password',
    'Send a photo of your ID card',
    'Your verification code: please send it to me',
    'Đừng gửi mã OTP cho ai. Bác gửi mã OTP cho tôi thôi.',
  ])('«%s»', (text) => expect(kinds(text)).toEqual(['asks-for-secret']))
})

describe('no secret is asked for', () => {
  test.each([
    'Bác đừng gửi mã OTP cho ai.',
    'bac dung gui ma otp cho ai',
    'Đừng gửi, đọc hay nhắn mã OTP cho bất kỳ ai.',
    'Không đọc mã OTP, mật khẩu cho ai.',
    'Tuyệt đối không cung cấp mật khẩu.',
    'Đừng bao giờ cho ai mã OTP.',
    'Mã OTP đừng gửi cho ai.',
    'Cán bộ không bao giờ hỏi mật khẩu hay bảo bác đọc mã OTP.',
    'Không ai được yêu cầu bác đọc mã OTP.',
    'Ai hỏi mã OTP là kẻ lừa đảo.',
    'Có người gọi bảo đọc mã OTP thì bác cúp máy ngay.',
    'Bác sẽ nhận mã OTP qua tin nhắn.',
    'Mã OTP gửi về điện thoại của bác.',
    'Quên mật khẩu thì bác nhắn cho cháu, cháu chỉ cách lấy lại.',
    'Chưa nhận được mã OTP thì bác nhắn cho tổ công nghệ số.',
    'Bác mang theo điện thoại và thẻ căn cước.',
    'Bác cho cháu hỏi, bác đã có thẻ căn cước chưa?',
    'Kính gửi bà con, thẻ căn cước của tổ 5 đã về.',
    'Thẻ căn cước sẽ được gửi về nhà bác qua bưu điện.',
    'Công an phường gửi thẻ căn cước về nhà.',
    'Bác đọc hướng dẫn rồi làm tiếp, vướng thì nhắn số 2.',
    'Gửi anh chị, tối nay họp tổ lúc 19 giờ.',
    'Bác mở VNeID, nhập số định danh và mật khẩu rồi bấm «Đăng nhập».',
    'Never share your OTP with anyone.',
    'Please do not send your password to anyone.',
  ])('«%s»', (text) => expect(kinds(text)).toEqual([]))
})

describe('a link that the ward has not allowed', () => {
  test.each([
    ['http://x@evil.com/otp', 'evil.com'],
    ['https://phoyen.thainguyen.gov.vn@evil.com', 'evil.com'],
    ['https://phoyen.thainguyen.gov.vn:443@evil.com/a', 'evil.com'],
    ['https://evil.com@phoyen.thainguyen.gov.vn/', 'phoyen.thainguyen.gov.vn'],
    ['phoyen.thainguyen.gov.vn@evil.com', 'evil.com'],
    ['http://1.2.3.4/login', '1.2.3.4'],
    ['http://16909060/login', '1.2.3.4'],
    ['1.2.3.4', '1.2.3.4'],
    ['1.2.3.4/login', '1.2.3.4'],
    ['http://[::1]/a', '[::1]'],
    ['https://đăngký.vn', 'xn--ngk-noa0a7f.vn'],
    ['đăngký.vn', 'xn--ngk-noa0a7f.vn'],
    ['xn--ngk-noa0a7f.vn', 'xn--ngk-noa0a7f.vn'],
    ['evil。com', 'evil.com'],
    ['evil．com', 'evil.com'],
    ['ｅｖｉｌ.com', 'evil.com'],
    ['ev\u200bil.com', 'evil.com'],
    ['пример.рф', 'xn--e1afmkfd.xn--p1ai'],
    ['EVIL.COM', 'evil.com'],
    ['Evil.Com', 'evil.com'],
    ['evil.top', 'evil.top'],
    ['zalo.me/g/abc', 'zalo.me'],
    ['evil.com:8080', 'evil.com'],
    ['evil.unheardof/otp', 'evil.unheardof'],
    ['www.evil.unheardof', 'www.evil.unheardof'],
    ['//evil.com/a', 'evil.com'],
    ['HTTPS://EVIL.COM', 'evil.com'],
    ['ftp://phoyen.thainguyen.gov.vn', 'phoyen.thainguyen.gov.vn'],
    ['evil chấm com', 'evil.com'],
    ['evil . com', 'evil.com'],
    ['evil[.]com', 'evil.com'],
    ['(evil.com)', 'evil.com'],
    ['«evil.com»', 'evil.com'],
  ])('«%s»', (link, host) => expect(said(`Bác vào ${link} nhé`)).toEqual([`link: ${host}`]))

  test.each([
    'Xem ở https://phoyen.thainguyen.gov.vn/vneid nhé.',
    'Xem ở www.phoyen.thainguyen.gov.vn.',
    'Xem ở (https://PhoYen.ThaiNguyen.gov.vn).',
    'Xem ở phoyen.thainguyen.gov.vn:443/a?b=c#d, rồi làm tiếp.',
    'TP.Thái Nguyên, P.Phổ Yên đã có điểm hỗ trợ.',
    'Bác mang CCCD.Xong thì về.',
    'Làm xong chưa.Có gì nhắn cháu.',
    'Lúc 8.30 ngày 2.12.2026, tổ 5.',
    'Lệ phí 50.000 đồng, gọi 1900.0368 hoặc 0208.3.861.234.',
    'Mang giấy tờ, sổ hộ khẩu v.v. đến UBND.P gặp TS.BS Hạnh, Th.S Nam.',
    'Viết thư cho hotro@gmail.com nếu cần.',
    'Máy bản 2.1.0 trở lên, tệp mau-don.docx in sẵn.',
    'Làm đến bước 5/8: quét thẻ, 44% xong.',
  ])('is not in «%s»', (text) => expect(said(text)).toEqual([]))
})
