import { normalise } from '../../src/core/language/normalise.js'
import { isSyllable } from '../../src/core/language/syllable.js'

const vocabulary = new Map(
  'khong nhan duoc ma otp quen mat khau lam sao the quet dang nhap'.split(' ').map((word) => [word, 100]),
)
const read = (text: string) => normalise(text, vocabulary).join(' ')

describe('a message is brought to one form', () => {
  test.each([
    ['e k nhan dc ma otp thi lm sao a', 'e khong nhan duoc ma otp thi lam sao a'],
    ['NFC K ĐỌC ĐƯỢC', 'nfc khong doc duoc'],
    ['khoong nhaajn dduwowcj max otp', 'khong nhan duoc ma otp'],
    ['kho6ng nha65n d9u7o75c ma4 otp', 'khong nhan duoc ma otp'],
    ['khongnhanduocmaotp', 'khong nhan duoc ma otp'],
    ['quenmatkhau lam sao', 'quen mat khau lam sao'],
    ['o t p không về', 'otp khong ve'],
    ['vê nê ít', 'vneid'],
    ['đăng kí mức độ hai', 'dang ky muc 2'],
    ['muc1', 'muc 1'],
    ['không đượccccc', 'khong duoc'],
    ['CCCD', 'cccd'],
    ['căn cước', 'cccd'],
    ['hoà', 'hoa'],
    ['hòa', 'hoa'],
    ['fai lam sao', 'phai lam sao'],
    ['dk muc 2', 'dang ky muc 2'],
    ['k dk', 'khong duoc'],
  ])('%s → %s', (text, words) => expect(read(text)).toBe(words))

  test('keys are undone only where that makes a syllable', () => {
    expect(read('pass vneid')).toBe('mat khau vneid')
    expect(read('google play')).toBe('google play')
    expect(read('tooi')).toBe('toi')
    expect(read('hoi')).toBe('hoi')
  })

  test('syllables are told from what is none', () => {
    for (const word of ['nghieng', 'quyen', 'giua', 'gi', 'khong', 'anh', 'yeu', 'uong']) expect([word, isSyllable(word)]).toEqual([word, true]) // prettier-ignore
    for (const word of ['khoong', 'dduoc', 'max', 'otp', 'nhna', 'abc', '']) expect([word, isSyllable(word)]).toEqual([word, false]) // prettier-ignore
  })

  test('nothing in is nothing out', () => expect(normalise('  …  ')).toEqual([]))
})
