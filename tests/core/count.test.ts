import { readCount, readDays } from '../../src/core/broadcast/count.js'

describe('a count that is typed', () => {
  test.each([
    ['205', 205],
    ['205 người', 205],
    ['205 tin nhé', 205],
    ['dạ gửi 205 tin ạ', 205],
    ['1.234', 1234],
    ['1 234 tin', 1234],
    ['1,234', 1234],
    ['12.345.678', null],
    ['２０５', 205],
    ['hai trăm lẻ năm', 205],
    ['hai tram linh nam nguoi', 205],
    ['mười lăm tin', 15],
    ['hai mươi ba', 23],
    ['ba trăm hai mươi mốt', 321],
    ['một nghìn hai trăm ba mươi tư', 1234],
    ['hai nghìn không trăm lẻ năm', 2005],
    ['two hundred and five messages', 205],
    ['twenty three', 23],
    ['0', 0],
    ['1.2', null],
    ['12 34', null],
    ['-5', null],
    ['1/2', null],
    ['3 hay 4', null],
    ['ba bốn', null],
    ['không phải 205', null],
    ['đừng gửi 205 tin', null],
    ['thôi', null],
    ['', null],
    ['08:30', null],
  ])('«%s» is %s', (text, count) => expect(readCount(text)).toBe(count))
})

test.each([
  ['7', 7],
  ['ba ngày', 3],
  ['2 tuần', 14],
  ['một tuần', 7],
  ['two weeks', 14],
  ['lâu rồi', null],
])('«%s» is %s days', (text, days) => expect(readDays(text)).toBe(days))
