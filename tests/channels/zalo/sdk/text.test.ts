import fc from 'fast-check'
import { countCharacters, splitText, withoutMentions } from '../../../../src/channels/zalo/sdk/index.js'
import { parseJson } from '../../../../src/channels/zalo/sdk/json.js'

const squeeze = (text: string) => text.normalize('NFC').replace(/\s+/gu, '')

test('a letter counts once whichever way it was typed', () => {
  expect(countCharacters('Tiếng Việt'.normalize('NFD'))).toBe(10)
  expect(countCharacters('👍')).toBe(1)
})

test('a short text stays whole and an empty one gives no message', () => {
  expect(splitText('  Chào bác.  ')).toEqual(['Chào bác.'])
  expect(splitText(' \n ')).toEqual([])
})

test('a text that is exactly at the limit is not cut', () => {
  expect(splitText('ế'.normalize('NFD').repeat(2000), 2000)).toEqual(['ế'.normalize('NFC').repeat(2000)])
  expect(splitText('a'.repeat(2001), 2000).map((part) => part.length)).toEqual([2000, 1])
})

test('a long text is cut after a sentence', () => {
  const text = 'Bác mở mặt sau của thẻ. Áp sát vào lưng điện thoại. Giữ yên đến khi máy báo xong.'
  expect(splitText(text, 60)).toEqual([
    'Bác mở mặt sau của thẻ. Áp sát vào lưng điện thoại.',
    'Giữ yên đến khi máy báo xong.',
  ])
})

test('a paragraph is a better place than a sentence', () => {
  const text = 'Đoạn một khá là dài đấy.\n\nCâu hai. Câu ba dài hơn một chút nữa.'
  expect(splitText(text, 40)).toEqual(['Đoạn một khá là dài đấy.', 'Câu hai. Câu ba dài hơn một chút nữa.'])
})

test('no part is over the limit and nothing but white space is lost', () => {
  const piece = fc.constantFrom(
    'Xin chào bác',
    '. ',
    '\n\n',
    ' ',
    'ế',
    '👨‍👩‍👧',
    ', ',
    'a',
    '…',
    '!',
    '12345678901234567890',
  )
  fc.assert(
    fc.property(fc.array(piece, { maxLength: 60 }), fc.integer({ min: 1, max: 40 }), (pieces, limit) => {
      const text = pieces.join('')
      const parts = splitText(text, limit)
      expect(parts.every((part) => part !== '' && countCharacters(part) <= limit)).toBe(true)
      expect(squeeze(parts.join(''))).toBe(squeeze(text))
    }),
    { numRuns: 300 },
  )
})

test('an emoji of several characters is not torn while there is room for it', () => {
  expect(splitText('👨‍👩‍👧👨‍👩‍👧👨‍👩‍👧', 7)).toEqual(['👨‍👩‍👧', '👨‍👩‍👧', '👨‍👩‍👧'])
})

test('a limit that can hold nothing is a bug', () => {
  expect(() => splitText('a', 0)).toThrow(RangeError)
})

test('mentions are taken out of what users wrote', () => {
  expect(withoutMentions('Chào [@386613280878800001] nhé')).toBe('Chào  nhé')
})

describe('reading JSON', () => {
  test('ids beyond 2^53 keep their digits, in objects and lists, and other numbers stay numbers', () => {
    expect(
      parseJson('{"user_id":186729651760683225,"list":[386613280878800001,5],"n":1764000000000,"x":-1.5}'),
    ).toEqual({
      user_id: '186729651760683225',
      list: ['386613280878800001', 5],
      n: 1764000000000,
      x: -1.5,
    })
  })

  test('digits inside a string stay as they are', () => {
    const value = { text: 'số "386613280878800001", \\ 386613280878800002', id: '386613280878800003' }
    expect(parseJson(`{"a":386613280878800001,${JSON.stringify(value).slice(1)}`)).toEqual({
      a: '386613280878800001',
      ...value,
    })
  })

  test('it agrees with JSON.parse on everything without large whole numbers', () => {
    fc.assert(
      fc.property(
        fc.json().filter((json) => !/(?<![\d.])\d{16,}(?![\d.eE])/.test(json)),
        (text) => expect(parseJson(text)).toEqual(JSON.parse(text)),
      ),
      { numRuns: 300 },
    )
  })

  test('what is not JSON is refused as JSON.parse refuses it', () => {
    for (const bad of ['', '{', '{"a":12345678901234567890', 'undefined', '<html>'])
      expect(() => parseJson(bad)).toThrow(SyntaxError)
  })
})
