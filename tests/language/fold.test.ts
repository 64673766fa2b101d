import fc from 'fast-check'
import { readCommand } from '../../src/core/language/commands.js'
import { fold, unstretch, words } from '../../src/core/language/fold.js'

describe('folding', () => {
  test.each([
    ['Xong RỒI!', 'xong roi'],
    ['Đăng ký, đăng nhập', 'dang ky dang nhap'],
    ['  Không   được… ', 'khong duoc'],
    ['ĐƯỢC', 'duoc'],
    ['«Bắt đầu»', 'bat dau'],
    ['e-mail', 'e mail'],
    ['😀', ''],
    ['', ''],
    ['1️⃣', '1'],
  ])('«%s» becomes «%s» in both Unicode forms', (text, folded) => {
    expect(fold(text.normalize('NFC'))).toBe(folded)
    expect(fold(text.normalize('NFD'))).toBe(folded)
  })

  test('changes nothing that is folded already', () => {
    fc.assert(fc.property(fc.string({ unit: 'grapheme' }), (text) => expect(fold(fold(text))).toBe(fold(text))))
  })

  test('gives the words', () => {
    expect(words('Xong rồi, cháu ạ')).toEqual(['xong', 'roi', 'chau', 'a'])
    expect(words('…')).toEqual([])
  })

  test('takes letters held down for one, and leaves digits and doubles', () => {
    expect(unstretch('xonggg okkk 1000 sooo ee')).toBe('xong ok 1000 so ee')
  })
})

describe('a command', () => {
  test.each([
    ['/start', 'start', ''],
    ['/start vneid-level-1_g5', 'start', 'vneid-level-1_g5'],
    ['/start@phuong_bot inv_abc', 'start', 'inv_abc'],
    ['／tiendo', 'tiendo', ''],
    ['/TIENDO', 'tiendo', ''],
    ['tien do', 'tiendo', ''],
    ['Tiến độ', 'tiendo', ''],
    ['TIẾN ĐỘ', 'tiendo', ''],
    ['Hướng dẫn', 'huongdan', ''],
    ['huongdan', 'huongdan', ''],
    ['tiếp tục', 'tieptuc', ''],
    ['giúp', 'giup', ''],
    ['trợ giúp', 'trogiup', ''],
    ['nguồn', 'nguon', ''],
    ['thống kê', 'thongke', ''],
    ['/thongke vneid-level-1 5', 'thongke', 'vneid-level-1 5'],
    ['thong ke to 5', 'thongke', 'to 5'],
    ['english', 'ngonngu', 'english'],
  ])('«%s» is %s with «%s»', (text, command, args) => {
    for (const form of ['NFC', 'NFD'] as const) {
      const call = readCommand(text.normalize(form))
      expect([call?.command, call?.args]).toEqual([command, args])
    }
  })

  test.each(['tiến độ thế nào', '/khonghieu', 'xong rồi', '', '/', 'hướng dẫn bác với'])('«%s» is none', (text) =>
    expect(readCommand(text)).toBeNull(),
  )

  test.each([
    'đừng nhắn nữa', 'đừng nhắn nữa nhé', 'thôi đừng nhắn nữa', 'xin đừng nhắn nữa', 'Bác đừng nhắn nữa!!!', 'đừng nhắn cho tôi nữa',
    'đừng nhắn tin cho tôi nữa', 'đừng nhắc tôi nữa', 'đừng gửi nữa', 'đừng gửi tin nhắn', 'không muốn nhận tin nữa', 'tôi không muốn nhận tin nhắc',
    'hủy nhận tin', 'huỷ đăng ký nhận tin', 'tắt thông báo', 'đừng làm phiền nữa', 'đừng làm phiền tôi', 'phiền quá đừng nhắn nữa', 'đừng nhắn nữa, phiền quá',
    'ko nhắc nữa', 'STOP', '«đừng nhắn nữa»', 'no more reminders',
  ])('«%s» ends the reminders', (text) => {
    for (const typed of [text, text.normalize('NFD'), text.toUpperCase()]) expect(readCommand(typed)?.command).toBe('dung')
  }) // prettier-ignore

  test.each([
    'đúng', 'đúng rồi', 'không nhận được mã', 'đừng gửi mã OTP cho ai', 'không gửi nữa', 'không nhận thẻ nữa', 'không muốn làm nữa', 'thôi', 'tắt máy rồi',
    'không nhận tin nhắn', 'có ai nhắn cho tôi', 'bao giờ nhắn cho tôi', 'đừng nhắn mã nữa', 'hủy thẻ cũ', 'không làm phiền ai',
  ])('«%s» does not', (text) => expect(readCommand(text)?.command ?? null).not.toBe('dung')) // prettier-ignore
})
