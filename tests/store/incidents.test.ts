import { addIncidents, incidentsBetween } from '../../src/store/incidents.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describeEngines('incidents', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('are counted by day, kind, channel and group, and hold nothing else', async () => {
    const db = database.store.db
    const told = { day: '2026-11-24', kind: 'code', channel: 'web', group: 5 } as const
    await addIncidents(db, [told, told, { ...told, group: null }])
    await addIncidents(db, [told, { ...told, day: '2026-11-25', kind: 'lost' }])
    await addIncidents(db, [])
    expect(await incidentsBetween(db, '2026-11-24', '2026-11-25')).toEqual([
      { ...told, day: '2026-11-25', kind: 'lost', n: 1 },
      { ...told, group: null, n: 1 },
      { ...told, n: 3 },
    ])
    expect(await incidentsBetween(db, '2026-11-26', '2026-11-27')).toEqual([])
  })
})
