import { all, parseHtml, textOf } from '../../support/html.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

/** The rows of the table by group, cell by cell. */
function byGroup(text: string): string[][] {
  const table = all(parseHtml(text), 'table').find((one) => textOf(all(one, 'caption')[0]!).endsWith(': từng tổ'))!
  return all(all(table, 'tbody')[0]!, 'tr').map((row) => [...all(row, 'th'), ...all(row, 'td')].map((cell) => textOf(cell).trim().replace(/\s+/g, ' '))) // prettier-ignore
}
const ofGroup = (text: string, group: number) => byGroup(text).find(([name]) => name === `Tổ ${group}`)!

describe('the overview', () => {
  const FEW = 'Tổ dưới 5 người chỉ nêu số người, số hộ, số bắt đầu và số xong.'

  test('tells of a group of a few what the note below says, and no more', async () => {
    await enrolSix(site)
    await enrol(
      site,
      [1, 2, 3].map((n) => rosterPerson(90 + n, { group: 9, card: n < 3 ? 'none' : 'has' })),
    )
    const own = await signIn(site, 'leader', 9)
    await own.post('/staff/groups/9/done', { flow: 'id-card', one: 'r-91' })
    const { text } = await (await signIn(site, 'staff')).get('/staff?flow=id-card')
    expect(text).toContain(FEW)
    expect(ofGroup(text, 9)).toEqual(['Tổ 9', '3', '0/0', 'không nêu', '1', expect.stringMatching(/^1 .*33 %/)])
    expect(ofGroup(text, 5).slice(1, 4)).toEqual(['6', '0/2', '1 · 0 · 0'])
    // Of two without a card one has it since the head recorded the guide.
    expect(byGroup(text).at(-1)).toEqual(['Chưa rõ tổ, và phần chưa thẻ của tổ dưới 5 người', '0', '0/0', '1 · 0 · 0', '0', expect.stringMatching(/^0 .*0 %$/)]) // prettier-ignore
    // To their own head nothing is kept back, and nothing is said to be.
    const theirs = await own.get('/staff?flow=id-card')
    expect(theirs.text).not.toContain(FEW)
    expect(theirs.text).not.toContain('không nêu')
    expect(ofGroup(theirs.text, 9)[3]).toBe('1 · 0 · 0')
  })

  test('says nothing of groups of a few where there is none', async () => {
    await enrolSix(site)
    const { text } = await (await signIn(site, 'staff')).get('/staff')
    expect(text).not.toContain('Tổ dưới 5 người')
    expect(text).not.toContain('tổ dưới 5 người')
  })

  test.each([
    ['vi', 'Đã tới, trong 2 người đã bắt đầu'],
    ['en', 'Got here, of 2 who began'],
  ])('says in words (%s) out of whom the bars of the steps are', async (lang, head) => {
    await enrolSix(site)
    const leader = await signIn(site, 'leader', 5)
    for (const one of ['r-1', 'r-2']) await leader.post('/staff/groups/5/done', { flow: 'id-card', one })
    const { text } = await leader.get(`/staff?lang=${lang}`)
    const card = all(parseHtml(text), 'details').find(({ attributes }) => attributes['id'] === 'steps-id-card')!
    expect(all(card, 'th').map(textOf)).toContain(head)
  })
})
