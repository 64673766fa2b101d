import { TOPICS } from '../../src/core/model/answer.js'
import { type Locale, LOCALES } from '../../src/core/model/message.js'
import { material, said } from '../support/answers.js'

// Days on both sides of every change, for rules that hold for all answers.
const DAYS = [
  '2022-10-24', '2022-12-01', '2024-06-30', '2024-07-01', '2024-12-31', '2025-01-01', '2025-02-28', '2025-03-01', '2025-06-30', '2025-07-01',
  '2025-08-12', '2025-12-15', '2025-12-31', '2026-01-01', '2026-03-15', '2026-11-24',
]

/** «topic day: sentence» wherever a sentence of any answer on such a day breaks a rule. */
function sentences(
  locale: Locale,
  on: (day: string) => boolean,
  breaks: (sentence: string, topic: string) => boolean,
): string[] {
  const days = DAYS.filter(on)
  expect(days.length).toBeGreaterThan(0)
  return days.flatMap((day) =>
    [...material.answers[locale].keys()].flatMap((topic) =>
      said(topic, day, locale)
        .split(/(?<=[.;:])\s|\n/)
        .filter((sentence) => breaks(sentence, topic))
        .map((sentence) => `${topic} ${day}: ${sentence}`),
    ),
  )
}

describe('on any day', () => {
  test('every topic is answered, in Vietnamese and in English', () => {
    for (const locale of LOCALES) expect([...material.answers[locale].keys()].sort()).toEqual([...TOPICS].sort())
  })

  test('the card has the name of its day', () => {
    expect(sentences('vi', (day) => day < '2024-07-01', (text) => /thẻ căn cước(?! công dân)/i.test(text))).toEqual([])
    for (const topic of ['cccd-lam-moi-o-dau', 'cccd-tam-tru', 'cccd-het-han-doi-the', 'cccd-mat-hong-cap-lai'])
      expect(said(topic, '2024-07-01')).toMatch(/thẻ căn cước/i)
  })

  test('nobody is sent to a police office or a committee that is gone', () => {
    const gone = (text: string) =>
      /(công an|UBND) (và UBND )?thành phố/i.test(text) && !/không còn|trụ sở cũ/i.test(text)
    expect(sentences('vi', (day) => day === '2024-07-01', gone)).not.toEqual([])
    expect(sentences('vi', (day) => day >= '2025-03-01', gone)).toEqual([])
    const goneEn = (text: string) => /(city police|police of Phổ Yên city)/i.test(text) && !/no longer|former|closed/i.test(text)
    expect(sentences('en', (day) => day === '2024-07-01', goneEn)).not.toEqual([])
    expect(sentences('en', (day) => day >= '2025-03-01', goneEn)).toEqual([])
  })

  test('the ward has the name of its day', () => {
    expect(sentences('vi', (day) => day < '2025-07-01', (text) => /phường Phổ Yên/.test(text))).toEqual([])
    const former = /nay thuộc|cũ|các phường Ba Hàng/
    expect(sentences('vi', (day) => day >= '2025-07-01', (text) => /Ba Hàng/.test(text) && !former.test(text))).toEqual([])
  })

  test('no amount is named without the day until which it holds', () => {
    const amount = (text: string) => /\d[.,]\d{3}\s?(đ|đồng|VND)/i.test(text)
    for (const locale of LOCALES) {
      expect(sentences(locale, (day) => day === '2025-12-31', (text) => amount(text) && !/thứ Tư 31\/12|31\/12|Wednesday/.test(text))).toEqual([])
      expect(sentences(locale, (day) => day >= '2026-01-01', amount)).toEqual([])
    }
  })

  test('a CMND is not called valid after its end', () => {
    const valid = (text: string) => /CMND/.test(text) && /(vẫn|còn) (dùng|hạn)/.test(text) && !/không dùng|hết giá trị/.test(text)
    expect(sentences('vi', (day) => day === '2022-12-01', valid)).not.toEqual([])
    expect(sentences('vi', (day) => day >= '2025-01-01', valid)).toEqual([])
  })

  test('the reader is asked for no secret, and sent to no address but the official ones', () => {
    const allowed = /\b(vneid|dichvucong)\.gov\.vn\b/
    const address = /\b[a-z0-9-]+\.(gov|com|net|org|vn)\b/i
    expect(sentences('vi', () => true, (text) => address.test(text.replace(new RegExp(allowed, 'gi'), '')))).toEqual([])
    expect(sentences('en', () => true, (text) => address.test(text.replace(new RegExp(allowed, 'gi'), '')))).toEqual([])
  })
})
