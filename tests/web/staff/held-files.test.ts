import { sql } from 'kysely'
import type { Said } from '../../../src/core/roster/columns.js'
import { createSeals } from '../../../src/store/sealed.js'
import { createRetention } from '../../../src/upkeep/retention.js'
import { createHeldFiles, HELD_MS } from '../../../src/web/staff/held-files.js'
import { APP_SECRET } from '../../support/children.js'
import { describeEngines, engines, type TestDatabase } from '../../support/databases.js'
import { createStage } from '../../reminders/stage.js'

const MB = 1024 * 1024

describeEngines('a checked list', await engines(), (engine) => {
  let database: TestDatabase
  let now: number
  beforeEach(async () => {
    database = await engine.fresh()
    now = Date.parse('2026-11-23T09:00:00+07:00')
  })
  afterEach(() => database.drop())

  const process = (secret = APP_SECRET, store = database.peer()) =>
    createHeldFiles({ store, seals: createSeals(() => secret), clock: () => now })
  const file = (words: string, said?: Said) => ({ bytes: Buffer.from(words), group: 5, said })
  const waiting = async () =>
    (await sql<{ contact: string; sealed: string }>`select * from held_file order by contact`.execute(database.store.db)).rows // prettier-ignore

  test('that one process checked is written by another, once, read as was said, byte by byte', async () => {
    const [one, other] = [process(), process()]
    const said: Said = new Map([[0, 'name'], [1, null], [2, 'born']]) // prettier-ignore
    const bytes = Buffer.alloc(12 * MB, 'PK\u0003\u00ff\u0000', 'latin1')
    const name = await one.hold('c-1', { bytes, group: null, said })
    const taken = await other.take('c-1', name)
    expect(taken!.bytes.equals(bytes)).toBe(true)
    expect([taken!.group, [...taken!.said!]]).toEqual([null, [...said]])
    expect(await one.take('c-1', name)).toBeNull()
    expect(await waiting()).toEqual([])
  })

  test('of two who write it at once is given to one', async () => {
    const name = await process().hold('c-1', file('An'))
    const taken = await Promise.all([process().take('c-1', name), process().take('c-1', name)])
    expect(taken.filter((one) => one !== null)).toHaveLength(1)
  })

  test('waits a quarter of an hour, for whoever brought it alone, and is pushed out by nobody else’s', async () => {
    const held = process()
    const names: string[] = []
    for (let n = 0; n < 12; n++) names.push(await held.hold(`c-${n}`, file(`list ${n}`)))
    expect(await held.take('c-1', names[0]!)).toBeNull()
    now += HELD_MS - 1
    expect((await held.take('c-0', names[0]!))!.bytes.toString()).toBe('list 0')
    now += 1
    expect(await held.take('c-1', names[1]!)).toBeNull()
  })

  test('gives way to the next one of the same person', async () => {
    const held = process()
    const first = await held.hold('c-1', file('first'))
    const next = await held.hold('c-1', file('next'))
    expect(await held.take('c-1', first)).toBeNull()
    expect((await held.take('c-1', next))!.bytes.toString()).toBe('next')
  })

  test('cannot be read in the database, opens in nobody else’s row, and counts as gone behind another secret', async () => {
    const held = process()
    const name = await held.hold('c-1', file('Nguyễn Văn An'))
    const [row] = await waiting()
    expect(JSON.stringify(row)).not.toContain(Buffer.from('Nguyễn').toString('base64').slice(0, 6))
    expect(JSON.stringify(row)).not.toContain(name)
    await sql`update held_file set contact = 'c-2'`.execute(database.store.db)
    expect(await held.take('c-2', name)).toBeNull()
    const again = await held.hold('c-1', file('Nguyễn Văn An'))
    expect(await process('another-secret-only-for-tests-0123456789').take('c-1', again)).toBeNull()
  })

  test('that nobody wrote is erased by the next look of the server, though it looked through everything today already', async () => {
    const stage = createStage(database.store)
    now = stage.clock()
    await process().hold('c-1', file('An'))
    const retention = createRetention({ ...stage.parts, store: database.store })
    await retention.runOnce()
    expect(await waiting()).toHaveLength(1)
    stage.clock.pass(HELD_MS)
    await retention.runOnce()
    expect(await waiting()).toEqual([])
  })
})
