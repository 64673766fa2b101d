import { draftFile, type DraftName } from '../../src/exports/drafts.js'
import { sumFigures } from '../../src/core/figures.js'
import { inForce } from '../../src/core/model/ward.js'
import { counted } from '../../src/store/counted.js'
import { rosterFigures } from '../../src/store/roster-figures.js'
import { appendLedger } from '../../src/store/ledger.js'
import { saveRuns } from '../../src/store/runs.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { unzip } from '../support/zip.js'
import { enrol, headOf, household, rosterPerson, WARD } from '../store/roster-samples.js'
import { event, run } from '../store/samples.js'

const { material, texts } = loadWorld()
const flows = new Map([...material.flows].map(([id, source]) => [id, source.value]))
const ward = material.ward.value
const DAY = '2026-11-23'

/** What a reader sees: paragraphs outside of tables, and every table as rows of cells. */
function read(document: string) {
  const plain = (xml: string) =>
    [...xml.matchAll(/<w:t[ >][^>]*>([^<]*)<\/w:t>|<w:t>([^<]*)<\/w:t>/g)].map(([, a, b]) => a ?? b).join('')
  const tables = [...document.matchAll(/<w:tbl>([^]*?)<\/w:tbl>/g)].map(([, table]) =>
    [...table!.matchAll(/<w:tr\b[^>]*>([^]*?)<\/w:tr>/g)].map(([, row]) =>
      [...row!.matchAll(/<w:tc\b[^>]*>([^]*?)<\/w:tc>/g)].map(([, cell]) => plain(cell!)),
    ),
  )
  return { text: plain(document), tables }
}

/** How these words are written, in half points. */
function looksOf(document: string, words: string) {
  const run = [...document.matchAll(/<w:r>[^]*?<\/w:r>/g)]
    .map(([xml]) => xml)
    .find((xml) => xml.includes(`>${words}<`))!
  return {
    bold: /<w:b\/>/.test(run),
    italics: /<w:i\/>/.test(run),
    size: Number(/<w:sz w:val="(\d+)"\/>/.exec(run)![1]),
  }
}

/** Every element is closed in its order. */
function expectWellFormed(xml: string): void {
  const open: string[] = []
  for (const [, close, name, empty] of xml.matchAll(/<(\/?)([A-Za-z][\w:.-]*)[^<>]*?(\/?)>/g)) {
    if (close) expect(open.pop()).toBe(name)
    else if (!empty) open.push(name!)
  }
  expect(open).toEqual([])
}

