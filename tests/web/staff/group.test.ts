import { sql } from 'kysely'
import { confirm } from '../../../src/core/flow/confirm.js'
import { auditLog } from '../../../src/store/audit.js'
import { OPERATOR, scopeOf } from '../../../src/core/policy/roles.js'
import { appendLedger, ledgerOfRun } from '../../../src/store/ledger.js'
import { loadRuns, saveRuns } from '../../../src/store/runs.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { atFirstStep, openSite, type Site } from '../site.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

let site: Site
beforeEach(async () => void (site = await openSite()))
afterEach(() => site.close())

const log = () => auditLog(site.context.store.db, scopeOf(OPERATOR), { limit: 100 })

/** The fields of the first form of a page that takes something back. */
function undoOf(text: string): Record<string, string> {
  const form = /action="\/staff\/groups\/5\/undo">([\s\S]*?)<\/form>/.exec(text)![1]!
  const fields = [...form.matchAll(/name="([^"]+)" value="([^"]*)"/g)].map(([, name, value]) => [name, value])
  return Object.fromEntries(fields.filter(([name]) => name !== 'csrf')) as Record<string, string>
}

describe('the page of a group', () => {
  test('lists its people and where they stand, and the log keeps that they were looked at', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const { status, text } = await head.get('/staff/groups/5')
    expect(status).toBe(200)
    expect(text).toContain('Nguyễn Văn An')
    expect(text).toContain('Chưa bắt đầu')
    expect(text).not.toContain('0912345678')
    const [line] = (await log()).filter(({ deed }) => deed === 'saw')
    expect(line).toMatchObject({ who: head.contact, deed: 'saw', kind: 'people', group: 5, count: 6 })
  })

  test('is where the list of groups leads a head of one, and the list what the ward sees', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const { answer } = await head.get('/staff/groups')
    expect([answer.status, answer.headers.get('location')]).toEqual([302, '/staff/groups/5'])
    expect((await head.get('/staff/groups/')).answer.headers.get('location')).toBe('/staff/groups')
    const { text } = await (await signIn(site, 'staff')).get('/staff/groups')
    expect(text).toMatch(/href="\/staff\/groups\/12"/)
  })

  test('finds by name without diacritics, and by what is the matter', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const found = async (query: string) => {
      const { text } = await head.get(`/staff/groups/5?${query}`)
      return ['An', 'Bình', 'Chung', 'Dung', 'Em', 'Giang'].filter((name) => text.includes(` ${name}</a`))
    }
    expect(await found('name=binh')).toEqual(['Bình'])
    expect(await found('show=no-card')).toEqual(['An'])
    expect(await found('show=visit')).toEqual(['Bình'])
    expect(await found('show=finished')).toEqual([])
    expect(await found('show=not-started')).toHaveLength(6)
  })

  test('records what was done at the door with one tap, in the ledger as the head’s word', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const done = await head.post('/staff/groups/5/done', {
      flow: 'vneid-level-1',
      show: 'all',
      one: 'r-1',
      upto: 'step',
    })
    expect(done.text).toContain('Đã ghi xong cho 1 người')
    expect(done.text).toContain('Đã xong (tổ trưởng hoặc phường ghi)')
    const [run] = await loadRuns(site.context.store.db, ['r-1'])
    expect(run).toMatchObject({ flow: 'vneid-level-1', state: 'finished' })
    const events = await ledgerOfRun(site.context.store.db, run!.id)
    expect(events.length).toBe(run!.seq)
    expect(events.at(-1)).toMatchObject({ outcome: 'finished', source: 'leader', group: 5, contact: head.contact })
    expect(new Set(events.map(({ source }) => source))).toEqual(new Set(['leader']))
    expect((await log()).filter(({ deed }) => deed === 'recorded')).toMatchObject([{ subject: 'r-1', group: 5 }])
    // A second tap on a page that is still open writes nothing.
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-1' })
    expect(await ledgerOfRun(site.context.store.db, run!.id)).toHaveLength(events.length)
    const overview = await head.get('/staff')
    expect(overview.text).toContain('1/6 người xong (16 %), 1 người đã bắt đầu')
    expect(overview.text).toContain('1 người do tổ trưởng hoặc phường ghi nhận')
  })

  test('records nothing for a guide that is none, neither one it guesses nor the first', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    for (const flow of ['nope', '']) {
      const refused = await head.post('/staff/groups/5/done', { flow, one: 'r-1' })
      expect(refused.status).toBe(400)
      expect(refused.text).toContain('Hướng dẫn này không có')
    }
    expect(await loadRuns(site.context.store.db, ['r-1'])).toEqual([])
    const preview = await head.post('/staff/broadcasts/preview', { flow: 'nope', who: 'unfinished' })
    expect(preview.status).toBe(400)
  })

  test('takes back what was recorded, for one or for the whole list, and people stand as before', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const done = await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-1:0' })
    const undone = await head.post('/staff/groups/5/undo', undoOf(done.text))
    expect(undone.text).toContain('Đã hoàn tác cho 1 người')
    expect(undone.text).not.toContain('Đã xong (')
    expect(await loadRuns(site.context.store.db, ['r-1'])).toEqual([])
    expect((await head.get('/staff')).text).not.toContain('1/6 người xong')
    expect((await log()).filter(({ deed }) => deed === 'undone')).toMatchObject([{ subject: 'r-1', group: 5 }])
    // The same form once more takes nothing back, and says so.
    const again = await head.post('/staff/groups/5/undo', undoOf(done.text))
    expect(again.text).toContain('1 người để nguyên như cũ')
    const list = { flow: 'vneid-level-1', ticked: '1', upto: 'step', person: ['r-1:0', 'r-2:0', 'r-3:0'] }
    const many = await head.post('/staff/groups/5/done', list)
    expect((await head.post('/staff/groups/5/undo', undoOf(many.text))).text).toContain('Đã hoàn tác cho 3 người')
    // Another head takes nothing back by the same form, and no one outside of the group.
    const third = await head.post('/staff/groups/5/done', list)
    const other = await signIn(site, 'leader', 6)
    expect((await other.post('/staff/groups/5/undo', undoOf(third.text))).status).toBe(403)
    expect((await other.post('/staff/groups/6/undo', undoOf(third.text))).text).not.toContain('Đã hoàn tác')
    expect(await loadRuns(site.context.store.db, ['r-1', 'r-2', 'r-3'])).toHaveLength(3)
  })

  test('refuses «this step» of a page that is out of date, in words, and writes the same tap down once', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const step = { flow: 'vneid-level-1', ticked: '1', upto: 'step', person: 'r-1:0' }
    await head.post('/staff/groups/5/done', step)
    const twice = await head.post('/staff/groups/5/done', step)
    expect(twice.text).toContain('1 người đã được ghi từ trước, không ghi thêm lần nữa')
    expect(twice.text).not.toContain('Đã ghi xong một bước')
    const [run] = await loadRuns(site.context.store.db, ['r-1'])
    // Somebody of the ward wrote down the next step meanwhile.
    const staff = await signIn(site, 'staff')
    await staff.post('/staff/groups/5/done', { ...step, person: `r-1:${run!.seq}` })
    const [moved] = await loadRuns(site.context.store.db, ['r-1'])
    const stale = await head.post('/staff/groups/5/done', { ...step, person: `r-1:${run!.seq}` })
    expect(stale.text).toContain('1 người không còn ở bước mà trang cũ đang hiện')
    expect(await loadRuns(site.context.store.db, ['r-1'])).toEqual([moved])
  })

  test('vouches for what a resident reported, beside their own word', async () => {
    await enrolSix(site)
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    const { store, newId } = site.context
    const [{ person }] = (await sql<{ person: string }>`select person from run`.execute(store.db)).rows as [{ person: string }] // prettier-ignore
    const flow = site.context.world.flows.get('vneid-level-1')!
    const [run] = await loadRuns(store.db, [person])
    const self = { contact: 'c', channel: 'web', group: 5, source: 'self', at: site.now.at } as const
    const end = confirm(flow, { person, run: run!, newId }, self, 'end')!
    await store.transaction(async (tx) => {
      await saveRuns(tx, [end.run])
      await appendLedger(tx, end.events)
    })
    const head = await signIn(site, 'leader', 5)
    const shown = await head.get('/staff/groups/5?flow=vneid-level-1&show=finished')
    expect(shown.text).toContain('Đã xong (tự báo)')
    const [, named] = /name="one"\s+value="([^"]+)"\s+class="second"/.exec(shown.text)!
    const done = await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', show: 'finished', one: named! })
    expect(done.text).toContain('Đã xong (tổ trưởng hoặc phường ghi)')
    expect((await head.get('/staff')).text).toContain('1 người do tổ trưởng hoặc phường ghi nhận')
    const page = await head.get(`/staff/people/${person}`)
    expect(page.text).toContain('xác nhận đã xong')
    expect(page.text).toContain('tự báo')
    await head.post('/staff/groups/5/undo', undoOf(page.text))
    expect((await head.get('/staff/groups/5?flow=vneid-level-1')).text).toContain('Đã xong (tự báo)')
  })

  test('records a list of people, through the step where each of them stands', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const fields = { flow: 'vneid-level-1', ticked: '1', upto: 'step', person: ['r-1', 'r-2', 'r-3'] }
    const done = await head.post('/staff/groups/5/done', fields)
    expect(done.text).toContain('Đã ghi xong một bước cho 3 người')
    const runs = await loadRuns(site.context.store.db, ['r-1', 'r-2', 'r-3'])
    expect(runs.map(({ step, state }) => [step, state])).toEqual(
      Array.from({ length: 3 }, () => ['app-account', 'open']),
    )
    expect((await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', ticked: '1' })).text).toContain(
      'Chưa chọn ai',
    )
  })

  test('goes on from where a resident stands, who then may go on by the old button without harm', async () => {
    await enrol(
      site,
      [1, 2, 3, 4, 5].map((n) => rosterPerson(n)),
    )
    const visitor = await site.visitor()
    await atFirstStep(visitor)
    await visitor.choose((await visitor.newest()).options[0]!.label)
    const head = await signIn(site, 'leader', 5)
    const { text } = await head.get('/staff/groups/5?flow=vneid-level-1&show=under-way')
    const [, named, person] = /name="one"\s+value="(([^"]+):\d+)"/.exec(text)!
    const old = await visitor.newest()
    await head.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: named! })
    const { status } = await visitor.post({ id: 'late', kind: 'tap', data: old.options[0]!.data })
    expect(status).toBe(200)
    expect((await visitor.newest()).text).not.toContain('trục trặc')
    const [run] = await loadRuns(site.context.store.db, [person!])
    expect(run!.state).toBe('finished')
    const sources = (await ledgerOfRun(site.context.store.db, run!.id)).map(({ source }) => source)
    expect([sources[0], sources.at(-1)]).toEqual(['self', 'leader'])
  })

  test('says of a group under five nothing of who stands where, but to its own head', async () => {
    await enrol(site, [rosterPerson(1, { name: 'Đỗ Một Mình' })])
    const staff = await signIn(site, 'staff')
    const seen = await staff.get('/staff/groups/5?show=not-started')
    expect(seen.text).toContain('Đỗ Một Mình')
    expect(seen.text).toContain('không nêu ai đang ở bước nào')
    expect(seen.text).not.toContain('name="one"')
    expect((await staff.post('/staff/groups/5/done', { flow: 'vneid-level-1', one: 'r-1' })).status).toBe(403)
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/groups/5')).text).toContain('name="one"')
  })

  test('keeps the review of households, one by one or several', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    expect((await head.get('/staff/groups/5/households')).text).toContain('0/2 hộ đã rà soát')
    const one = await head.post('/staff/groups/5/households', { one: 'h-1' })
    expect(one.text).toContain('1/2 hộ đã rà soát')
    expect(one.text).toContain('Đã rà soát thứ Hai 23/11')
    const both = await head.post('/staff/groups/5/households', { household: ['h-1', 'h-2'] })
    expect(both.text).toContain('2/2 hộ đã rà soát')
    expect((await head.get('/staff')).text).toContain('2/2 hộ đã rà soát')
  })

  test('gives a visit list street by street, with why and the phone number', async () => {
    await enrolSix(site)
    const head = await signIn(site, 'leader', 5)
    const { text } = await head.get('/staff/groups/5/visits')
    expect(text).toContain('Đường Hoa Sen')
    expect(text).not.toContain('Đường Sen Hồng')
    expect(text).toContain('0912345678')
    expect(text).toContain('chưa có thẻ')
    const everybody = await head.get('/staff/groups/5/visits?who=everybody')
    expect(everybody.text.indexOf('Đường Hoa Sen')).toBeLessThan(everybody.text.indexOf('Đường Sen Hồng'))
    expect(everybody.text).toContain('không nhắn tới được')
  })
})
