import fc from 'fast-check'
import { fromOldFont, isVietnamese } from '../../src/core/language/old-fonts.js'
import { fromOldSheet } from '../../src/core/roster/old-font.js'

describe('a text in a font from before Unicode', () => {
  test.each<[string, string]>([
    ['TrÇn ThÞ Hång', 'Trần Thị Hồng'],
    ['NguyÔn V¨n Hïng', 'Nguyễn Văn Hùng'],
    ['§ç ThÞ H­¬ng', 'Đỗ Thị Hương'],
    ['Ph¹m §×nh B¸', 'Phạm Đình Bá'],
    ['Lª ThÞ Mü', 'Lê Thị Mỹ'],
    ['Bïi Quèc §¹t', 'Bùi Quốc Đạt'],
    ['TRÇN THÞ HåNG', 'TRẦN THỊ HỒNG'],
    ['Ph¹m V¨n Èn', 'Phạm Văn Ẩn'],
    ['ThÞ trÊn Ba Hµng', 'Thị trấn Ba Hàng'],
    ['Hä vµ tªn', 'Họ và tên'],
    ['N¨m sinh', 'Năm sinh'],
    ['Th­êng tró', 'Thường trú'],
    ['ch­a', 'chưa'],
  ])('TCVN3 «%s» is «%s»', (typed, text) => expect(fromOldFont(typed, 'tcvn3')).toBe(text))

  test.each<[string, string]>([
    ['Nguyeãn Vaên Nam', 'Nguyễn Văn Nam'],
    ['Traàn Thò Hoàng', 'Trần Thị Hoàng'],
    ['Ñoã Thò Höông', 'Đỗ Thị Hương'],
    ['NGUYEÃN VAÊN ÑÖÙC', 'NGUYỄN VĂN ĐỨC'],
    ['Leâ Quyønh Nhö', 'Lê Quỳnh Như'],
    ['Phaïm Ñình Tuaán', 'Phạm Đình Tuấn'],
    ['Huyønh Thò Myõ', 'Huỳnh Thị Mỹ'],
    ['Hoï vaø teân', 'Họ và tên'],
    ['Thöôøng truù', 'Thường trú'],
  ])('VNI «%s» is «%s»', (typed, text) => expect(fromOldFont(typed, 'vni')).toBe(text.replace('Hoàng', 'Hồng')))

  test.each(['Nguyễn', 'Hòa', 'Hoà', 'Đắc', 'Quyền', 'Thuý', 'Quỳnh', 'Quýt', 'An', 'Y', 'Nghiêm', 'TRẦN'])('«%s» can be Vietnamese', (word) => expect(isVietnamese(word)).toBe(true)) // prettier-ignore
  test.each(['TrÇn', 'ThÞ', 'Vaên', 'Nguyeãn', 'Bhăm', 'Êban', 'John', 'Niê', 'François', 'Müller', 'Hoàá'])('«%s» cannot', (word) => expect(isVietnamese(word)).toBe(false)) // prettier-ignore
})

/** What a text in Unicode looks like in a font, the other way round. */
const TCVN3 = ['áàảãạăắằẳẵặâấầẩẫậéèẻẽẹêếềểễệíìỉĩịóòỏõọôốồổỗộơớờởỡợúùủũụưứừửữựýỳỷỹỵđĂÂÊÔƠƯĐ', '¸µ¶·¹¨¾»¼½Æ©ÊÇÈÉËÐÌÎÏÑªÕÒÓÔÖÝ×ØÜÞãßáâä«èåæçé¬íêëìîóïñòô\u00adøõö÷ùýúûüþ®¡¢£¤¥¦§'] as const // prettier-ignore
const toTcvn3 = (text: string) => [...text].map((letter) => [letter, letter.toLowerCase()].flatMap((one) => [...TCVN3[1]][[...TCVN3[0]].indexOf(one)] ?? [])[0] ?? letter).join('') // prettier-ignore
const toVni = (text: string) => {
  const marks: Record<string, string> = {}
  const tones = ['', '\u0301', '\u0300', '\u0309', '\u0303', '\u0323']
  tones.forEach((tone, i) => {
    if (tone !== '') marks[tone] = 'ùøûõï'[i - 1]!
    marks[`\u0302${tone}`] = 'âáàåãä'[i]!
    marks[`\u0306${tone}`] = 'êéèúüë'[i]!
  })
  const alone: Record<string, string> = { đ: 'ñ', Đ: 'Ñ', ỉ: 'æ', ĩ: 'ó', ị: 'ò', ỵ: 'î' }
  return [...text.normalize('NFC')]
    .map((letter) => {
      if (alone[letter] !== undefined) return alone[letter]
      const [base = '', ...rest] = [...letter.normalize('NFD')]
      // Marks as the table has them: the one of the letter, then the tone.
      const sorted = rest.sort((a, b) => Number(tones.includes(a)) - Number(tones.includes(b))).join('')
      if (base === 'i' || base === 'I') return letter
      const horned = rest.includes('\u031b')
      const vowel = horned ? { o: 'ô', O: 'Ô', u: 'ö', U: 'Ö' }[base]! : base
      const mark = marks[sorted.replace('\u031b', '')] ?? ''
      return vowel + (base === base.toUpperCase() ? mark.toUpperCase() : mark)
    })
    .join('')
}

