import { checkOwnText, fillOwnText } from '../../src/core/broadcast/own-text.js'

describe('a sender’s own text', () => {
  const kinds = (text: string) => checkOwnText(text, ['phoyen.thainguyen.gov.vn'], 120).map((problem) => ('what' in problem ? `${problem.kind}: ${problem.what}` : problem.kind)) // prettier-ignore

  test.each([
    ['Sáng thứ Bảy tổ công nghệ số đến nhà văn hóa tổ 5, {{you}} mang điện thoại đến nhé.', []],
    ['   ', ['empty']],
    ['a'.repeat(121), ['too-long']],
    ['Chào {{name}}, làm tiếp nhé', ['unknown-variable: name']],
    ['Mã OTP của bác là 123456', ['secret']],
    ['Bác gửi mã OTP cho cháu nhé', ['asks-for-secret: mã OTP']],
    ['Bác nhắn cho cháu số căn cước', ['asks-for-secret: số căn cước']],
    ['Bác đừng gửi mã OTP cho ai.', []],
    ['Xem ở https://phoyen.thainguyen.gov.vn/vneid nhé.', []],
    ['Xem ở www.phoyen.thainguyen.gov.vn.', []],
    ['Xem ở bit.ly/abc', ['link: bit.ly']],
    ['Xem ở phoyen.thainguyen.gov.vn.evil.com', ['link: phoyen.thainguyen.gov.vn.evil.com']],
    ['Xem ở evilphoyen.thainguyen.gov.vn', ['link: evilphoyen.thainguyen.gov.vn']],
    ['[@123] vào xem', ['mention']],
  ])('«%s»: %j', (text, expected) => expect(kinds(text)).toEqual(expected))

  test('is filled for each reader, and what a value holds is not filled again', () => {
    const vars = { you: 'bác', You: 'Bác', ward: '{{you}}', guide: 'g', step: 's', number: '5', total: '8' }
    expect(fillOwnText(' {{You}} còn bước {{ number }}/{{total}}: {{step}}, {{ward}} ', vars)).toBe('Bác còn bước 5/8: s, {{you}}') // prettier-ignore
  })
})
