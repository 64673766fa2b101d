import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { sql } from 'kysely'
import type { FlowFigures } from '../../src/core/figures.js'
import { setRole } from '../../src/store/contacts.js'
import { takeLock } from '../../src/store/lock.js'
import { auditLog } from '../../src/store/audit.js'
import { openSqlite } from '../../src/store/open.js'
import { APP_SECRET, bundle, databaseSettings, type Ended, removeBundles, run } from '../support/children.js'
import { begin, createBot, finish } from '../support/context.js'
import { engines, type TestDatabase } from '../support/databases.js'
import { cellsOf } from '../support/zip.js'
import { addResidents, createStage, send } from '../reminders/stage.js'
import { enrol, rosterPerson, WARD } from '../store/roster-samples.js'

const postgres = (await engines()).find(({ name, missing }) => name === 'postgres' && missing === null)

let program: string
let dir: string
beforeAll(() => {
  program = bundle('src/cli/ward.ts', { whole: true })
  dir = mkdtempSync(join(tmpdir(), 'ward-cli-'))
})
afterAll(() => {
  removeBundles()
  rmSync(dir, { recursive: true, force: true })
})

let folders = 0
const folder = () => {
  const made = join(dir, `data-${++folders}`)
  mkdirSync(made)
  return made
}

const ward = (words: string, env: Record<string, string> = {}): Promise<Ended> =>
  run(program, { args: words.split(' ').filter((word) => word !== ''), env: { DATA_DIR: join(dir, 'data'), ...env } })

/** Started together, a few at a time: most of a short run is its start. */
async function wards(all: readonly (readonly [words: string, env?: Record<string, string>])[]): Promise<Ended[]> {
  const ended: Ended[] = []
  const left = [...all.entries()]
  const work = async () => {
    for (let next = left.shift(); next; next = left.shift()) ended[next[0]] = await ward(...next[1])
  }
  await Promise.all([work(), work(), work()])
  return ended
}

/** One plain sentence on stderr, nothing on stdout, and the exit status. */
const expectRefused = ({ status, stdout, stderr }: Ended, expected: number, says: RegExp) => {
  expect({ status, stdout }).toEqual({ status: expected, stdout: '' })
  expect(stderr).toMatch(says)
  expect(stderr.trim().split('\n')).toHaveLength(1)
  expect(stderr).not.toMatch(/\bat .*:\d+|node:internal|Error:/)
}

