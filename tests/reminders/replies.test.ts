import { sql } from 'kysely'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import { messagesOf } from '../../src/core/broadcast/planner.js'
import { ledgerOfRun } from '../../src/store/ledger.js'
import { migrate } from '../../src/store/migrate.js'
import { openSqlite, type Store } from '../../src/store/open.js'
import { loadRuns } from '../../src/store/runs.js'
import { type App, type AppPerson, APPS, openApp } from '../support/apps.js'
import { PLAN, WARD } from './stage.js'

describe.each(APPS)('a reminder on %s', (name) => {
  let store: Store
  let app: App
  beforeEach(async () => {
    store = openSqlite(':memory:')
    await migrate(store)
    app = await openApp(name, store)
  })
  afterEach(() => app.close())

  const begin = async (flow = 'vneid-level-1'): Promise<AppPerson> => {
    const person = app.person()
    await person.opens(`${flow}_g5`)
    await person.taps('agree')
    if ((await person.row()).session.prompt.ask.kind === 'form') await person.taps('bac')
    await person.taps('begin')
    return person
  }
  const runOf = async (person: string, flow = 'vneid-level-1') =>
    (await loadRuns(store.db, [person])).find((run) => run.flow === flow)
  const plan = (more: Partial<BroadcastPlan['audience']> = {}): BroadcastPlan => ({ ...PLAN, audience: { ...PLAN.audience, ...more } }) // prettier-ignore
  /** Previewed and confirmed; what is due leaves. */
  const remind = async (wanted = plan(), { leaves = true } = {}) => {
    const shown = await app.context.reminders.preview({ contact: 'head', scope: WARD }, wanted)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    await app.context.reminders.confirm({ id: shown.id, key: `key ${shown.id}`, by: 'head', count: messagesOf(shown.tally) }) // prettier-ignore
    await app.context.reminders.runOnce()
    if (leaves) await app.settle()
    return shown.id
  }
  const results = async (id: string) =>
    (await app.context.reminders.progress(id)).map(({ result, reason, count }) => [result, reason, count].join(' '))
  /** Acts for somebody new, and takes the first steps for them. */
  const actFor = async (helper: AppPerson, label: string, flow = 'vneid-level-1') => {
    await helper.says('/nguoithan')
    await helper.taps('new')
    await helper.says(label)
    await helper.taps('agreed')
    const { person } = (await helper.row()).session
    await helper.opens(flow)
    await helper.taps('begin')
    return person
  }

  test('its answer goes to the step where the person stands, by the button and by the number', async () => {
    for (const answer of ['button', 'number'] as const) {
      const person = await begin()
      const self = (await person.row()).session.person
      await person.taps((await person.row()).session.prompt.options[0]!)
      // Something else was in front of them meanwhile.
      await person.says('/huongdan')
      const { step } = (await runOf(self))!
      app.clock.pass('2 hours')
      await remind()
      expect(person.heard().at(-1)).toContain('Không muốn nhận tin nhắc nữa')
      if (answer === 'button') await person.taps('continue')
      else await person.says('1')
      expect((await person.row()).session).toMatchObject({ person: self, prompt: { ask: { kind: 'step' } } })
      expect((await runOf(self))!.step).toBe(step)
      await person.says('xong rồi')
      expect((await runOf(self))!.step).not.toBe(step)
      app.clock.pass('1 day')
    }
  })

  test('«xong rồi» to it is said of the step that it named, by that step’s own rules; «ok» only goes on', async () => {
    for (const [words, moves] of [['xong rồi', true], ['tôi làm rồi', true], ['ok', false], ['được rồi', false], ['xong rồi nhưng chưa thấy gì', false]] as const) {
      const person = await begin()
      const self = (await person.row()).session.person
      const { step } = (await runOf(self))!
      app.clock.pass('2 hours')
      await remind()
      await person.says(words)
      expect([words, (await runOf(self))!.step !== step]).toEqual([words, moves])
      if (!words.includes('chưa')) expect((await person.row()).session.prompt.ask).toEqual({ kind: 'step' })
      await sql`update run set state = 'finished' where person = ${self}`.execute(store.db)
      app.clock.pass('1 day')
    }
  }) // prettier-ignore

  test('«xong rồi» finishes no wait, no step that was taken elsewhere meanwhile, and begins nothing', async () => {
    const waiting = await begin()
    const { self } = await waiting.row()
    await sql`update run set step = 'wait-approval' where person = ${self}`.execute(store.db)
    app.clock.pass('2 hours')
    await remind()
    await waiting.says('xong rồi')
    expect((await runOf(self))!.step).toBe('wait-approval')
    await sql`update run set state = 'finished' where person = ${self}`.execute(store.db)

    const elsewhere = await begin()
    const other = (await elsewhere.row()).self
    app.clock.pass('1 day')
    await remind()
    await sql`update run set step = 'scan-card' where person = ${other}`.execute(store.db)
    await elsewhere.says('xong rồi')
    expect((await runOf(other))!.step).toBe('scan-card')
    await sql`update run set state = 'finished' where person = ${other}`.execute(store.db)

    const newcomer = app.person()
    await newcomer.opens('vneid-level-1_g5')
    await newcomer.taps('agree')
    if ((await newcomer.row()).session.prompt.ask.kind === 'form') await newcomer.taps('bac')
    app.clock.pass('1 day')
    await remind(plan({ who: { kind: 'not-started' } }))
    await newcomer.says('xong rồi')
    expect((await newcomer.row()).session.prompt.ask).toEqual({ kind: 'reached' })
  })

  test('somebody who acts for several is told of whom it speaks, and what they answer is written down for that person', async () => {
    const helper = await begin()
    const { self } = await helper.row()
    const mother = await actFor(helper, 'mẹ')
    const aunt = await actFor(helper, 'cô Sáu')
    expect((await helper.row()).session.person).toBe(aunt)
    const before = await runOf(aunt)
    // The own guide and the aunt's are finished elsewhere: the mother alone is left.
    await sql`update run set state = 'finished' where person in (${self}, ${aunt})`.execute(store.db)
    app.clock.pass('2 hours')
    await remind()
    expect(helper.heard().at(-1)).toContain('mẹ')
    expect(helper.heard().at(-1)).not.toContain('cô Sáu')
    await helper.says('1')
    expect(helper.heard().at(-1)).toContain('mẹ')
    const { id, step } = (await runOf(mother))!
    await helper.says('xong rồi')
    expect((await runOf(mother))!.step).not.toBe(step)
    expect((await runOf(aunt))!.step).toBe(before!.step)
    const last = (await ledgerOfRun(store.db, id)).at(-1)!
    expect(last).toMatchObject({ person: mother, source: 'helper', contact: (await helper.row()).contact })
  })

  test('about the helper’s own steps finds them themselves again, whomever they acted for last', async () => {
    const helper = await begin()
    const { self } = await helper.row()
    const mother = await actFor(helper, 'mẹ')
    await sql`update run set state = 'finished' where person = ${mother}`.execute(store.db)
    app.clock.pass('2 hours')
    await remind()
    expect(helper.heard().at(-1)).not.toContain('mẹ')
    await helper.says('1')
    await helper.says('xong rồi')
    expect((await ledgerOfRun(store.db, (await runOf(self))!.id)).at(-1)).toMatchObject({ source: 'self' })
  })

  test('reaches the helper of a person who has not begun and has no phone, and nobody who acts for them no more', async () => {
    const helper = await begin('portal-login')
    await actFor(helper, 'mẹ', 'portal-login')
    app.clock.pass('2 hours')
    const audience = plan({ flow: 'vneid-level-2', who: { kind: 'not-started' } })
    // The helper has finished themselves.
    await sql`insert into run (id, person, flow, edition, step, state, seq, started_at, entered_at, trail, tries) select 'done', c.person, 'vneid-level-2', 1, 'x', 'finished', 1, 1, 1, '[]', 0 from contact c`.execute(store.db) // prettier-ignore
    expect(await results(await remind(audience))).toEqual(['sent  1'])
    expect(helper.heard().at(-1)).toContain('mẹ')
    app.clock.pass('1 day')
    const late = await remind(audience, { leaves: false })
    await sql`delete from helping`.execute(store.db)
    await app.settle()
    // On no list either: there is nobody left to be told or visited.
    expect(await results(late)).toEqual(['cancelled moved-on 1'])
    expect(helper.heard().filter((text) => text.includes('mẹ, người'))).toHaveLength(1)
  })

  test('about several people is one message that names them all, and goes on for whomever is chosen', async () => {
    const helper = await begin()
    const { self } = await helper.row()
    const mother = await actFor(helper, 'mẹ')
    await actFor(helper, 'cô Sáu')
    app.clock.pass('2 hours')
    const before = helper.heard().length
    expect(await results(await remind())).toEqual(['sent  3'])
    expect(helper.heard()).toHaveLength(before + 1)
    for (const who of ['Bác: ', 'mẹ: ', 'cô Sáu: ']) expect(helper.heard().at(-1)).toContain(who)
    const { session } = await helper.row()
    expect(session.prompt.options).toEqual(['w1', 'w2', 'w3', 'later'])
    const people = session.prompt.ask.kind === 'whom' ? session.prompt.ask.people : []
    expect(people[0]).toEqual({ person: self, label: null })
    const choice = `w${people.findIndex(({ person }) => person === mother) + 1}`
    await helper.taps(choice)
    expect((await helper.row()).session).toMatchObject({ person: mother, actingFor: { label: 'mẹ' }, prompt: { ask: { kind: 'step' } } }) // prettier-ignore
    expect(helper.heard().at(-1)).toContain('mẹ')
    await helper.says('xong rồi')
    expect((await ledgerOfRun(store.db, (await runOf(mother))!.id)).at(-1)).toMatchObject({ source: 'helper' })
  })

  test('about several people: nobody is gone on for whom the helper acts no more', async () => {
    const helper = await begin()
    const mother = await actFor(helper, 'mẹ')
    app.clock.pass('2 hours')
    await remind()
    await sql`delete from helping`.execute(store.db)
    await helper.taps('w2')
    expect(helper.heard().at(-1)).toContain('không còn làm hộ')
    await helper.taps('w1')
    expect((await helper.row()).session.person).not.toBe(mother)
  })

  describe('«đừng nhắn nữa»', () => {
    const WORDS = [
      'đừng nhắn nữa',
      'dung nhan tin nua',
      'stop',
      '/dung',
      'tôi xong rồi đừng nhắn nữa',
      'thôi không cần nhắn nữa',
    ]
    /** Says the words, gets one sentence and nothing more, and is written to no longer. */
    const silences = async (person: AppPerson, words: string) => {
      const before = person.heard().length
      await person.says(words)
      const heard = person.heard().slice(before)
      expect(heard).toHaveLength(1)
      expect(heard[0]).toMatch(/^Dạ, từ giờ [^.]*\.$/)
      const { contact } = await person.row()
      const gone = await sql`delete from opt_out where subject = ${contact} returning subject`.execute(store.db)
      expect(gone.rows).toHaveLength(1)
    }

    test('in the middle of a guide: the place is kept', async () => {
      const person = await begin()
      for (const words of WORDS) await silences(person, words)
      const { self } = await person.row()
      const { step } = (await runOf(self))!
      await person.says('xong rồi')
      expect((await runOf(self))!.step).not.toBe(step)
    })

    test('in the middle of a form, even where any words are an answer: the form goes on', async () => {
      const person = await begin()
      await person.says('/nguoithan')
      await person.taps('new')
      for (const words of WORDS) await silences(person, words)
      await person.says('mẹ')
      expect(person.heard().at(-1)).toContain('mẹ')
      expect((await person.row()).session.prompt.options).toContain('agreed')
    })

    test('said among the troubles of a step it opens no ticket, and about somebody else it silences nobody', async () => {
      const person = await begin()
      await person.taps('trouble')
      await silences(person, 'thôi không cần nhắn nữa')
      expect((await sql`select id from ticket`.execute(store.db)).rows).toEqual([])
      await person.says('đừng nhắn tin cho bố tôi nữa')
      expect(person.heard().at(-1)).toContain('dừng từ máy ấy')
      expect((await sql`select subject from opt_out`.execute(store.db)).rows.length).toBeLessThanOrEqual(1)
    })

    test('while a colleague has the talk, and while a new consent text waits for a yes', async () => {
      const person = await begin()
      for (const more of [{ held: 'a-ticket' }, { consent: { version: '0', at: 1 } }])
        for (const words of WORDS) {
          const { session, contact } = await person.row()
          const state = JSON.stringify({ ...session, held: null, ...more })
          await sql`update session set state = ${state} where contact = ${contact}`.execute(store.db)
          await silences(person, words)
        }
    })

    test('after a reminder; a broadcast in flight passes them over; «/nhan» brings them back', async () => {
      const [person, other] = [await begin(), await begin()]
      app.clock.pass('2 hours')
      await remind()
      for (const words of WORDS) await silences(person, words)
      await person.says(WORDS[0]!)
      app.clock.pass('1 day')
      await other.says('/nhan')
      app.clock.pass('1 hour')
      expect(await results(await remind())).toEqual(['left-out opted-out 1', 'sent  1'])
      await person.says('/nhan')
      expect(person.heard().at(-1)).toMatch(/^Dạ, từ giờ cháu nhắn nhắc lại/)
      app.clock.pass('7 days')
      for (const one of [person, other]) await one.says('/tiendo')
      app.clock.pass('1 hour')
      // Frozen, in the outbox, and not yet away.
      const flying = await remind(plan(), { leaves: false })
      const content = { kind: 'text' as const, text: WORDS[1]! }
      await app.context.turns.accept({ channel: name, externalId: 'late', address: person.address, content, at: app.clock(), secrets: [] }) // prettier-ignore
      for (let done = 1; done > 0;) done = await app.context.requests.runOnce()
      await app.settle()
      expect(await results(flying)).toEqual(['cancelled opted-out 1', 'sent  1'])
    })
  })
})
