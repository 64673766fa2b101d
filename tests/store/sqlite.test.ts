import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { storeFailure } from '../../src/store/errors.js'
import { migrate } from '../../src/store/migrate.js'
import { MIGRATIONS } from '../../src/store/migrations/list.js'
import { openSqlite } from '../../src/store/open.js'
import { appendOutbox, newestByContact } from '../../src/store/outbox.js'
import { clearChildren, startChild } from './child.js'
import { failureOf, message } from './samples.js'

describe('a SQLite file', () => {
  let dir: string
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'ward-open-'))))
  afterAll(clearChildren)
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  test('its folder is made, and every commit reaches the disk', async () => {
    const store = openSqlite(join(dir, 'a/b/ward.db'))
    expect(existsSync(join(dir, 'a/b'))).toBe(true)
    expect(store.where).toBe(join(dir, 'a/b/ward.db'))
    const pragma = async (name: string) =>
      Object.values((await sql.raw(`pragma ${name}`).execute(store.db)).rows[0] as object)[0]
    expect(await pragma('journal_mode')).toBe('wal')
    expect(await pragma('synchronous')).toBe(2)
    expect(await pragma('foreign_keys')).toBe(1)
    await store.close()
    expect(existsSync(join(dir, 'a/b/ward.db'))).toBe(true)
  })

  test('a database in memory works and is forgotten', async () => {
    const store = openSqlite(':memory:')
    await migrate(store)
    expect(await appendOutbox(store.db, [message('c-1', 1)])).toBe(1)
    await store.close()
    expect(existsSync(':memory:')).toBe(false)
  })

  test('a file that cannot be opened and one that is no database are told apart', () => {
    writeFileSync(join(dir, 'file'), 'this is no database, whatever its name says'.repeat(100))
    const failure = (path: string) => {
      try {
        openSqlite(path)
      } catch (error) {
        return storeFailure(error)
      }
      return null
    }
    expect(failure(join(dir, 'file'))).toBe('damaged')
    expect(failure(dir)).toBe('unreachable')
  })

  test('a full disk is reported as full, loses nothing kept before, and everything works when there is room again', async () => {
    const store = openSqlite(join(dir, 'ward.db'))
    await migrate(store)
    await appendOutbox(store.db, [message('c-1', 1)])
    const { page_count } = (await sql<{ page_count: number }>`pragma page_count`.execute(store.db)).rows[0]!
    await sql.raw(`pragma max_page_count = ${page_count + 2}`).execute(store.db)
    const many = Array.from({ length: 200 }, (_, i) => message('c-1', i + 2, { body: 'x'.repeat(500) }))
    expect(storeFailure(await failureOf(store.transaction((tx) => appendOutbox(tx, many))))).toBe('full')
    expect(storeFailure(await failureOf(appendOutbox(store.db, many)))).toBe('full')
    expect(await newestByContact(store.db, ['c-1'])).toEqual(new Map([['c-1', 1]]))
    await sql.raw('pragma max_page_count = 1000000').execute(store.db)
    expect(await store.transaction((tx) => appendOutbox(tx, many))).toBe(200)
    await store.close()
  })

  test('the operator writes beside the server without either failing', async () => {
    const file = join(dir, 'ward.db')
    const store = openSqlite(file)
    await migrate(store)
    const tool = startChild(
      `import { openSqlite } from './src/store/open.ts'
       import { appendOutbox } from './src/store/outbox.ts'
       import { message } from './tests/store/samples.ts'
       const store = openSqlite(process.argv[2])
       console.log('open')
       for (let n = 1; n <= 200; n++) await store.transaction((tx) => appendOutbox(tx, [message('tool', n)]))
       await store.close()`,
      [file],
    )
    await tool.says(/open/)
    for (let n = 1; n <= 200; n++) {
      await store.transaction(async (tx) => {
        // A read first: a plain BEGIN would fail here, as soon as the other one has written in between.
        await newestByContact(tx, ['server'])
        await appendOutbox(tx, [message('server', n)])
      })
    }
    expect([await tool.ended(), tool.output]).toEqual([0, 'open\n'])
    expect([...(await newestByContact(store.db, ['server', 'tool'])).values()]).toEqual([200, 200])
    await store.close()
  })

  test('processes that migrate one file at once wait for each other', async () => {
    const file = join(dir, 'ward.db')
    const source = `
      import { openSqlite } from './src/store/open.ts'
      import { migrate } from './src/store/migrate.ts'
      const { applied } = await migrate(openSqlite(process.argv[2]))
      console.log(applied.length)`
    const all = Array.from({ length: 3 }, () => startChild(source, [file]))
    expect(await Promise.all(all.map((child) => child.ended()))).toEqual([0, 0, 0])
    const applied = all.map(({ output }) => Number(output)).sort()
    expect(applied).toEqual([0, 0, Object.keys(MIGRATIONS).length])
  })

  test('kill -9 in a loop of commits loses nothing that was said to be kept', async () => {
    const file = join(dir, 'ward.db')
    await openSqlite(file).close()
    let kept = 0
    for (let round = 0; round < 5; round++) {
      const child = startChild(
        `import { openSqlite } from './src/store/open.ts'
         import { writeSync } from 'node:fs'
         import { migrate } from './src/store/migrate.ts'
         import { appendOutbox, newestByContact } from './src/store/outbox.ts'
         import { message } from './tests/store/samples.ts'
         const store = openSqlite(process.argv[2])
         await migrate(store)
         for (let n = (await newestByContact(store.db, ['c'])).get('c') ?? 0; ; ) {
           await store.transaction((tx) => appendOutbox(tx, [message('c', ++n), message('d', n)]))
           writeSync(1, n + '\\n')
         }`,
        [file],
      )
      await child.says(new RegExp(`^${kept + 20 + round * 7}$`, 'm'))
      await child.kill()
      const acknowledged = Number(child.output.trim().split('\n').at(-1))
      const store = openSqlite(file)
      const newest = await newestByContact(store.db, ['c', 'd'])
      kept = newest.get('c')!
      expect(kept).toBeGreaterThanOrEqual(acknowledged)
      expect(newest.get('d')).toBe(kept)
      expect((await sql`pragma integrity_check`.execute(store.db)).rows).toEqual([{ integrity_check: 'ok' }])
      await store.close()
    }
  })
})
