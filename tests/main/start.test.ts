import { chmodSync, cpSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sql } from 'kysely'
import { openSqlite } from '../../src/store/open.js'
import { recountFigures } from '../../src/store/recount.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { figures } from '../../src/store/figures.js'
import { APP_SECRET, bundle, launch, removeBundles, run, type Running } from '../support/children.js'

const WARD = scopeOf(OPERATOR)

let program: string
let dir: string
let folders = 0
const running: Running[] = []
beforeAll(() => {
  program = bundle('src/main.ts')
  dir = mkdtempSync(join(tmpdir(), 'ward-main-'))
})
afterAll(async () => {
  for (const child of running) child.kill('SIGKILL')
  await Promise.all(running.map(({ ended }) => ended))
  removeBundles()
  rmSync(dir, { recursive: true, force: true })
})

const folder = () => {
  const made = join(dir, `run-${++folders}`)
  mkdirSync(made)
  return made
}

const start = (env: Record<string, string>, cwd?: string): Running => {
  const child = launch(program, { env: { PORT: '0', ...env }, ...(cwd ? { cwd } : {}) })
  running.push(child)
  return child
}

/** The address of the chat, once the server has printed it. */
const chatOf = async (child: Running) => (await child.line(/^ *http\S+\/chat$/)).trim()

const fails = async (env: Record<string, string>, says: RegExp, uid?: number) => {
  const ended = await run(program, { env: { PORT: '0', ...env }, ...(uid === undefined ? {} : { uid }) })
  expect(ended.status).toBe(1)
  expect(ended.stderr).toMatch(says)
  expect(ended.stderr).not.toMatch(/\bat .*:\d+:|node:internal/)
  return ended
}

describe('the start with no settings', () => {
  let cwd: string
  let child: Running
  let chat: string
  beforeAll(async () => {
    cwd = folder()
    // What a fresh checkout has: nothing but the program and its texts.
    for (const name of ['flows', 'content']) cpSync(name, join(cwd, name), { recursive: true })
    child = start({}, cwd)
    chat = await chatOf(child)
    await child.line(/Ctrl\+C/)
  })

  test('prints the chat and one-time links for staff and a group head, on this machine only', async () => {
    const out = child.stdout()
    expect(chat).toMatch(/^http:\/\/127\.0\.0\.1:[1-9]\d+\/chat$/)
    const links = [...out.matchAll(/^ +(http\S+\/chat\?start=inv_[\w-]+)$/gm)].map(([, link]) => link!)
    expect(links).toHaveLength(2)
    expect(links.every((link) => link.startsWith(chat))).toBe(true)
    expect(out).toMatch(/tổ trưởng tổ 5/)
    const page = await fetch(chat)
    expect(page.status).toBe(200)
    expect(page.headers.get('content-type')).toMatch(/text\/html/)
    expect((await fetch(chat.replace('/chat', '/healthz'))).status).toBe(200)
    expect((await fetch(chat.replace('/chat', '/readyz'))).status).toBe(200)
  })

  test('keeps its data in ./data, with made-up residents whose figures are true', async () => {
    await child.line(/made-up residents let in/)
    expect(readdirSync(join(cwd, 'data'))).toContain('ward.db')
    const store = openSqlite(join(cwd, 'data', 'ward.db'))
    const found = await figures(store.db, WARD)
    expect(found.reduce((sum, { started }) => sum + started, 0)).toBeGreaterThan(150)
    expect(new Set(found.map(({ grp }) => grp)).size).toBe(12)
    expect(await recountFigures(store.db, WARD)).toEqual(found)
    await store.close()
  })

  // 150 MB is the aim; with the pages and forms of staff it rests at 151 to 154 MB (27/11/2026), and more than 160 is a leak.
  test('rests in less than 160 MB', async () => {
    await fetch(chat)
    const rss = Number(/VmRSS:\s+(\d+)/.exec(readFileSync(`/proc/${child.pid}/status`, 'utf8'))?.[1]) / 1024
    process.stdout.write(`memory of the demo server at rest: ${rss.toFixed(0)} MB\n`)
    expect(rss).toBeLessThan(160)
  })

  test('a second server on the same data is refused with the pid of the first', async () => {
    const { stderr } = await fails({ DATA_DIR: join(cwd, 'data') }, /in use by process \d+/)
    expect(stderr).toContain(`process ${child.pid} `)
    expect(stderr.trim().split('\n')).toHaveLength(1)
  })

  test('SIGTERM ends it within two seconds with what was accepted answered, and the next start goes on', async () => {
    const file = join(cwd, 'data', 'ward.db')
    const already = await people(file)
    const sent = Array.from({ length: 40 }, async (_, i) => {
      const answer = await fetch(`${chat}/messages`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', cookie: `ward_chat=${String(i).padStart(22, 'x')}` },
        body: JSON.stringify({ id: `m-${i}`, kind: 'start', payload: 'vneid-level-1_g5' }),
      })
      return { status: answer.status, ...((await answer.json()) as { kind?: string }) }
    })
    // Some are under way when the signal comes.
    await Promise.race(sent)
    const started = performance.now()
    child.kill('SIGTERM')
    const ended = child.ended.then(() => performance.now() - started)
    const answers = await Promise.allSettled(sent)
    child.kill('SIGTERM')
    expect(await child.ended).toBe(0)
    expect(await ended).toBeLessThan(2000)
    const answered = answers.filter((answer) => answer.status === 'fulfilled').map(({ value }) => value)
    expect(answered.length).toBeGreaterThan(0)
    for (const answer of answered) expect(answer).toMatchObject({ status: 200, kind: 'handled' })
    // What was answered is kept, and of those that were cut off none is there by half.
    expect(await people(file)).toBeGreaterThanOrEqual(already + answered.length)
    expect(child.stderr()).toBe('')
    const before = await people(file)
    const next = start({}, cwd)
    await chatOf(next)
    next.kill('SIGINT')
    expect(await next.ended).toBe(0)
    expect(await people(file)).toBe(before)
  })
})

