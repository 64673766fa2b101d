import { createHash } from 'node:crypto'
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { gunzipSync, gzipSync } from 'node:zlib'
import { sql } from 'kysely'
import { makeBackup } from '../../src/cli/backup.js'
import { restoreBackup as restoreWith } from '../../src/cli/restore.js'
import type { Values } from '../../src/cli/usage.js'
import { type Config, readConfig } from '../../src/config.js'
import { takeLock } from '../../src/store/lock.js'
import { figures } from '../../src/store/figures.js'
import { recountFigures } from '../../src/store/recount.js'
import { people, withPhones } from '../../src/store/roster.js'
import { createSeals } from '../../src/store/sealed.js'
import { putPeople } from '../../src/store/enrol.js'
import { mergePeople } from '../../src/store/merges.js'
import { openPostgres, openSqlite } from '../../src/store/open.js'
import { APP_SECRET, databaseSettings, databaseUrl } from '../support/children.js'
import { begin, createBot, finish } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { rosterPerson, WARD } from '../store/roster-samples.js'
import { NOW } from '../store/samples.js'

const all = await engines()
const SEALS = createSeals(() => APP_SECRET)
let dir: string
beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'ward-backup-'))))
afterAll(() => rmSync(dir, { recursive: true, force: true }))

const settings = (database: TestDatabase, more: Record<string, string> = {}) =>
  readConfig({ APP_SECRET, ...databaseSettings(database.store), ...more })
const quiet = () => {}
const restoreBackup = (config: Config, file: string, out: (text: string) => void, values: Values = {}) =>
  restoreWith(config, file, values, out)

describeEngines('a backup', all, (engine) => {
  let database: TestDatabase
  let file: string
  const opened: TestDatabase[] = []
  const empty = async (of = engine) => {
    opened.push(await of.empty())
    return opened.at(-1)!
  }
  beforeAll(async () => {
    database = await engine.fresh()
    const bot = createBot(database.store)
    const [one, two] = [bot.resident(), bot.resident()]
    await begin(one)
    await begin(two, 'portal-login')
    await finish(two)
    const sheet = Array.from({ length: 6 }, (_, n) => rosterPerson(n, { phone: `091234567${n}`, name: `Trần Thị «Số» ${n}\n` })) // prettier-ignore
    await putPeople(database.store.db, WARD, SEALS, sheet, NOW)
    expect(await database.store.transaction((tx) => mergePeople(tx, WARD, SEALS, { kept: 'r-5', gone: 'r-0', at: NOW }))).toBe('merged') // prettier-ignore
    file = join(dir, `${engine.name}.backup`)
    // Beside an open server: another connection writes while it is made.
    expect(await makeBackup(settings(database), file, quiet)).toBe(0)
  })
  afterEach(async () => {
    while (opened.length > 0) await opened.pop()!.drop()
  })
  afterAll(() => database.drop())

  test('gives everything again on either engine, phone numbers too', async () => {
    const before = withPhones(SEALS, await people(database.store.db, WARD))
    expect(before.filter(({ phone }) => phone !== null).length).toBeGreaterThan(3)
    for (const target of all.filter(({ missing }) => missing === null)) {
      const copy = await empty(target)
      expect(await restoreBackup(settings(copy), file, quiet)).toBe(0)
      const { db } = copy.store
      expect(withPhones(SEALS, await people(db, WARD))).toEqual(before)
      expect(await figures(db, WARD)).toEqual(await figures(database.store.db, WARD))
      expect(await recountFigures(db, WARD)).toEqual(await figures(db, WARD))
      for (const table of ['person', 'contact', 'address', 'session', 'run', 'ledger', 'outbox', 'audit', 'merge']) {
        const rows = async (of: TestDatabase) => JSON.stringify((await sql`select * from ${sql.table(table)} order by 1, 2`.execute(of.store.db)).rows) // prettier-ignore
        expect([table, await rows(copy)]).toEqual([table, await rows(database)])
      }
      // What must not be changed cannot be changed there either.
      await expect(sql`delete from ledger`.execute(db)).rejects.toThrow('append-only')
    }
  })

  test('is refused where it could do harm, and nothing is changed', async () => {
    await expect(restoreBackup(settings(database), file, quiet)).rejects.toThrow(engine.name === 'postgres' ? /server is running|not empty/ : /not empty/) // prettier-ignore
    const copy = await empty()
    const restore = (from: string, more = {}) => restoreBackup(settings(copy, more), from, quiet)
    const bytes = readFileSync(file)
    const text = gunzipSync(bytes).toString()
    const spoilt: [name: string, bytes: Buffer, says: RegExp][] = [
      ['cut', bytes.subarray(0, bytes.length - 40), /damaged/],
      ['another', Buffer.from('no backup'), /damaged/],
      ['changed', gzipSync(text.replace('Trần Thị', 'Trần Văn')), /damaged/],
      ['short', gzipSync(text.split('\n').toSpliced(5, 1).join('\n')), /damaged/],
    ]
    const head = JSON.parse(text.split('\n')[0]!) as { migrations: string[] }
    expect(head.migrations.length).toBeGreaterThan(10)
    for (const [name, content, says] of spoilt) {
      const path = join(dir, `${engine.name}-${name}`)
      writeFileSync(path, content)
      await expect(restore(path)).rejects.toThrow(says)
    }
    await expect(restore(file, { APP_SECRET: 'another secret, that is long enough too' })).rejects.toThrow('APP_SECRET')
    await expect(restore(join(dir, 'none'))).rejects.toThrow('is not there')
    await expect(makeBackup(settings(database), file, quiet)).rejects.toThrow('already')
    expect((await copy.store.db.introspection.getTables()).length).toBe(0)
  })

  test('says how old it is and what is in it, before it is taken in and without taking it in', async () => {
    const copy = await empty()
    let told = ''
    const say = (text: string) => void (told += text)
    expect(await restoreBackup(settings(copy), file, say, { 'dry-run': true })).toBe(0)
    expect(told).toMatch(/made \d{4}-\d\d-\d\d \d\d:\d\d \((just now|\d+ minutes? ago)\)\. It holds \d+ rows: 6 people of the roster, 2 contacts, 0 reminders, \d+ steps in the ledger, the newest of 2026-11-23 08:/) // prettier-ignore
    expect(told).toContain('Nothing was changed. The database is empty')
    expect((await copy.store.db.introspection.getTables()).length).toBe(0)
    told = ''
    if (engine.name === 'sqlite') {
      await expect(restoreBackup(settings(database), file, say)).rejects.toThrow(
        /not empty, and nothing was changed: .*--force/,
      )
      expect(told).toMatch(/ward\.db: It holds \d+ rows: 6 people/)
    }
  })

  test('takes the place of what is there only by force, and what was there is kept in a backup of its own', async () => {
    const busy = await engine.fresh()
    opened.push(busy)
    const bot = createBot(busy.store)
    const data = mkdtempSync(join(dir, 'data-'))
    const at = (more = {}) => settings(busy, engine.name === 'sqlite' ? more : { DATA_DIR: data, ...more })
    const folder = at().dataDir
    await begin(bot.resident())
    await putPeople(busy.store.db, WARD, SEALS, [rosterPerson(77, { name: 'Người Sau' })], NOW)
    const before = await figures(busy.store.db, WARD)
    await busy.store.close()
    let told = ''
    const say = (text: string) => void (told += text)
    // A file that breaks off while it is taken in changes nothing either.
    const broken = join(dir, `${engine.name}-twice`)
    const lines = gunzipSync(readFileSync(file)).toString().trim().split('\n')
    const twice = [...lines.slice(0, -1), lines.at(-2)!].map((line) => `${line}\n`)
    const tail = { rows: twice.length - 1, sha256: createHash('sha256').update(twice.join('')).digest('hex') }
    writeFileSync(broken, gzipSync(`${twice.join('')}${JSON.stringify(tail)}\n`))
    await expect(restoreBackup(at(), broken, quiet, { force: true })).rejects.toThrow()
    const look = () => (engine.name === 'sqlite' ? openSqlite(join(folder, 'ward.db')) : openPostgres(databaseUrl(busy.store), { pool: 1 })) // prettier-ignore
    const still = look()
    expect(await figures(still.db, WARD)).toEqual(before)
    expect((await people(still.db, WARD)).map(({ name }) => name)).toEqual(['Người Sau'])
    await still.close()
    expect(await restoreBackup(at(), file, say, { force: true })).toBe(0)
    const saved = /Kept what was there: (\S+before-restore-[\w-]+\.backup): \d+ rows/.exec(told)![1]!
    const now = look()
    expect(await figures(now.db, WARD)).toEqual(await figures(database.store.db, WARD))
    expect(withPhones(SEALS, await people(now.db, WARD))).toEqual(
      withPhones(SEALS, await people(database.store.db, WARD)),
    )
    await expect(sql`delete from ledger`.execute(now.db)).rejects.toThrow('append-only')
    await now.close()
    // The way back.
    await restoreBackup(at(), saved, quiet, { force: true })
    const back = look()
    expect((await people(back.db, WARD)).map(({ name }) => name)).toEqual(['Người Sau'])
    expect(await figures(back.db, WARD)).toEqual(before)
    await back.close()
  }, 120_000)

  test('holds no secret of the settings, and is for its owner alone', () => {
    expect(gunzipSync(readFileSync(file)).toString()).not.toContain(APP_SECRET)
    expect(gunzipSync(readFileSync(file)).toString()).not.toMatch(/091234567\d/)
    expect(statSync(file).mode & 0o077).toBe(0)
    expect(existsSync(`${file}.part`)).toBe(false)
  })
})

