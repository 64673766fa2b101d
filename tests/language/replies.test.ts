import { readFileSync } from 'node:fs'
import fc from 'fast-check'
import { parse } from 'yaml'
import { fold } from '../../src/core/language/fold.js'
import { readReply, saysNo } from '../../src/core/language/replies.js'

const seed = process.env['FC_SEED'] === undefined ? Date.now() & 0x7fffffff : Number(process.env['FC_SEED'])

/** Spellings by what they mean: `go-on`, `jump 5`, `number 2`, or `nothing` (a question, a story). */
const table = parse(readFileSync('tests/language/replies.yaml', 'utf8')) as Record<string, string[]>
const cases = Object.entries(table).flatMap(([meaning, texts]) => texts.map((text) => [text, meaning] as const))

function meaningOf(text: string): string {
  const meaning = readReply(text)
  if (meaning === null) return 'nothing'
  return 'number' in meaning ? `${meaning.kind} ${meaning.number}` : meaning.kind
}

const withoutMarks = (text: string) =>
  text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
const isNo = (meaning: string) => ['trouble', 'not-yet', 'no'].includes(meaning)

describe(`a typed answer (seed ${seed})`, () => {
  test.each(cases)('«%s» means %s, in either Unicode form and any case', (text, meaning) => {
    for (const written of [text.normalize('NFC'), text.normalize('NFD'), ` ${text} `, `${text}!`, text.toUpperCase()])
      expect([written, meaningOf(written)]).toEqual([written, meaning])
  })

  test.each(cases.filter(([text, meaning]) => isNo(meaning) && withoutMarks(text) !== text))(
    '«%s» is never done without its diacritics either',
    (text) => expect(['go-on', 'yes']).not.toContain(meaningOf(withoutMarks(text))),
  )

  test('is never taken for its opposite: no inversion in the whole table', () => {
    const yes = (meaning: string) => ['go-on', 'yes'].includes(meaning)
    const inverted = cases.flatMap(([text, meaning]) =>
      [text, withoutMarks(text), text.toUpperCase()].filter((written) => {
        const read = meaningOf(written)
        return (isNo(meaning) && yes(read)) || (yes(meaning) && read === 'no')
      }),
    )
    expect(inverted).toEqual([])
  })

  test.each(['cảm ơn cháu đã chỉ bác', 'cảm ơn cháu nhiều lắm', 'cam on chau da chi bac'])('«%s» is thanks', (text) =>
    expect(meaningOf(text)).toBe('thanks'),
  )

  test('has more than sixty spellings for what the issue names', () => {
    expect(cases.length).toBeGreaterThan(200)
    for (const text of [
      'xong rồi',
      'r',
      'ok',
      'đc',
      'chưa',
      'chưa xong',
      'không được',
      'k đc',
      'lỗi',
      'quay lại',
      'tiếp',
    ])
      expect(cases.map(([spelling]) => spelling)).toContain(text)
  })

  test('with a no in it never counts as done, whatever is put around it', () => {
    const noes = fc.constantFrom(
      'không',
      'chưa',
      'ko',
      'k',
      'kh',
      'hông',
      'chẳng',
      'chả',
      'đéo',
      'khong',
      'chua',
      'hk',
      'khoong',
      'chuwa',
      'not',
      "didn't",
      'lỗi',
    )
    const dones = fc.constantFrom(
      'xong',
      'xong rồi',
      'được',
      'đc',
      'ok',
      'rồi',
      'done',
      'làm được',
      'quét xong',
      'thấy rồi',
      'hoàn thành',
      'thành công',
    )
    const soft = fc.constantFrom('', 'ạ', 'cháu ơi', 'bác', 'nhé', 'thì', 'vẫn', 'tôi', 'làm', 'mà')
    const form = fc.constantFrom<'NFC' | 'NFD'>('NFC', 'NFD')
    fc.assert(
      fc.property(soft, noes, soft, dones, soft, form, fc.boolean(), (a, no, b, done, c, unicode, bare) => {
        const words = [a, no, b, done, c].filter((word) => word !== '').join(' ')
        const text = (bare ? withoutMarks(words) : words).normalize(unicode)
        expect([text, meaningOf(text)]).not.toEqual([text, 'go-on'])
        expect([text, meaningOf(text)]).not.toEqual([text, 'yes'])
        expect([text, saysNo(text)]).toEqual([text, true])
      }),
      { seed, numRuns: 3000 },
    )
  })

  test('is read without throwing, whatever it is', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 200 }), (text) => {
        expect(fold(text)).toBe(fold(text.normalize('NFD')))
        expect(meaningOf(text)).toBe(meaningOf(text.normalize('NFC')))
        saysNo(text)
      }),
      { seed, numRuns: 1000 },
    )
  })
})