describe('the words of the tool', () => {
  const told: [string, number, RegExp][] = [
    ['', 2, /ward flows check[^]*ward migrate/],
    ['--help', 0, /ward flows check[^]*ward migrate/],
    ['help', 0, /ward stats/],
    ['flows --help', 0, /ward flows check[^]*ward flows draw/],
    ['flows check --help', 0, /ward flows check/],
    ['flows draw --help', 0, /ward flows draw/],
    ['stats --help', 0, /--flow ID --group N --json/],
    ['export --help', 0, /ward export steps/],
    ['export --help', 0, /ward export visits[^]*ward export officials[^]*ward export completion/],
    ['export steps --help', 0, /--format csv\|xlsx/],
    ['invite --help', 0, /--role leader\|staff\|admin/],
    ['simulate --help', 0, /--residents N --days D/],
    ['migrate --help', 0, /ward migrate/],
  ]
  const refused: [string, RegExp][] = [
    ['dance', /there is no «dance»/],
    ['flows dance', /there is no «flows dance»/],
    ['export everything', /there is no «export everything»/],
    ['stats --flow nothing', /--flow must be one of id-card, portal-login/],
    ['stats --group five', /--group must be a whole number from 1 to 999, not «five»/],
    ['stats --group 0', /--group must be/],
    ['stats --locale fr', /--locale must be vi or en/],
    ['stats --colour', /--colour/],
    ['stats now', /«now» is too much for ward stats/],
    ['export steps --format pdf', /--format must be csv or xlsx, not «pdf»/],
    ['export steps --format xlsx', /--out FILE is needed/],
    ['export steps --flow x --out /tmp/x', /--flow must be one of/],
    ['invite', /--role must be one of leader, staff, admin/],
    ['invite --role resident', /--role must be one of/],
    ['invite --role leader', /--group N is needed/],
    ['invite --role leader --group 99', /--group 99 is not among the groups/],
    ['invite --role staff --group 5', /--group belongs to the role leader/],
    ['simulate --residents many', /--residents must be a whole number/],
    ['simulate --days 0', /--days must be a whole number/],
    ['simulate --seed -1', /seed/],
    ['flows draw nothing', /there is no guide «nothing»; there are id-card/],
    ['migrate now', /too much/],
  ]
  const failing: [string, Record<string, string>, number, RegExp][] = [
    ['stats', { PORT: 'abc' }, 2, /^Setting PORT: /],
    ['migrate', { DATABASE_URL: 'postgres://127.0.0.1:1/ward' }, 2, /^Setting APP_SECRET: is required/],
    ['migrate', { DATABASE_URL: 'nonsense', APP_SECRET }, 2, /^Setting DATABASE_URL: must be a URL/],
    ['stats', { DATABASE_URL: 'postgres://root@127.0.0.1:1/ward', APP_SECRET }, 1, /cannot be used \(unreachable\).*DATABASE_URL/], // prettier-ignore
    ['stats', { DATA_DIR: '/dev/null/x' }, 1, /DATA_DIR/],
    ['stats', { DATA_DIR: '/dev/null' }, 1, /DATA_DIR/],
    ['export steps --out /nowhere/at/all.csv', {}, 2, /\/nowhere\/at\/all\.csv/],
    ['export steps --format xlsx  --out /nowhere/at/all.xlsx', {}, 2, /\/nowhere\/at\/all\.xlsx/],
    ['stats', { FLOWS_DIR: '/nowhere' }, 1, /\/nowhere/],
  ]
  let ended: Ended[]
  beforeAll(async () => {
    ended = await wards([
      ...told.map(([words]) => [words] as const),
      ...refused.map(([words]) => [words] as const),
      ...failing.map(([words, env]) => [words, env] as const),
    ])
  }, 120_000)

  test.each([...told.entries()])('%i: help is told: %j', (i, [, status, says]) => {
    expect(ended[i]!.status).toBe(status)
    expect(ended[i]!.stdout).toMatch(says)
    expect(ended[i]!.stderr).toBe('')
  })

  test.each([...refused.entries()])('%i: wrong words are refused with one sentence: %j', (i, [, says]) =>
    expectRefused(ended[told.length + i]!, 2, says),
  )

  test.each([...failing.entries()])('%i: what fails names its setting: %j', (i, [, , status, says]) => {
    const { stderr, ...one } = ended[told.length + refused.length + i]!
    expect(one).toEqual({ status, stdout: '' })
    expect(stderr).toMatch(says)
    expect(stderr).not.toMatch(/\bat .*:\d+:|node:internal/)
  })
})

