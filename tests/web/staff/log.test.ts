import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { labelRole } from '../../../src/store/contacts.js'
import { mergePeople } from '../../../src/store/merges.js'
import { describeEngines, engines } from '../../support/databases.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

describeEngines('the log', await engines(), (engine) => {
  let site: Site
  beforeEach(async () => void (site = await openSite({}, { engine })))
  afterEach(() => site.close())

  /** Lines of the table: who, deed, what. */
  const table = (text: string) =>
    [...text.matchAll(/<tr>([\s\S]*?)<\/tr>/g)]
      .map(([, row]) =>
        [...row!.matchAll(/<td[^>]*>([\s\S]*?)<\/td>/g)].map(([, cell]) =>
          cell!
            .replace(/<[^>]+>/g, ' ')
            .replace(/\s+/g, ' ')
            .trim(),
        ),
      ) // prettier-ignore
      .filter((cells) => cells.length > 0)
      .map((cells) => cells.slice(1, 4).join(' | '))
  const label = (contact: string, name: string) => labelRole(site.context.store.db, contact, name)

  test('says who saw one person’s page, for whoever looks for the person by name, and for nobody else’s', async () => {
    await enrolSix(site)
    const [head, other, clerk] = [await signIn(site, 'leader', 5), await signIn(site, 'leader', 5), await signIn(site, 'staff')] // prettier-ignore
    await label(head.contact, 'Cô Hạnh')
    await label(other.contact, 'Chú Ba')
    await head.get('/staff/people/r-1')
    await other.get('/staff/people/r-2')
    const found = await clerk.post('/staff/log', { q: 'nguyen van an' })
    expect(found.text).toContain('Nguyễn Văn An')
    const link = /href="(\/staff\/log\?about=r-1)"/.exec(found.text)![1]!
    const { text } = await clerk.get(link)
    expect(table(text)).toEqual(['Cô Hạnh Tổ trưởng | xem | một người r-1 mọi dòng'])
    expect(text).toContain('<a href="/staff/people/r-1">')
    // The search is a look at names; the log itself names nobody.
    expect(table((await clerk.get('/staff/log')).text)).toContain('anh chị | xem | người của tổ')
    expect(text).not.toContain('Nguyễn Văn An')
    // From the person's page, too.
    expect((await clerk.get('/staff/people/r-2')).text).toContain('href="/staff/log?about=r-2"')
  })

  test('is filtered by who did it and by the deed, and a page further keeps the filter', async () => {
    await enrolSix(site)
    const [head, clerk] = [await signIn(site, 'leader', 5), await signIn(site, 'staff')]
    await label(head.contact, 'Cô Hạnh')
    for (let i = 0; i < 55; i++) {
      site.now.at += 1000
      await head.get('/staff/people/r-1')
      await clerk.get('/staff/people/r-1')
    }
    await head.get('/staff/exports/people.csv')
    const page = (await clerk.get('/staff/log')).text
    expect(page).toContain(`<option value="${head.contact}" >Cô Hạnh · Tổ trưởng</option>`)
    const exported = table((await clerk.get(`/staff/log?who=${head.contact}&deed=exported`)).text)
    expect(exported).toEqual([expect.stringMatching(/^Cô Hạnh Tổ trưởng \| xuất tệp/)])
    const saw = (await clerk.get(`/staff/log?who=${head.contact}&deed=saw&about=r-1`)).text
    const older = /href="([^"]+)" rel="next"/.exec(saw)![1]!.replaceAll('&amp;', '&')
    const both = [...table(saw), ...table((await clerk.get(older)).text)]
    expect(both).toEqual(Array(55).fill('Cô Hạnh Tổ trưởng | xem | một người r-1 mọi dòng'))
    expect(table((await clerk.get('/staff/log?deed=nonsense&who=%27')).text)).toHaveLength(50)
  })

  test('shows a head the own lines alone, whatever the address asks for, and leads to nobody of another group', async () => {
    await enrolSix(site)
    await enrol(site, [rosterPerson(60, { group: 6, name: 'Người Tổ Sáu' })])
    const [head, clerk] = [await signIn(site, 'leader', 5), await signIn(site, 'staff')]
    await clerk.get('/staff/people/r-1')
    await clerk.get('/staff/people/r-60')
    await head.get('/staff/people/r-1')
    for (const query of [`who=${clerk.contact}`, `who=${clerk.contact}&about=r-1`, 'about=r-1', 'about=r-60'])
      expect(table((await head.get(`/staff/log?${query}`)).text).filter((line) => !line.startsWith('anh chị'))).toEqual([]) // prettier-ignore
    expect((await head.get('/staff/log?about=r-60')).text).not.toContain('/staff/people/r-60')
    expect((await head.post('/staff/log', { q: 'Người Tổ Sáu' })).text).not.toContain('r-60')
    expect((await head.get('/staff/log')).text).not.toContain('name="who"')
  })

  test('finds the lines of a person under every id that it had', async () => {
    await enrolSix(site)
    const clerk = await signIn(site, 'staff')
    await clerk.get('/staff/people/r-2')
    const { store, seals } = site.context
    const merge = { gone: 'r-2', kept: 'r-1', at: site.now.at }
    expect(await store.transaction((tx) => mergePeople(tx, scopeOf(OPERATOR), seals, merge))).toBe('merged')
    site.now.at += 1000
    await clerk.get('/staff/people/r-1')
    const { text } = await clerk.get('/staff/log?about=r-1')
    expect(table(text).map((line) => line.slice(0, 'anh chị | xem | một người r-0'.length))).toEqual(['anh chị | xem | một người r-1', 'anh chị | xem | một người r-2']) // prettier-ignore
    // The line of the one that is gone leads to the one that is kept.
    expect(text).toContain('<a href="/staff/people/r-1">r-2</a>')
  })

  test('does not tell of a group of a few who of them is done', async () => {
    await enrol(site, [1, 2].map((n) => rosterPerson(90 + n, { group: 9, name: `Người Tổ Chín ${n}` }))) // prettier-ignore
    const head = await signIn(site, 'leader', 9)
    await head.post('/staff/groups/9/done', { flow: 'id-card', one: 'r-91' })
    const clerk = await signIn(site, 'staff')
    const all = table((await clerk.get('/staff/log')).text)
    // The guide, and the card that it settles on the roster.
    const recorded = all.filter((line) => line.includes('ghi xong'))
    expect(recorded).toHaveLength(2)
    expect(recorded.join()).not.toContain('r-91')
    expect(table((await clerk.get('/staff/log?about=r-91')).text)).toEqual([])
    expect(table((await head.get('/staff/log?about=r-91')).text)).toHaveLength(2)
  })
})
