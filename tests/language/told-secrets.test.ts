import { scamIn } from '../../src/core/language/scam.js'
import { shield } from '../../src/core/language/shield.js'

describe('a password told with words around it', () => {
  test.each([
    'pass vneid e la Hoa@1975 nho xem giup',
    'mật khẩu của mẹ em là Lan#68xyz đúng không',
    'mk app dinh danh cua ba la tu_5hanh',
  ])('is masked: %s', (text) => {
    const { text: masked, secrets } = shield(text)
    expect(secrets).toContain('password')
    expect(masked).not.toMatch(/Hoa@1975|Lan#68xyz|tu_5hanh/)
  })
  test.each([
    'mật khẩu vneid của tôi là gì ấy nhỉ',
    'mat khau phai co may ky tu la du',
    'passcode khác mật khẩu là sao',
  ])('is not seen where there is none: %s', (text) => expect(shield(text).secrets).toEqual([]))
})

describe('a story of a swindle', () => {
  test.each(['no hack tai khoan cua toi roi', 'có thằng chiếm zalo của em rồi đi vay tiền'])('is one: %s', (text) =>
    expect(scamIn(text)).not.toBeNull(),
  )
  test.each([
    'hôm qua họp tổ nghe kể có bà bị giả công an lừa, mình chưa bị nhưng muốn biết trước để tránh',
    'máy có tin Cuc Canh sat QLHC thong bao ho so da duoc phe duyet, thật hay giả vậy',
  ])('is none where nobody is deceived just now: %s', (text) => expect(scamIn(text)).toBeNull())
  test('the genuine message with a number to call is a forgery', () => {
    expect(
      scamIn('Cuc Canh sat QLHC ve TTXH thong bao: ho so da duoc phe duyet. Lien he 0912345678 de kich hoat'),
    ).toMatchObject({ kind: 'message', sure: true })
  })
})
