import { sql } from 'kysely'
import { auditLog } from '../../../src/store/audit.js'
import { keepArticle } from '../../../src/store/articles.js'
import { makeTallySheet } from '../../../src/store/tally-sheets.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { atFirstStep, openSite, type Site } from '../site.js'
import { enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
  const { store } = site.context
  await sql`
    insert into question (id, key, text, locale, times, first_at, last_at, state)
    values ('q-1', 'loi rieng', 'Lời riêng của cư dân', 'vi', 1, 1, 1, 'open')`.execute(store.db)
  const texts = { title: 'T', author: 'A', description: 'D', coverUrl: 'https://a.example/b.jpg', body: 'B' }
  await keepArticle(store.db, { ...texts, id: 'a-1', by: 'c', at: 1 })
  const persons = ['r-1', 'r-2']
  await store.transaction((tx) =>
    makeTallySheet(tx, { id: 's-1', group: 5, flow: 'vneid-level-1', by: 'c', at: 1, persons }),
  )
})
afterEach(() => site.close())

/** Every route of the staff pages that a session opens, as they are registered: a new one is walked too. */
const routes = () => {
  const open = new Set(['/staff/enter', '/staff/leave', '/staff/staff.css', '/staff/staff.js', '/staff/groups/'])
  const all = site.app.routes.filter(
    ({ path, method }) => path.startsWith('/staff') && !path.includes('*') && method !== 'ALL' && !open.has(path),
  )
  return [...new Set(all.map(({ method, path }) => `${method} ${path}`))].map((route) => route.split(' ') as [string, string]) // prettier-ignore
}
const WHERE: Readonly<Record<string, string>> = { rule: 'level-1-stuck', group: '5', person: 'r-1', file: 'people.csv', flow: 'vneid-level-1', question: 'q-1', sheet: 's-1', article: 'a-1' } // prettier-ignore
const filled = (path: string) => path.replace(/:(\w+)/g, (_, name: string) => WHERE[name] ?? 'x')

const NAMES = ['Nguyễn Văn An', 'Trần Thị Bình', 'Lê Văn Chung', 'Phạm Thị Dung', 'Hoàng Văn Em', 'Vũ Thị Giang']
const SECRETS = [...NAMES, '0912345678', 'Đường Hoa Sen', 'Đường Sen Hồng', 'Lời riêng']

/** Everything that a head of another group could want to change. */
const state = async () => {
  const { db } = site.context.store
  const tables = [
    'roster',
    'household',
    'run',
    'ledger',
    'merge',
    'unmerge',
    'helping',
    'slip',
    'leads',
    'invitation',
    'question',
    'taught',
    'ticket',
    'tally_sheet',
    'tally_entry',
    'visited',
    'card_settled',
  ]
  const rows = []
  for (const table of tables) rows.push((await sql`select * from ${sql.table(table)} order by 1, 2`.execute(db)).rows)
  rows.push((await sql`select id, person, role, grp from contact order by 1`.execute(db)).rows)
  return JSON.stringify(rows)
}

describe('every route of the staff pages', () => {
  test('is walked by these tests', () => {
    expect(routes().length).toBeGreaterThan(25)
    expect(routes()).toEqual(
      expect.arrayContaining([
        ['GET', '/staff/people/:person'],
        ['POST', '/staff/import'],
      ]),
    )
  })

  test('refuses the head of another group, leaks nothing, and changes nothing', async () => {
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const found = await sql<{ contact: string }>`select contact from address`.execute(site.context.store.db)
    const { contact } = found.rows[0]!
    const own = await signIn(site, 'leader', 5)
    const other = await signIn(site, 'leader', 6)
    const fields = {
      flow: 'vneid-level-1', one: 'r-1', person: 'r-1', household: 'h-1', gone: 'r-2', contact, role: 'leader', group: '5',
      upto: 'end', name: 'Ai Khác', card: 'has',
    } // prettier-ignore
    const before = await state()
    for (const [method, path] of routes()) {
      const address = filled(path)
      const attack =
        method === 'GET'
          ? [await other.get(address), await other.get(`${address}?group=5&name=an&show=all&flow=portal-login`)]
          : [await other.post(address, fields), await other.post(address, { ...fields, contact: own.contact })]
      for (const { status, text } of attack) {
        expect([method, path, SECRETS.filter((secret) => text.includes(secret))]).toEqual([method, path, []])
        if (path.includes(':group') || path.includes(':person')) expect([method, path, status === 403 || status === 404]).toEqual([method, path, true]) // prettier-ignore
      }
    }
    expect(await state()).toBe(before)
    // The same walk with the right session opens them: what was refused is really there.
    for (const [method, path] of routes()) {
      if (method !== 'GET' || !(path.includes(':group') || path.includes(':person'))) continue
      const { status, text } = await own.get(filled(path))
      expect([path, status]).toEqual([path, 200])
      expect(/\/(contacts|papers|tally)$/.test(path) || SECRETS.some((secret) => text.includes(secret))).toBe(true)
    }
    const log = await auditLog(site.context.store.db, scopeOf(OPERATOR), { limit: 200 })
    expect(log.some(({ who, deed }) => who === other.contact && deed === 'refused')).toBe(true)
  }, 60_000)

  test('lets nobody in without a session, and takes no form without what it must carry', async () => {
    const head = await signIn(site, 'leader', 5)
    const before = await state()
    for (const [method, path] of routes()) {
      const address = filled(path)
      const stranger = await site.app.request(address, { method })
      expect([path, stranger.status]).toEqual([path, 401])
      if (method === 'GET') continue
      const forged = await head.post(address, { csrf: 'another', one: 'r-1', flow: 'vneid-level-1' })
      expect([path, forged.status]).toEqual([path, 403])
    }
    expect(await state()).toBe(before)
  }, 60_000)

  test('answers staff and admins in both languages without an error', async () => {
    for (const role of ['staff', 'admin'] as const) {
      const somebody = await signIn(site, role)
      for (const [method, path] of routes()) {
        if (method !== 'GET' || path.endsWith('/:file') || path.endsWith('/:broadcast')) continue
        for (const language of ['vi', 'en']) {
          const { status, text } = await somebody.get(`${filled(path)}?lang=${language}`)
          const expected = path === '/staff/health' && role === 'staff' ? 403 : 200
          expect([role, path, status]).toEqual([role, path, expected])
          expect(text).toContain(`<html lang="${language}"`)
          // Texts of a guide are shown as they stand in content, with their placeholders.
          expect(/undefined|\[object|phrases:/.exec(text)).toBeNull()
          // … and the form for one's own words names the placeholders it knows.
          const shown = path.startsWith('/staff/guides/') || path === '/staff/broadcasts'
          expect([path, text.includes('{{') && !shown]).toEqual([path, false])
        }
      }
    }
  }, 120_000)
})
