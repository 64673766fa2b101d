import { readFileSync, rmSync, writeFileSync } from 'node:fs'
import { keepCheckup, lastCheckup, unsoundAside } from '../../src/store/checkup.js'
import { openSqlite, type Store } from '../../src/store/open.js'
import { migrate } from '../../src/store/migrate.js'
import { createSoundness } from '../../src/upkeep/soundness.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { addContacts, newContact, NOW } from '../store/samples.js'

const DAY = 86_400_000

describeEngines('a look through the whole database', await engines(), (engine) => {
  let database: TestDatabase
  let now = NOW
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('is taken once a day, or when somebody asks, and kept', async () => {
    const { store } = database
    const soundness = createSoundness({ store, clock: () => now })
    expect(await lastCheckup(store.db)).toBeNull()
    expect(await soundness.runOnce()).toEqual({ at: NOW, wrong: null })
    expect(await soundness.runOnce()).toBeNull()
    now += DAY - 1
    // Another process, or this one after a restart, knows that it was done.
    expect(await createSoundness({ store, clock: () => now }).runOnce()).toBeNull()
    const [one, other] = await Promise.all([soundness.now(), soundness.now()])
    expect(other).toBe(one)
    expect(await lastCheckup(store.db)).toEqual({ at: NOW + DAY - 1, wrong: null })
    now += DAY
    expect(await soundness.runOnce()).toEqual({ at: now, wrong: null })
    await keepCheckup(store.db, { at: 5, wrong: 'damaged' })
    expect(await lastCheckup(store.db)).toEqual({ at: 5, wrong: 'damaged' })
  })
})

describe('a file that is damaged', () => {
  let store: Store
  const file = `/tmp/ward-soundness-${process.pid}.db`
  afterEach(async () => {
    await store.close().catch(() => {})
    for (const end of ['', '-wal', '-shm']) rmSync(file + end, { force: true })
  })

  /** A ward's file with 16 KB of rubbish near its end, where the rows are and not the schema, opened; before that it was sound. */
  async function damaged(looks: Parameters<typeof unsoundAside>[1]): Promise<void> {
    store = openSqlite(file)
    await migrate(store)
    await addContacts(
      store,
      Array.from({ length: 800 }, (_, i) => newContact(i)),
    )
    expect(await unsoundAside(store, looks)).toBeNull()
    await store.close()
    const bytes = readFileSync(file)
    bytes.fill(0xff, bytes.length - 4096 * 8, bytes.length - 4096 * 4)
    writeFileSync(file, bytes)
    store = openSqlite(file)
  }

  test('is found so by a thread that reads a large one through, while others are answered', async () => {
    await damaged({ small: 0 })
    let answered = 0
    const others = setInterval(() => answered++, 1)
    expect(await unsoundAside(store, { small: 0 })).toBe('damaged')
    clearInterval(others)
    expect(answered).toBeGreaterThan(0)
  })

  test('is found so at once where it is small', async () => {
    await damaged({})
    expect(await unsoundAside(store)).toBe('damaged')
  })
})
