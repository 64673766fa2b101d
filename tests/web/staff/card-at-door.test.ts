import { sql } from 'kysely'
import { draftFile } from '../../../src/exports/drafts.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { all, parseHtml, textOf } from '../../support/html.js'
import { unzip } from '../../support/zip.js'
import { openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn, type Staff } from './signed-in.js'

let site: Site
let head: Staff
beforeEach(async () => {
  site = await openSite()
  await enrolSix(site)
  await enrol(site, [rosterPerson(1, { name: 'Nguyễn Văn An', card: 'none', visit: true })])
  head = await signIn(site, 'leader', 5)
})
afterEach(() => site.close())

const without = async () => (await head.get('/staff/exports/without-card.csv?group=5')).text
const listed = async () => (await head.get('/staff/groups/5/visits?flow=id-card')).text
const done = (more: Readonly<Record<string, string>>) => head.post('/staff/groups/5/done', { flow: 'id-card', one: 'r-1', ...more }) // prettier-ignore
/** An reports the end of the guide by the chat. */
const reported = async () => {
  const { db } = site.context.store
  await sql`
    insert into run (id, person, flow, edition, step, state, seq, started_at, entered_at, trail, tries)
    values ('run-1', 'r-1', 'id-card', 1, 'receive', 'finished', 1, 1, 1, '[]', 0)`.execute(db)
  await sql`
    insert into ledger (run, seq, at, person, contact, channel, grp, flow, edition, step, outcome, source)
    values ('run-1', 1, 1, 'r-1', null, 'web', 5, 'id-card', 1, 'receive', 'finished', 'self')`.execute(db)
}
const paper = async (name: 'report' | 'card-team') => {
  const { world, ward, texts, store } = site.context
  const { bytes } = await draftFile(name, { db: store.db, scope: scopeOf(OPERATOR), flows: world.flows, ward, texts, day: '2026-11-23' }) // prettier-ignore
  return unzip(bytes)
    .get('word/document.xml')!
    .replace(/<[^>]+>/g, '')
}

describe('a card that is done at the door', () => {
  test('takes the person off every list of those without one, by a single tap', async () => {
    expect(await without()).toContain('Nguyễn Văn An')
    const { text } = await done({})
    expect(text).toContain('Sổ cũng đã ghi theo cho 1 người')
    expect(await without()).not.toContain('Nguyễn Văn An')
    expect(await listed()).not.toContain('Nguyễn Văn An')
    expect((await head.get('/staff/exports/visits.csv?group=5')).text).not.toContain('Nguyễn Văn An')
    const person = (await head.get('/staff/people/r-1')).text
    expect(person).toMatch(/<dt>Thẻ căn cước<\/dt>\s*<dd>Đã có<\/dd>/)
    const undo = /<form method="post" action="\/staff\/groups\/5\/undo">[^]*?<\/form>/.exec(person)![0]
    const fields = Object.fromEntries([...undo.matchAll(/name="(run|seq|flow)" value="([^"]+)"/g)].map(([, name, value]) => [name!, value!])) // prettier-ignore
    await head.post('/staff/groups/5/undo', fields)
    expect(await without()).toContain('Nguyễn Văn An')
    expect(await listed()).toMatch(/Nguyễn Văn An[^]*muốn được đến nhà/)
  })

  test('is offered with both ticks on, for one and for several, in the guide that ends with a card alone', async () => {
    const ticks = async (path: string) => (await head.get(path)).text.match(/name="(?:has-card|visited)"\s+value="1"\s+checked/g)?.length ?? 0 // prettier-ignore
    expect(await ticks('/staff/groups/5?flow=id-card')).toBe(4)
    expect(await ticks('/staff/groups/5?flow=vneid-level-1')).toBe(0)
    expect(await ticks('/staff/people/r-1')).toBe(2)
    // Holds a card, and wishes for a visit; holds one, and does not.
    expect(await ticks('/staff/people/r-2')).toBe(1)
    expect(await ticks('/staff/people/r-3')).toBe(0)
  })

  test('leaves the roster alone where the ticks were taken out, and then says that the two disagree', async () => {
    await done({ settle: '1' })
    expect(await without()).toMatch(/Nguyễn Văn An.*đã ghi làm xong thẻ – sổ chưa ghi/)
    expect(await listed()).toMatch(/chưa có thẻ \(đã ghi làm xong thẻ – sổ chưa ghi\)/)
    const { text } = await head.get('/staff/people/r-1')
    expect(text).toMatch(/>\s*Ghi vào sổ: đã có thẻ\s*</)
    await head.post('/staff/groups/5/done', { flow: 'id-card', person: 'r-1:9', upto: 'end', back: 'person' })
    expect(await without()).not.toContain('Nguyễn Văn An')
  })

  test('and reported by the person alone is called so on every list and paper, until one tap confirms it', async () => {
    await reported()
    const words = 'tự báo đã có thẻ – chưa xác nhận'
    expect(await without()).toMatch(new RegExp(`Nguyễn Văn An.*${words}`))
    expect(await listed()).toContain(`chưa có thẻ (${words})`)
    for (const path of ['/staff/people/r-1', '/staff/groups/5?flow=vneid-level-1'])
      expect((await head.get(path)).text).toContain(words)
    for (const name of ['report', 'card-team'] as const)
      expect(await paper(name)).toContain('1 người tự báo đã có thẻ, chưa được xác nhận')
    const page = parseHtml((await head.get('/staff/groups/5?flow=id-card')).text)
    const button = all(page, 'button').find((one) => textOf(one).includes('Xác nhận: Làm thẻ căn cước'))!
    await done({ one: button.attributes['value']! })
    expect(await without()).not.toContain('Nguyễn Văn An')
    for (const name of ['report', 'card-team'] as const) expect(await paper(name)).not.toContain('tự báo đã có thẻ')
  })

  test('is on the roster from a sheet that was ticked on paper too, and not where the tick was taken out', async () => {
    const { location: path, text } = await head.post('/staff/groups/5/tally', { flow: 'id-card' })
    const row = /<td class="number">(\d+)<\/td>[^]{0,80}<th scope="row">Nguyễn Văn An/.exec(text)![1]!
    const shown = await head.post(`${path}/check`, { tick: `${row}.all` })
    expect(shown.text.match(/name="(?:has-card|visited)"\s+value="1"\s+checked/g)).toHaveLength(2)
    const save = { tick: `${row}.all`, settle: '1' }
    await head.post(`${path}/save`, { ...save, key: 'first-save', visited: '1' })
    expect(await without()).toContain('Nguyễn Văn An')
    await head.post(`${path}/save`, { ...save, key: 'second-save', 'has-card': '1' })
    expect(await without()).not.toContain('Nguyễn Văn An')
    expect((await head.get('/staff/people/r-1')).text).toMatch(/đã đến nhà/)
  })
})
