import fc from 'fast-check'
import { shield } from '../../src/core/language/shield.js'

const seed = process.env['FC_SEED'] === undefined ? Date.now() & 0x7fffffff : Number(process.env['FC_SEED'])

const digits = (length: number) =>
  fc.array(fc.integer({ min: 0, max: 9 }), { minLength: length, maxLength: length }).map((all) => all.join(''))
const separators = fc.constantFrom(
  '',
  '',
  ' ',
  '.',
  '-',
  ' - ',
  ',',
  '/',
  '_',
  ':',
  '\n',
  '\t',
  '\u00a0',
  '\u200b',
  '·',
  '…',
  ') (',
)
/** Words before and behind, without digits and without words that change what a number is. */
const around = fc.constantFrom(
  '',
  'số của tôi ',
  'đây ạ: ',
  'cccd',
  'CMND của bác là ',
  '(',
  'abc ',
  'xong rồi, ',
  '😀 ',
)

/** A number with something between its digits, the same thing or nothing at each place. */
function spread(number: fc.Arbitrary<string>): fc.Arbitrary<string> {
  return fc
    .tuple(number, separators, fc.array(fc.boolean(), { minLength: 20, maxLength: 20 }))
    .map(([all, between, where]) => [...all].map((digit, i) => (i > 0 && where[i] ? between + digit : digit)).join(''))
}

/** The digits of a text in a row, masks being what stands between. */
function runs(text: string): string {
  return text.replace(/⟦[^⟧]*⟧/g, '|').replace(/[^\p{Nd}|]/gu, '')
}

function luhn(payload: string): string {
  for (let check = 0; check < 10; check++) {
    const all = `${payload}${check}`
    const sum = [...all].reverse().reduce((total, digit, i) => {
      const d = i % 2 === 1 ? Number(digit) * 2 : Number(digit)
      return total + (d > 9 ? d - 9 : d)
    }, 0)
    if (sum % 10 === 0) return all
  }
  throw new Error('unreachable')
}

describe(`the secret shield (seed ${seed})`, () => {
  const survives = (secret: fc.Arbitrary<string>, extra: fc.Arbitrary<string> = around) =>
    fc.assert(
      fc.property(extra, spread(secret), around, (before, number, behind) => {
        const { text, secrets } = shield(`${before}${number}${behind === 'cccd' ? '' : ` ${behind}`}`)
        expect(runs(text)).not.toMatch(/\d{4,}/)
        expect(secrets.length + Number(text.includes('⟦phone⟧'))).toBeGreaterThan(0)
      }),
      { seed, numRuns: 500 },
    )

  test('lets no number of twelve digits through, whatever stands between its digits', () => survives(digits(12)))
  test('lets no number of nine digits through', () => survives(digits(9)))
  test('lets no bank card through', () =>
    survives(
      fc
        .integer({ min: 12, max: 18 })
        .chain((n) => digits(n))
        .map(luhn),
    ))
  test('lets no one-time code through where a code is spoken of', () =>
    survives(
      fc.constantFrom(4, 6, 8).chain(digits),
      fc.constantFrom('mã otp là ', 'OTP: ', 'ma xac thuc cua toi ', 'mã xác nhận ', 'passcode ', 'mã pin '),
    ))

  test('hides digits of another width or script', () => {
    for (const text of ['０１９０８８００１２３４', '٠١٩٠٨٨٠٠١٢٣٤'])
      expect(shield(text)).toEqual({ text: '⟦id-number⟧', secrets: ['id-number'] })
  })

  test.each([
    ['482913', 'otp'],
    ['482913.', 'otp'],
    ['482 913', 'otp'],
    ['đây ạ 482913', 'otp'],
    ['482913 nhé cháu', 'otp'],
    ['mã là 4829', 'otp'],
    ['otp 2024', 'otp'],
    ['mã xác thực 123-456', 'otp'],
    ['mật khẩu là Hoasen', 'password'],
    ['mk: hoa123', 'password'],
    ['password is secret1', 'password'],
    ['Abc@12345', 'password'],
    ['mat khau vneid cua toi la Abcd1234', 'password'],
    ['019088001234', 'id-number'],
    ['so012345678901', 'id-number'],
    ['012345678901abc', 'id-number'],
    ['019.088.001.234', 'id-number'],
    ['số 019 088 001 234, sinh 1955', 'id-number'],
    ['0190880012345', 'id-number'],
    ['190012345', 'id-number'],
    ['cmnd 012 345 678', 'id-number'],
    ['4111 1111 1111 1111', 'card'],
    ['9704-3600-0000-0000-011', 'id-number'],
  ])('masks «%s» as %s', (text, kind) => {
    const shielded = shield(text)
    expect(shielded.secrets).toContain(kind)
    expect(shielded.text).toContain(`⟦${kind}⟧`)
    expect(runs(shielded.text).replaceAll('1955', '')).not.toMatch(/\d{4,}/)
  })

  test.each([
    'tôi gọi 1900 0368 không được',
    '1900 0368, 18001096',
    'gọi 18001096 hay 1900.0368',
    'công văn ngày 24/10/2022',
    'từ 1-7-2025 đến 24/10/2026',
    'CMND dùng đến 31/12/2024',
    'bước 5',
    'tôi đang ở bước 5 trong 8',
    '2 người',
    'nhà tôi có 2 người, 1 trẻ em',
    'sinh năm 1955',
    '1955',
    'nộp 500000 đồng à',
    'Nghị định 69/2024',
    '1, 2, 3',
    'mức 1 hay mức 2',
    'tổ 12',
    'quên mật khẩu là sao',
    'mật khẩu là gì',
    'mật khẩu không được',
  ])('leaves «%s» as it is', (text) => expect(shield(text)).toEqual({ text, secrets: [] }))

  test('masks phone numbers without a warning: they are given in good faith', () => {
    for (const text of ['0912345678', '+84 912 345 678', '0912.345.678'])
      expect(shield(text)).toEqual({ text: '⟦phone⟧', secrets: [] })
  })

  test('names the most dangerous secret first, and masks all of them', () => {
    const { text, secrets } = shield('cccd 019088001234, mật khẩu là Abc@12345, mã otp 482913')
    expect(secrets).toEqual(['otp', 'password', 'id-number'])
    expect(text).not.toMatch(/\d{4}|Abc/)
  })

  test('keeps a date beside a number it hides', () => {
    expect(shield('ngày 24/10/2022 số 019088001234').text).toBe('ngày 24/10/2022 số ⟦id-number⟧')
    expect(shield('24/10/2022 019088001234').text).toContain('24/10/2022')
  })

  test('says the same of a text it has masked already', () => {
    const { text } = shield('cccd 019088001234 mã otp 482913')
    expect(shield(text)).toEqual({ text, secrets: [] })
  })

  test('reads ten thousand characters in no time', () => {
    const started = performance.now()
    for (const text of ['1 '.repeat(5000), 'a1b2'.repeat(2500), 'mật khẩu là '.repeat(900), '1/1/2020 '.repeat(1200)])
      shield(text)
    expect(performance.now() - started).toBeLessThan(500)
  })
})
