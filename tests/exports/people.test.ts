import { csvLine } from '../../src/exports/csv.js'
import { peopleSheet, withoutCardSheet } from '../../src/exports/people.js'
import { FIELDS, mapColumns } from '../../src/core/roster/columns.js'
import { LOCALES } from '../../src/core/model/message.js'
import { importRoster } from '../../src/roster/import.js'
import { people, withPhones } from '../../src/store/roster.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { enrol, headOf, household, rosterPerson, SEALS, WARD } from '../store/roster-samples.js'
import { NOW } from '../store/samples.js'
import { xlsxOf } from '../roster/sheets.js'

const { texts, world } = loadWorld()
let made = 0

describeEngines('the roster in a file', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => {
    database = await engine.fresh()
    await enrol(
      database.store.db,
      [
        rosterPerson(1, { household: 'h-1', name: 'Trần Thị Hòa', card: 'none', cardReason: 'ốm', visit: true, phone: '0912345678', residence: 'temporary', note: '=1+1' }), // prettier-ignore
        rosterPerson(2, { household: 'h-1', name: 'Đỗ Văn Ân', card: 'has', official: true }),
        rosterPerson(3, { name: 'Lê Thị Bé', card: 'none', born: null, residence: null }),
        rosterPerson(4, { name: 'Ngô Văn Cả', card: 'none', group: 7 }),
      ],
      [household(1, { code: '12', street: 'Đường Hoa Sen', house: 'số 3, ngõ 5', reviewedOn: '2026-11-20' })],
    )
  })
  afterEach(() => database.drop())

  const parts = (locale: 'vi' | 'en', scope = WARD) => ({
    db: database.store.db,
    scope,
    seals: SEALS,
    texts,
    flows: world.flows,
    voice: { locale, form: 'ban', day: '2026-11-24' } as const,
  })
  const take = (file: Buffer) =>
    importRoster({ store: database.store, seals: SEALS, scope: WARD, groups: [], file, dryRun: false, now: NOW, newId: () => `n-${++made}` }) // prettier-ignore

  test.each(LOCALES)('is read again as it was written (%s), from .xlsx and from .csv', async (locale) => {
    const { heading, rows } = await peopleSheet(parts(locale))
    expect(mapColumns([heading], { group: null })).toMatchObject({
      problems: [],
      shown: FIELDS.map((field) => ({ field })),
    })
    const before = withPhones(SEALS, await people(database.store.db, WARD))
    for (const file of [
      await xlsxOf([heading, ...rows]),
      Buffer.from(`\uFEFF${[heading, ...rows].map((row) => csvLine(row)).join('')}`),
    ]) {
      expect(await take(file)).toMatchObject({
        outcome: 'imported',
        rows: 4,
        added: 0,
        updated: 0,
        unchanged: 4,
        problems: [],
      })
      expect(withPhones(SEALS, await people(database.store.db, WARD))).toEqual(before)
    }
  })

  test('of those without a card goes by residence, and holds the scope and nothing else', async () => {
    const { heading, rows } = await withoutCardSheet(parts('vi'))
    expect(heading.slice(0, 5)).toEqual(['Cư trú', 'Tổ dân phố', 'Họ và tên', 'Năm sinh', 'Lý do chưa có thẻ'])
    expect(rows.map((row) => row.slice(0, 7))).toEqual([
      ['Thường trú', 7, 'Ngô Văn Cả', 1950, null, null, null],
      ['Tạm trú', 5, 'Trần Thị Hòa', 1950, 'ốm', 'x', '0912345678'],
      [null, 5, 'Lê Thị Bé', null, null, null, null],
    ])
    expect((await withoutCardSheet(parts('vi', headOf(7)))).rows).toHaveLength(1)
    // What it says beside the list is nobody's column: the file is read as before.
    expect(await take(await xlsxOf([heading, ...rows]))).toMatchObject({
      outcome: 'imported',
      added: 0,
      updated: 0,
      unchanged: 3,
    })
    expect((await peopleSheet(parts('en', headOf()))).rows).toEqual([])
    expect((await peopleSheet(parts('en'), { group: 7 })).rows).toHaveLength(1)
  })
})
