import { readFileSync } from 'node:fs'

interface Line {
  q: string
  label: string
  style: string
  also?: string[]
}

/** Every topic the assistant must tell apart; written out so that a topic lost from the set is noticed. */
const topics = [
  'de-an-06-la-gi',
  'nhiem-vu-can-bo-to-truong',
  'cccd-lam-moi-o-dau',
  'cccd-tam-tru',
  'cccd-luu-dong-tai-nha',
  'cccd-doi-sau-sap-nhap',
  'cccd-het-han-doi-the',
  'cccd-mat-hong-cap-lai',
  'cccd-le-phi',
  'cccd-tre-em',
  'cccd-tra-the-cham',
  'muc1-muc2-khac-nhau',
  'vneid-loi-ich-bat-buoc',
  'tai-cai-dat-vneid',
  'khong-smartphone-may-cu',
  'dang-ky-muc1-cac-buoc',
  'nfc-khong-doc-duoc',
  'khong-co-nfc-quet-qr',
  'anh-chan-dung-loi',
  'thong-tin-khong-khop',
  'dang-ky-muc2-o-dau',
  'muc2-cho-duyet',
  'tin-nhan-phe-duyet',
  'kich-hoat-cac-buoc',
  'kich-hoat-qua-han-da-kich-hoat',
  'otp-khong-ve',
  'mat-khau-passcode-dat',
  'cau-hoi-bao-mat',
  'quen-mat-khau',
  'quen-passcode',
  'doi-may-dang-nhap',
  'mat-dien-thoai-khoa-tai-khoan',
  'tai-khoan-bi-khoa',
  'doi-so-dien-thoai',
  'so-dien-thoai-dung-chung',
  'app-bao-loi-bao-tri',
  'tich-hop-giay-to',
  'dvcqg-la-gi-loi-ich',
  'dvcqg-dang-nhap-vneid',
  'dvcqg-tai-khoan-cu',
  'dvcqg-loi-dang-nhap',
  'phuong-sap-nhap-dia-chi',
  'lien-he-gio-lam-viec',
  'lua-dao-nhan-biet',
  'rieng-tu-du-lieu-bot',
]
/** The least number of messages of each label that is not a topic. */
const others = { 'out-of-scope': 90, danger: 45, human: 25, greeting: 15 }
const styles = [
  'full',
  'none',
  'teencode',
  'telex',
  'vni',
  'typos',
  'upper',
  'rambling',
  'joined',
  'dialect',
  'english',
]

const lines = readFileSync('tests/language/dev-set.jsonl', 'utf8')
  .trimEnd()
  .split('\n')
  .map((line) => JSON.parse(line) as Line)
const labelled = (label: string) => lines.filter((line) => line.label === label)

describe('the development set', () => {
  test('knows 45 topics and holds at least 560 messages', () => {
    expect(new Set(topics).size).toBe(45)
    expect(lines.length).toBeGreaterThanOrEqual(560)
  })

  test('uses known labels and styles only, and never an empty message', () => {
    const labels = new Set([...topics, ...Object.keys(others)])
    const wrong = lines.filter(
      ({ q, label, style, also = [] }) =>
        q.trim() === '' ||
        q !== q.trim() ||
        q !== q.normalize('NFC') ||
        !styles.includes(style) ||
        [label, ...also].some((name) => !labels.has(name)) ||
        also.includes(label),
    )
    expect(wrong).toEqual([])
  })

  test('holds no message twice, in whatever case', () => {
    const seen = new Set<string>()
    const twice = lines.map(({ q }) => q.toLowerCase()).filter((q) => seen.has(q) || !seen.add(q))
    expect(twice).toEqual([])
  })

  test.each(topics)('has at least nine messages in six styles for %s', (topic) => {
    const own = labelled(topic)
    expect(own.length).toBeGreaterThanOrEqual(9)
    expect(new Set(own.map((line) => line.style)).size).toBeGreaterThanOrEqual(6)
  })

  test.each(Object.entries(others))('has enough messages for %s (at least %i)', (label, least) => {
    expect(labelled(label).length).toBeGreaterThanOrEqual(least)
  })

  test.each(styles)('has messages in the style %s', (style) => {
    expect(lines.filter((line) => line.style === style).length).toBeGreaterThanOrEqual(20)
  })

  test('keeps upper case, bare letters and keyboard residue what they say they are', () => {
    const untrue = lines.filter(
      ({ q, style }) =>
        (style === 'upper' && q !== q.toUpperCase()) ||
        (['none', 'telex', 'vni'].includes(style) && /\p{M}|đ/iu.test(q.normalize('NFD'))) ||
        (style === 'vni' && !/\p{L}\d/u.test(q)),
    )
    expect(untrue).toEqual([])
  })
})