test('a stop while the made-up residents are let in takes no longer, and leaves no figure wrong', async () => {
  const DATA_DIR = folder()
  const child = start({ DATA_DIR })
  await chatOf(child)
  const started = performance.now()
  child.kill('SIGTERM')
  expect(await child.ended).toBe(0)
  expect(performance.now() - started).toBeLessThan(2000)
  const store = openSqlite(join(DATA_DIR, 'ward.db'))
  expect(await recountFigures(store.db, WARD)).toEqual(await figures(store.db, WARD))
  await store.close()
})

describe('a start that cannot be', () => {
  test.each<[string, () => Record<string, string>, RegExp]>([
    ['a wrong port', () => ({ PORT: 'abc' }), /^Setting PORT: must be a number/],
    [
      'a database without the secret',
      () => ({ DATABASE_URL: 'postgres://db/ward' }),
      /^Setting APP_SECRET: is required/,
    ],
    ['a database that is not there', () => ({ DATABASE_URL: 'postgres://root@127.0.0.1:1/ward', APP_SECRET }), /unreachable.*DATABASE_URL/], // prettier-ignore
    ['a folder that cannot be', () => ({ DATA_DIR: '/dev/null/data' }), /DATA_DIR/],
    ['a file where the folder should be', () => ({ DATA_DIR: resolve('package.json') }), /DATA_DIR/],
    ['a host that is not here', () => ({ HOST: '203.0.113.7', DATA_DIR: folder() }), /^Setting HOST: 203\.0\.113\.7/],
  ])('%s is told in one sentence', async (_, env, says) => {
    const { stderr, stdout } = await fails(env(), says)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(stdout).not.toContain('/chat')
  })

  test('a port that is taken is told with its name', async () => {
    const taken = createServer()
    await new Promise<void>((open) => taken.listen(0, '127.0.0.1', open))
    const { port } = taken.address() as { port: number }
    await fails({ PORT: String(port), DATA_DIR: folder() }, new RegExp(`^Setting PORT: ${port} is taken`, 'm'))
    await new Promise((closed) => taken.close(closed))
  })

  test('a broken guide is told with file and line, before anything is done', async () => {
    const FLOWS_DIR = join(folder(), 'flows')
    const DATA_DIR = folder()
    cpSync('flows', FLOWS_DIR, { recursive: true })
    const file = join(FLOWS_DIR, 'id-card.yaml')
    writeFileSync(file, `${readFileSync(file, 'utf8')}\nsurprise: 1\n`)
    await fails({ FLOWS_DIR, DATA_DIR }, /id-card\.yaml:\d+: .*surprise/)
    expect(readdirSync(DATA_DIR).filter((name) => name.startsWith('ward.db'))).toEqual([])
  })

  test('a schema newer than the code is left as it is', async () => {
    const DATA_DIR = folder()
    const first = start({ DATA_DIR })
    await chatOf(first)
    first.kill('SIGTERM')
    await first.ended
    const file = join(DATA_DIR, 'ward.db')
    const store = openSqlite(file)
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01')`.execute(store.db)
    await store.close()
    const before = readFileSync(file)
    await fails({ DATA_DIR }, /newer version.*9999-future/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  const asRoot = process.getuid?.() === 0 ? test : test.skip
  asRoot('a folder that may not be written is told', async () => {
    const DATA_DIR = join(folder(), 'data')
    mkdirSync(DATA_DIR, { mode: 0o755 })
    // The program runs as nobody, who may come as far as the folder.
    chmodSync(dir, 0o755)
    const { stderr } = await fails({ DATA_DIR }, /cannot open the database/, 65_534)
    expect(stderr).toMatch(/DATA_DIR/)
    expect(stderr.trim().split('\n')).toHaveLength(1)
    expect(readdirSync(DATA_DIR)).toEqual([])
  })
})

async function people(file: string): Promise<number> {
  const store = openSqlite(file)
  const { rows } = await sql<{ n: number }>`select count(*) as n from person`.execute(store.db)
  await store.close()
  return rows[0]!.n
}
