import { sql } from 'kysely'
import { household, rosterPerson } from '../../store/roster-samples.js'
import { openSite, type Site } from '../site.js'
import { enrol, signIn } from './signed-in.js'

/** What would run where a page took it for markup: as a text, inside of an attribute, as an address. */
const ATTACK = `"><script>alert('x')</script><img src=x onerror=alert(1)>'`
const RAW = /<script>alert|<img src=x|"><script/

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

test('a name, a note, a street, a question and a search that look like markup are shown and never run, on any staff page in any language', async () => {
  const people = Array.from(
    { length: 6 },
    (_, n) =>
    rosterPerson(n, { name: `${ATTACK} ${n}`, note: ATTACK, cardReason: ATTACK, household: 'h-1', visit: true, official: true, card: 'none' }), // prettier-ignore
  )
  await enrol(site, people, [household(1, { street: ATTACK, house: ATTACK, code: ATTACK })])
  const { db } = site.context.store
  await sql`insert into question (id, key, text, locale, times, first_at, last_at, state)
    values ('q-1', 'k', ${ATTACK}, 'vi', 1, 1, 1, 'open')`.execute(db)
  const admin = await signIn(site, 'admin')
  const where: Readonly<Record<string, string>> = { group: '5', person: 'r-1', file: 'people.csv', flow: 'id-card', question: 'q-1' } // prettier-ignore
  const paths = site.app.routes
    .filter(({ method, path }) => method === 'GET' && path.startsWith('/staff') && !/\*|:file|\.(css|js)$/.test(path))
    .map(({ path }) => path.replace(/:(\w+)/g, (_, name: string) => where[name] ?? 'x'))
  expect(new Set(paths).size).toBeGreaterThan(15)
  const asked = `name=${encodeURIComponent(ATTACK)}&flow=${encodeURIComponent(ATTACK)}&group=${encodeURIComponent(ATTACK)}&code=${encodeURIComponent(ATTACK)}`
  let shown = 0
  for (const path of new Set(paths))
    for (const address of [path, `${path}?lang=en`, `${path}?${asked}`]) {
      const { text } = await admin.get(address)
      expect([address, RAW.exec(text)?.[0]]).toEqual([address, undefined])
      if (text.includes('&lt;script&gt;')) shown++
    }
  // They were really there to be shown.
  expect(shown).toBeGreaterThan(8)
  await admin.post('/staff/people/r-1', { name: ATTACK, born: ATTACK, note: ATTACK, street: ATTACK }).then(({ text }) => expect(text).not.toMatch(RAW)) // prettier-ignore
}, 60_000)

test('what a resident writes comes back to the chat page as data, never as markup', async () => {
  const visitor = await site.visitor()
  const answer = await visitor.post({ id: 'x1', kind: 'text', text: ATTACK })
  expect(answer.headers.get('content-type')).toMatch(/^application\/json/)
  const page = await site.app.request('/chat', { headers: { cookie: visitor.cookie } })
  expect(await page.text()).not.toMatch(RAW)
  expect((await (await site.app.request('/chat/chat.js')).text()).includes('innerHTML')).toBe(false)
})