describeEngines('the drafts of official letters', await engines(), (engine) => {
  let database: TestDatabase
  beforeAll(async () => {
    database = await engine.fresh()
    const { db } = database.store
    const card = (n: number) => (n % 3 === 0 ? 'none' : 'has')
    await enrol(
      db,
      Array.from(
        { length: 24 },
        (_, n) =>
        rosterPerson(n, { group: n < 3 ? 9 : 5 + (n % 2), card: card(n), visit: n % 6 === 0 || n === 5, official: n % 8 === 4, residence: n % 4 === 0 ? 'temporary' : n % 5 === 0 ? null : 'permanent' }), // prettier-ignore
      ),
      [household(1, { reviewedOn: '2026-11-01' }), household(2)],
    )
    await saveRuns(db, [
      ...[4, 5, 6, 7, 8].map((n) => run(n, { person: `r-${n}`, step: 'phone' })),
      ...[9, 10, 12].map((n) =>
        run(n, { person: `r-${n}`, flow: 'portal-login', step: 'end', state: 'finished', seq: 1 }),
      ),
    ])
    // One of the officials by the word of the head.
    await appendLedger(db, [9, 12].map((n) => event(`r-${n}`, 1, { person: `r-${n}`, flow: 'portal-login', outcome: 'finished', source: n === 12 ? 'leader' : 'self' }))) // prettier-ignore
  })
  afterAll(() => database.drop())

  const opened = async (name: DraftName, more: Partial<typeof ward> = {}) => {
    const { bytes } = await draftFile(name, { db: database.store.db, scope: WARD, flows, ward: { ...ward, ...more }, texts, day: DAY }) // prettier-ignore
    const files = unzip(bytes)
    for (const part of ['[Content_Types].xml', 'word/document.xml', 'word/styles.xml'])
      expectWellFormed(files.get(part)!)
    return { files, document: files.get('word/document.xml')! }
  }
  const made = async (name: DraftName, more: Partial<typeof ward> = {}) => {
    return read((await opened(name, more)).document)
  }
  const name = inForce(ward.names, DAY).vi

  test('carry the form of Decree 30/2020 and the mark of a draft, and leave blank what nobody has said', async () => {
    for (const draft of ['report', 'card-team'] as const) {
      const { text } = await made(draft)
      for (const part of [
        'DỰ THẢO – chờ ký',
        'CỘNG HÒA XÃ HỘI CHỦ NGHĨA VIỆT NAM',
        'Độc lập – Tự do – Hạnh phúc',
        `Ủy ban nhân dân ${name}`.toUpperCase(),
        'Nơi nhận:',
        '- (phường điền);',
        '- Lưu: VT.',
        'ngày …… tháng …… năm 2026',
      ])
        // prettier-ignore
        expect(text).toContain(part)
      expect(text).toMatch(/Số: {8}\//)
      expect(text).not.toMatch(/\{\{|undefined|null|NaN/)
      // Bodies that are no more are nobody's addressees.
      expect(text).not.toMatch(/thành phố Phổ Yên|Công an thành phố/)
    }
    const { text } = await made('card-team', { reports: { issuer: 'UBND <thử> & co', place: 'Hoa Sen', recipients: ['Cơ quan A', 'Cơ quan B'] } }) // prettier-ignore
    for (const part of [
      'UBND &lt;THỬ&gt; &amp; CO',
      'Hoa Sen, ngày',
      'Kính gửi:- Cơ quan A;- Cơ quan B.',
      '- Cơ quan B;',
    ])
      expect(text).toContain(part)
    expect(text).toContain('V/v đề nghị')
    expect(text.match(/Kính gửi/g)).toHaveLength(1)
    const one = await made('card-team', { reports: { issuer: null, place: null, recipients: ['Cơ quan A'] } })
    expect(one.text).toContain('Kính gửi: Cơ quan A')
    expect((await made('report')).text).not.toContain('Kính gửi')
  })

  test('number their pages in the top margin from the second on, in the middle', async () => {
    for (const draft of ['report', 'card-team'] as const) {
      const { files, document } = await opened(draft)
      // A first page of its own, whose header is empty, and one for all others.
      expect(document).toMatch(/<w:titlePg\/>/)
      const headers = [...document.matchAll(/<w:headerReference w:type="(\w+)" r:id="(\w+)"\/>/g)].map(
        ([, type, id]) => {
          const target = new RegExp(`Id="${id}"[^>]*Target="([^"]+)"|Target="([^"]+)"[^>]*Id="${id}"`).exec(files.get('word/_rels/document.xml.rels')!)! // prettier-ignore
          return [type, files.get(`word/${target[1] ?? target[2]}`)!] as const
        },
      )
      const [first, others] = ['first', 'default'].map((type) => headers.find(([one]) => one === type)![1])
      expect(first).not.toMatch(/<w:instrText|<w:t[ >]/)
      expect(others).toMatch(/<w:jc w:val="center"\/>/)
      expect(others).toMatch(/<w:instrText[^>]*>PAGE<\/w:instrText>/)
      expect(others).toMatch(/<w:sz w:val="26"\/>/)
      // The number has its room inside the top margin of 20 mm.
      expect(document).toMatch(/<w:pgMar w:top="1134"[^>]* w:header="567"/)
      for (const header of [first!, others!]) expectWellFormed(header)
    }
  })

  test('have rules below the issuing body, the motto and the subject, the names they go to in two sizes, and who signs in bold capitals', async () => {
    const { document } = await opened('report')
    const rules = [...document.matchAll(/<w:p>(?:(?!<\/w:p>)[^])*?<w:top w:val="single"(?:(?!<\/w:p>)[^])*?<w:ind w:left="(\d+)" w:right="(\d+)"\/>/g)] // prettier-ignore
    expect(rules).toHaveLength(3)
    const before = (mark: RegExp) => document.search(mark)
    const [issuer, motto, subject] = rules.map(({ index }) => index)
    expect([before(/ỦY BAN NHÂN DÂN/) < issuer!, issuer! < before(/Số: {8}/)]).toEqual([true, true])
    expect([before(/Độc lập/) < motto!, motto! < before(/ngày ……/)]).toEqual([true, true])
    expect([before(/Kết quả triển khai/) < subject!, subject! < before(/Thực hiện Đề án 06/)]).toEqual([true, true])
    // In the middle of what stands above them.
    for (const [, left, right] of rules) expect(left).toBe(right)
    expect(looksOf(document, 'Nơi nhận:')).toEqual({ bold: true, italics: true, size: 24 })
    expect(looksOf(document, '- Lưu: VT.')).toEqual({ bold: false, italics: false, size: 22 })
    for (const words of ['TM. ỦY BAN NHÂN DÂN', 'CHỦ TỊCH'])
      expect(looksOf(document, words)).toEqual({ bold: true, italics: false, size: 28 })
    // Whose committee it is not, for that nobody signs.
    const { text } = await made('report', { reports: { issuer: 'Công an phường', place: null, recipients: [] } })
    expect(text).toContain('(QUYỀN HẠN – PHƯỜNG ĐIỀN)')
    expect(text).not.toContain('TM. ỦY BAN')
  })

  test('name the same figures as every other place', async () => {
    const { db } = database.store
    const { tables, text } = await made('report')
    const { rows, beside } = await counted(db, WARD)
    const sums = sumFigures(flows, rows, beside)
    expect(sums.map(({ flow }) => flow).sort()).toEqual(['portal-login', 'vneid-level-1'])
    const [, guides, steps, groups, cards] = tables
    expect(guides!.slice(1).map((row) => row.slice(1))).toEqual(
      sums.map(({ flow, people, started, finished, confirmed, percent }) => [people, started, finished, confirmed, percent, ward.targets[flow] ?? 'chưa đặt'].map(String)), // prettier-ignore
    )
    expect(steps!.slice(1).map((row) => row.at(-1))).toEqual(
      sums.flatMap(({ standing }) => standing.map(({ count }) => String(count))),
    )
    expect(groups!.at(-1)!.slice(1)).toEqual(
      sums.map(({ finished, confirmed, people, started }) => `${finished}/${people} (${confirmed}; ${started})`),
    )
    const roster = await rosterFigures(db, WARD)
    expect(roster.some(({ group }) => group === null)).toBe(true)
    const numbers = (of: (typeof roster)[number]) => [of.people, of.withoutCard.permanent, of.withoutCard.temporary, of.withoutCard.unknown, of.cardUnknown, of.reviewed, of.households] // prettier-ignore
    expect(cards!.slice(1, -1).map((row) => row.slice(1).map(Number))).toEqual(roster.map(numbers))
    expect(cards!.at(-1)!.slice(1).map(Number)).toEqual(
      roster.map(numbers).reduce((sum, row) => sum.map((n, i) => n + row[i]!)),
    )
    const [officials, done] = [roster.reduce((sum, one) => sum + one.officials, 0), roster.reduce((sum, one) => sum + one.officialsDone, 0)] // prettier-ignore
    expect(done).toBeGreaterThan(0)
    expect(text).toContain(`${done}/${officials} cán bộ`)
    expect(text).toContain(`trong đó 1 người đã được ghi nhận`)
  })

  test('count the heads of those without a card by group', async () => {
    const { tables, text } = await made('card-team')
    const roster = await rosterFigures(database.store.db, WARD)
    const without = roster.reduce((sum, { withoutCard: { permanent, temporary, unknown } }) => sum + permanent + temporary + unknown, 0) // prettier-ignore
    expect(without).toBe(8)
    expect(text).toContain(`còn ${without} người chưa có thẻ căn cước`)
    expect(tables[1]!.at(-1)![4]).toBe(String(without))
  })

  test('count for the team that makes cards no wish for a visit of somebody who holds one', async () => {
    const { tables, text } = await made('card-team')
    const wishes = (await rosterFigures(database.store.db, WARD)).reduce((sum, { visits }) => sum + visits, 0)
    expect(wishes).toBe(5)
    expect(tables[1]!.at(-1)![5]).toBe('4')
    expect(text).toContain('có 4 người')
  })

  test('speak for the ward, so nobody with less may ask for one', async () => {
    const parts = { db: database.store.db, scope: headOf(5), flows, ward, texts, day: DAY }
    await expect(draftFile('report', parts)).rejects.toThrow('whole ward')
  })
})