test('of the demo brings its key along, and a server that runs keeps it out', async () => {
  const [from, to] = [join(dir, 'demo'), join(dir, 'demo-2')]
  const file = join(dir, 'demo.backup')
  await makeBackup(readConfig({ DATA_DIR: from }), file, quiet)
  const letGo = takeLock(to)
  await expect(restoreBackup(readConfig({ DATA_DIR: to }), file, quiet)).rejects.toThrow('in use')
  letGo()
  expect(await restoreBackup(readConfig({ DATA_DIR: to }), file, quiet)).toBe(0)
  expect(readFileSync(join(to, 'app-secret'), 'utf8')).toBe(readFileSync(join(from, 'app-secret'), 'utf8'))
  // By force its key takes the place of the one that is there; the other goes into the backup of what was there.
  const third = join(dir, 'demo-3')
  await makeBackup(readConfig({ DATA_DIR: third }), join(dir, 'demo-3.backup'), quiet)
  const own = readFileSync(join(third, 'app-secret'), 'utf8')
  const store = openSqlite(join(third, 'ward.db'))
  await begin(createBot(store).resident())
  await store.close()
  await expect(restoreBackup(readConfig({ DATA_DIR: third }), file, quiet)).rejects.toThrow('APP_SECRET')
  let told = ''
  await restoreBackup(readConfig({ DATA_DIR: third }), file, (text) => void (told += text), { force: true })
  expect(readFileSync(join(third, 'app-secret'), 'utf8')).toBe(readFileSync(join(from, 'app-secret'), 'utf8'))
  const saved = /Kept what was there: (\S+\.backup)/.exec(told)![1]!
  expect(gunzipSync(readFileSync(saved)).toString()).toContain(own.trim())
})