describe('a sheet', () => {
  const family = fc.constantFrom(
    'Nguyễn',
    'Trần',
    'Lê',
    'Phạm',
    'Đỗ',
    'Vũ',
    'Hoàng',
    'Bùi',
    'Ngô',
    'Đặng',
    'Dương',
    'Lý',
  )
  const middle = fc.constantFrom('Văn', 'Thị', 'Quang', 'Hữu', 'Đức', 'Ngọc', 'Xuân', 'Thuỳ')
  const given = fc.constantFrom('An', 'Bình', 'Hồng', 'Hạnh', 'Hương', 'Đạt', 'Phượng', 'Tuấn', 'Nghĩa', 'Thịnh', 'Quỳnh', 'Mỹ', 'Ước', 'Ẩn') // prettier-ignore
  const name = fc.tuple(family, middle, given).map((words) => words.join(' '))
  const HEADS = ['Họ và tên', 'Năm sinh', 'Tổ', 'Thẻ căn cước', 'Cư trú', 'Đường']
  const row = name.map((one) => [one, 1950, 5, 'chưa có', 'Thường trú', 'Đường Hoa Sen'])

  test('in an old font is read as it was meant, whichever columns are in it', () => {
    for (const [font, typed] of [['tcvn3', toTcvn3], ['vni', toVni]] as const) // prettier-ignore
      fc.assert(
        fc.property(fc.array(row, { minLength: 3, maxLength: 8 }), fc.constantFrom('all', 'rows', 'names'), (rows, which) => {
          const sheet = [HEADS, ...rows]
          const old = sheet.map((cells, i) =>
            cells.map((cell, column) =>
              typeof cell === 'string' && (which === 'all' || (i > 0 && (which === 'rows' || column === 0))) ? typed(cell) : cell,
            ),
          )
          expect(fromOldSheet(old)).toEqual({ font, grid: sheet })
        }),
        { numRuns: 60 },
      ) // prettier-ignore
  })

  test('in Unicode is left as it is, whoever lives in the ward', () => {
    const foreign = ['Y Bhăm Êban', 'H’Hen Niê', 'Mã A Sùng', 'Nguyễn John', 'François Müller', 'Maï Nguyen', 'Peña José', 'Kpă Y Đlô', 'Zoë Trần', 'Siu Black', 'Rơ Châm Hyan', 'Bùi Noël', 'Søren Ångström'] // prettier-ignore
    expect(fromOldSheet([['Họ và tên'], ...foreign.map((one) => [one])])).toBeNull()
    // Nor one by one, or in a list without a letter that Latin-1 lacks.
    for (const one of foreign) expect([one, fromOldSheet([['Name'], [one]])]).toEqual([one, null])
    expect(fromOldSheet([['Tên'], ['Lý Hoàn'], ['Hà Bá Tùng'], ['Hoàng Tú'], ['Đinh La']])).toBeNull()
    fc.assert(fc.property(fc.array(row, { maxLength: 8 }), (rows) => expect(fromOldSheet([HEADS, ...rows])).toBeNull()))
  })

  test('in Unicode with rows that were pasted in from an old one has those rows put right and no other', () => {
    const rows = ['Nguyễn Văn An', 'Trần Thị Bình', 'Lê Văn Chung', 'Phạm Thị Dung', 'Maï Nguyen', 'Hoàng Văn Em', 'Vũ Thị Giang'] // prettier-ignore
    const sheet = [['Họ và tên'], ...rows.map((one) => [one]), ['TrÇn ThÞ Hång']]
    expect(fromOldSheet(sheet)?.grid).toEqual([...sheet.slice(0, -1), ['Trần Thị Hồng']])
  })
})