describe('the work of the tool', () => {
  test('migrate makes the database, and finds nothing to do the second time', async () => {
    const env = { DATA_DIR: folder() }
    const first = await ward('migrate', env)
    expect(first).toMatchObject({ status: 0, stderr: '' })
    expect(first.stdout).toContain(`${env.DATA_DIR}/ward.db: applied 0001-contacts`)
    expect((await ward('migrate', env)).stdout).toContain('up to date')
  })

  test('a database that a newer version wrote is left alone', async () => {
    const env = { DATA_DIR: folder() }
    await ward('migrate', env)
    const file = join(env.DATA_DIR, 'ward.db')
    const store = openSqlite(file)
    await sql`insert into kysely_migration (name, timestamp) values ('9999-future', '2030-01-01')`.execute(store.db)
    await store.close()
    const before = readFileSync(file)
    for (const words of ['migrate', 'stats', 'export steps', 'invite --role staff'])
      expectRefused(await ward(words, env), 1, /newer version.*9999-future.*nothing is lost/)
    expect(readFileSync(file).equals(before)).toBe(true)
  })

  test('flows check finds nothing wrong with what is shipped, and names file and line of what is broken', async () => {
    expect(await ward('flows check')).toEqual({ status: 0, stdout: 'flows and content: no problems\n', stderr: '' })
    expect((await ward('flows check --json')).stdout).toBe('[]\n')
    const FLOWS_DIR = join(folder(), 'flows')
    cpSync('flows', FLOWS_DIR, { recursive: true })
    const file = join(FLOWS_DIR, 'vneid-level-1.yaml')
    const lines = readFileSync(file, 'utf8').split('\n')
    const line = lines.findIndex((text) => text.includes('to: press-start')) + 1
    writeFileSync(file, readFileSync(file, 'utf8').replace('to: press-start', 'to: nowhere'))
    const broken = await ward('flows check', { FLOWS_DIR })
    expect(broken.status).toBe(1)
    expect(broken.stdout).toMatch(new RegExp(`vneid-level-1\\.yaml:${line}: .*nowhere`))
    const [problem] = JSON.parse((await ward('flows check --json', { FLOWS_DIR })).stdout) as { line: number }[]
    expect(problem).toMatchObject({ line: expect.any(Number), message: expect.any(String) })
    writeFileSync(file, 'steps: [')
    const malformed = await ward('stats', { FLOWS_DIR })
    expect(malformed.status).toBe(1)
    expect(malformed.stderr).toMatch(/vneid-level-1\.yaml:\d+: not valid YAML/)
  })

  test('flows draw prints the guides as state diagrams', async () => {
    const one = await ward('flows draw vneid-level-1')
    expect(one).toMatchObject({ status: 0, stderr: '' })
    expect(one.stdout).toMatch(/^%% vneid-level-1, edition 1\nstateDiagram-v2/)
    expect((await ward('flows draw')).stdout.match(/stateDiagram-v2/g)).toHaveLength(5)
  })

  test('simulate, stats and export work on one another in a demo ward', async () => {
    const env = { DATA_DIR: folder() }
    const made = await ward('simulate --residents 30 --days 7 --seed 7', env)
    expect(made).toMatchObject({ status: 0, stderr: '' })
    const [sent, stuck, arrived, , money, ...more] = made.stdout.split('\n')
    expect(sent).toMatch(/^30 made-up residents sent \d+ messages \(seed 7\)$/)
    expect(stuck).toMatch(/^Stuck: [1-9]\d* people\. .*forgotten: 0$/)
    expect(arrived).toMatch(/^Reminders that arrived: .*forbidden: 0$/)
    expect(money).toMatch(/^Forecast \d+ đ, .*; bill \d+ đ/)
    expect(more).toEqual([''])
    const [words, json, own, english, csv] = await Promise.all([
      ward('stats', env),
      ward('stats --json', env),
      ward('stats --flow vneid-level-1 --group 5', env),
      ward('stats --locale en', env),
      ward('export steps', env),
    ])
    for (const ended of [words, json, own, english, csv]) expect(ended).toMatchObject({ status: 0, stderr: '' })
    const figures = JSON.parse(json.stdout) as FlowFigures[]
    for (const { flow, started, finished } of figures) {
      expect(flow).toMatch(/^[a-z0-9-]+$/)
      expect(words.stdout).toContain(`${started} người bắt đầu, ${finished} người xong`)
    }
    expect(own.stdout).toMatch(/^Tổ 5, /)
    expect(english.stdout).toMatch(/started|finished/)
    const lines = csv.stdout.trim().split('\r\n')
    expect(lines.filter((line) => line.includes(',finished,'))).toHaveLength(
      figures.reduce((sum, { finished }) => sum + finished, 0),
    )
    const file = join(env.DATA_DIR, 'level-1.xlsx')
    const exported = await ward(`export steps --format xlsx --flow vneid-level-1 --out ${file}`, env)
    expect(exported).toMatchObject({ status: 0, stderr: '' })
    const cells = cellsOf(readFileSync(file))
    expect(exported.stdout).toBe(`${file}: ${cells.length - 1} rows\n`)
    expect(cells[0]!.join(',')).toBe(lines[0])
    expect(cells.slice(1).map((row) => row.join(','))).toEqual(lines.filter((line) => line.includes(',vneid-level-1,')))
    const again = await ward('simulate --residents 2 --days 2 --seed 8 --json', env)
    expect(again).toMatchObject({ status: 0, stderr: '' })
    expect(JSON.parse(again.stdout)).toMatchObject({ residents: 2, seed: 8, reminders: null, leftOut: expect.stringContaining('there are some in this database already'), faults: [] }) // prettier-ignore
  }, 60_000)

  test('export steps writes the columns, the entered steps, and the time of Viet Nam', async () => {
    const env = { DATA_DIR: folder() }
    await ward('migrate', env)
    const store = openSqlite(join(env.DATA_DIR, 'ward.db'))
    const resident = createBot(store).resident()
    await begin(resident)
    await resident.tap('done')
    const file = join(env.DATA_DIR, 'steps.csv')
    // Beside a bot that has the database open.
    expect((await ward(`export steps --out ${file}`, env)).stdout).toBe(`${file}: 3 rows\n`)
    const [head, ...rows] = readFileSync(file, 'utf8').split('\r\n')
    expect(head).toBe(
      '\uFEFFperson_id,contact_id,channel,group,flow,edition,step,number,outcome,at,by_contact_id,source',
    )
    const { person } = (await resident.run())!
    const { id } = await resident.contact()
    const row = (step: string, outcome: string) =>
      `${person},${id},web,5,vneid-level-1,1,${step},,${outcome},2026-11-23T08:00:00+07:00,${id},self`
    expect(rows).toEqual([row('install', 'entered'), row('install', 'done'), row('app-account', 'entered'), ''])
    expect((await ward('export steps --group 3', env)).stdout.trim().split('\r\n')).toHaveLength(1)
    await store.close()
  })

  test('export broadcast writes what became of everybody in it, the newest one without an id, and no names', async () => {
    const env = { DATA_DIR: folder() }
    await ward('migrate', env)
    expectRefused(await ward('export broadcast', env), 2, /there is no broadcast yet/)
    const store = openSqlite(join(env.DATA_DIR, 'ward.db'))
    await addResidents(store, [1, 2])
    await enrol(store.db, [rosterPerson(9, { id: 'p-9', name: 'Trần Thị Bí Mật' })])
    const old = createStage(store, { newId: () => 'old' })
    await send(old)
    await old.work()
    old.clock.pass('an hour')
    const stage = createStage(store, { clock: old.clock, newId: () => 'new' })
    await send(stage)
    await store.close()
    const file = join(env.DATA_DIR, 'broadcast.xlsx')
    const [first, newest, excel, unknown] = await wards([
      ['export broadcast old', env],
      ['export broadcast', env],
      [`export broadcast old --format xlsx --out ${file}`, env],
      ['export broadcast lost', env],
    ])
    const head = 'broadcast_id,person_id,contact_id,channel,group,step,place,price,outcome,reason,at'
    const at = '2026-11-23T08:00:00+07:00'
    const rows = [
      head,
      `old,p-1,c-1,telegram,5,scan-card,now,0,sent,,${at}`,
      `old,p-2,c-2,telegram,5,scan-card,now,0,sent,,${at}`,
      'old,p-9,,,5,,paper,0,paper,no-contact,',
    ]
    expect(first).toEqual({ status: 0, stderr: '', stdout: `${rows.join('\r\n')}\r\n` })
    expect(newest!.stdout).toContain('new,p-1,,,5,scan-card,left-out,0,left-out,today,')
    expect(newest!.stdout).not.toContain('old,')
    expect(excel).toMatchObject({ status: 0, stdout: `${file}: 3 rows\n` })
    expect(cellsOf(readFileSync(file)).map((row) => row.join(','))).toEqual(rows.map((row) => row.replace(/,$/, '')))
    expectRefused(unknown!, 2, /there is no broadcast «lost»/)
    // What left is in the log, and only that.
    const after = openSqlite(join(env.DATA_DIR, 'ward.db'))
    const log = (await auditLog(after.db, WARD, { limit: 50 })).filter(({ deed }) => deed === 'exported')
    await after.close()
    expect(log.map(({ who, kind, subject }) => `${who} ${kind} ${subject}`).sort()).toEqual(['operator broadcast new', 'operator broadcast old', 'operator broadcast old']) // prettier-ignore
  })

  test('roles are listed, taken away by group or whole, and who came by an older link is gone from the list', async () => {
    const env = { DATA_DIR: folder() }
    await ward('link --role leader --group 5 --label Co_Hanh', env)
    const store = openSqlite(join(env.DATA_DIR, 'ward.db'))
    const [{ contact }] = JSON.parse((await ward('role list --json', env)).stdout) as [{ contact: string }]
    await setRole(store.db, contact, 'leader', [5, 6], Date.now())
    expect((await ward('role list', env)).stdout).toBe(`${contact}  leader of group 5, 6  Co_Hanh  never wrote\n`)
    expectRefused(await ward(`role revoke ${contact} --group 7`, env), 2, /--group 7 is none of «.*», who has 5, 6/)
    expectRefused(await ward('role revoke nobody', env), 2, /nobody with a role is «nobody»; ward role list/)
    expect((await ward(`role revoke ${contact} --group 5`, env)).stdout).toBe(
      `${contact} is leader of group 6 alone.\n`,
    )
    expect(JSON.parse((await ward(`role revoke ${contact} --json`, env)).stdout)).toEqual({ contact, role: null, groups: [] }) // prettier-ignore
    expect((await ward('role list', env)).stdout).toBe('')
    const revoked = (await auditLog(store.db, WARD, { limit: 9 })).filter(({ deed }) => deed === 'revoked')
    expect(revoked.map(({ who, kind, group }) => [who, kind, group])).toEqual([
      ['operator', 'leader', 6],
      ['operator', 'leader', 5],
    ])
    // A link that nobody opened in time.
    await ward('link --role admin', env)
    await sql`update page_link set expires_at = ${Date.now() - 1}`.execute(store.db)
    await ward('link --role staff', env)
    const left = JSON.parse((await ward('role list --json', env)).stdout) as { role: string }[]
    expect(left.map(({ role }) => role)).toEqual(['staff'])
    await store.close()
  }, 60_000)

  test('an invitation of the tool is taken up in a chat that is running, once', async () => {
    const env = { DATA_DIR: folder() }
    await ward('migrate', env)
    const store = openSqlite(join(env.DATA_DIR, 'ward.db'))
    const bot = createBot(store, { clock: Date.now })
    const made = await ward('invite --role leader --group 5 --json', { ...env, PUBLIC_URL: 'https://chat.phoyen.vn/' })
    expect(made).toMatchObject({ status: 0, stderr: '' })
    const { role, group, payload, link } = JSON.parse(made.stdout) as Record<string, string>
    expect({ role, group, link }).toEqual({
      role: 'leader',
      group: 5,
      link: `https://chat.phoyen.vn/chat?start=${payload}`,
    })
    const head = bot.resident()
    await head.start(payload)
    await bot.context.requests.runOnce()
    await head.tap('accept')
    await bot.context.requests.runOnce()
    expect(await head.contact()).toMatchObject({ role: 'leader', grp: 5 })
    const words = await ward('invite --role staff', env)
    const [, code] = /\/start (inv_\S+)/.exec(words.stdout)!
    expect(words.stdout).toContain(`chat?start=${code}`)
    const staff = bot.resident()
    await staff.say(`/start ${code}`)
    await bot.context.requests.stop()
    await bot.context.requests.runOnce()
    await staff.tap('accept')
    await bot.context.requests.runOnce()
    expect(await staff.contact()).toMatchObject({ role: 'staff' })
    await store.close()
  })

  test('figures beside a bot at work are those of the moment', async () => {
    const env = { DATA_DIR: folder() }
    await ward('migrate', env)
    const store = openSqlite(join(env.DATA_DIR, 'ward.db'))
    const bot = createBot(store)
    const residents = Array.from({ length: 6 }, () => bot.resident())
    for (const resident of residents) await begin(resident)
    const asked = ward('stats --json', env)
    // Written while the tool reads.
    for (const resident of residents) await finish(resident)
    expect((JSON.parse((await asked).stdout) as FlowFigures[])[0]).toMatchObject({ started: 6 })
    expect((JSON.parse((await ward('stats --json', env)).stdout) as FlowFigures[])[0]).toMatchObject({ finished: 6 })
    await store.close()
  })

  test('simulate lets residents walk beside a server, and reminds nobody', async () => {
    const DATA_DIR = folder()
    const release = takeLock(DATA_DIR)
    const beside = await ward('simulate --residents 2 --days 2 --seed 9', { DATA_DIR })
    release()
    expect(beside).toMatchObject({ status: 0, stderr: '' })
    expect(beside.stdout).toMatch(/^2 made-up residents .*\nNo reminders were simulated: a server runs on this database/) // prettier-ignore
  })

  test('made-up residents are not let into a real ward', async () => {
    const DATA_DIR = folder()
    expectRefused(await ward('simulate --residents 3', { DATA_DIR, APP_SECRET }), 1, /this ward is real/)
    expect((await ward('stats', { DATA_DIR, APP_SECRET })).stdout).toContain('Chưa có ai bắt đầu')
  })

  test('a reader that goes away early is no failure', async () => {
    const env = { DATA_DIR: folder() }
    await ward('simulate --residents 60 --days 2 --seed 1', env)
    const ended = await run(resolve('tests/cli/head.mjs'), { args: [program, 'export', 'steps'], env })
    expect(ended).toEqual({ status: 0, stdout: '', stderr: '' })
  }, 60_000)

  const named = postgres ? describe : describe.skip
  named('on Postgres', () => {
    let database: TestDatabase
    beforeAll(async () => void (database = await postgres!.empty()))
    afterAll(() => database.drop())

    test('does the same', async () => {
      const env: Record<string, string> = { ...databaseSettings(database.store), DATA_DIR: folder() }
      const migrated = await ward('migrate', env)
      expect(migrated.stdout).toMatch(/applied 0001-contacts/)
      // The password, were there one, is not in it.
      expect(migrated.stdout).not.toContain('root@')
      expect((await ward('invite --role admin', env)).status).toBe(0)
      expect((await ward('stats --json', env)).stdout).toBe('[]\n')
      expect((await ward('export steps', env)).stdout).toMatch(/^person_id,/)
      expectRefused(await ward('simulate', env), 1, /this ward is real/)
      expect(existsSync(join(env['DATA_DIR']!, 'ward.db'))).toBe(false)
    })
  })
})
