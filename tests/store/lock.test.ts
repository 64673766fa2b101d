import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { StoreLocked, storeFailure } from '../../src/store/errors.js'
import { takeLock } from '../../src/store/lock.js'
import { clearChildren, startChild } from './child.js'

const HOLDER = `
  import { takeLock } from './src/store/lock.ts'
  try { takeLock(process.argv[2]) } catch (error) { console.log(error.name, error.message); process.exit(3) }
  console.log('taken')
  setInterval(() => {}, 1000)`

describe('the lock of a data folder', () => {
  let dir: string
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'ward-lock-'))))
  afterEach(() => rmSync(dir, { recursive: true, force: true }))
  afterAll(clearChildren)

  const refusal = () => {
    try {
      takeLock(dir)()
    } catch (error) {
      return error as StoreLocked
    }
    return null
  }

  test('a second server is refused and told which process is there, and a third may come when that one has gone', async () => {
    const other = startChild(HOLDER, [dir])
    await other.says(/taken/)
    const refused = refusal()
    expect(refused).toBeInstanceOf(StoreLocked)
    expect(refused!.pid).toBe(other.pid)
    expect(refused!.message).toContain(`process ${other.pid}`)
    expect(storeFailure(refused)).toBe('locked')
    // kill -9 leaves the files behind and the lock not.
    await other.kill()
    expect(existsSync(join(dir, 'server.pid'))).toBe(true)
    expect(refusal()).toBeNull()
  })

  test('this process refuses another one, until it releases', async () => {
    const release = takeLock(dir)
    expect(refusal()!.pid).toBe(process.pid)
    const refused = startChild(HOLDER, [dir])
    expect(await refused.ended()).toBe(3)
    expect(refused.output).toContain(`StoreLocked The data in ${dir} is in use by process ${process.pid}`)
    release()
    release()
    expect(existsSync(join(dir, 'server.pid'))).toBe(false)
    const other = startChild(HOLDER, [dir])
    await other.says(/taken/)
    await other.kill()
  })

  test('a file left behind that names a living process or says nonsense keeps nobody out', () => {
    for (const left of [JSON.stringify({ pid: process.ppid, since: 'yesterday' }), 'nonsense', '']) {
      writeFileSync(join(dir, 'server.pid'), left)
      const release = takeLock(dir)
      expect(JSON.parse(readFileSync(join(dir, 'server.pid'), 'utf8'))).toMatchObject({ pid: process.pid })
      writeFileSync(join(dir, 'server.pid'), left)
      expect(refusal()).toBeInstanceOf(StoreLocked)
      release()
    }
  })

  test('of many that start at once over a dead one, exactly one gets in', async () => {
    writeFileSync(join(dir, 'server.pid'), '{"pid":1}')
    const all = Array.from({ length: 4 }, () => startChild(HOLDER, [dir]))
    await Promise.all(all.map((child) => child.says(/taken|StoreLocked/)))
    expect(all.filter(({ output }) => output.startsWith('taken'))).toHaveLength(1)
    await Promise.all(all.map((child) => child.kill()))
  })
})
