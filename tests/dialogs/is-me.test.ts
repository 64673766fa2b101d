import { sql } from 'kysely'
import type { ChannelName } from '../../src/core/model/message.js'
import type { Said } from '../../src/core/model/outbox.js'
import { scopeOf } from '../../src/core/policy/roles.js'
import { askIfRight } from '../../src/dialogs/is-me.js'
import { auditLog } from '../../src/store/audit.js'
import { figures } from '../../src/store/figures.js'
import { mergePeople } from '../../src/store/merges.js'
import { recountFigures } from '../../src/store/recount.js'
import { confirmContact } from '../../src/store/slips.js'
import { enrol, headOf, rosterPerson, WARD } from '../store/roster-samples.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('somebody whom the head joined to a name', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  const { work, says, taps, officer } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    resident = bot.resident()
    await begin(resident)
    await enrol(database.store.db, [
      rosterPerson(1, { name: 'Nguyễn Văn Tư', born: 1958 }),
      rosterPerson(2, { name: 'Nguyen Van Tu' }),
      ...[3, 4, 5].map((n) => rosterPerson(n)),
    ])
  })
  /** As the page does it. */
  const join = async (contact: string, person = 'r-1', scope = headOf(5)) => {
    const { context } = bot
    return context.store.transaction(async (tx) => {
      const outcome = await confirmContact(tx, scope, { contact, person, now: bot.clock() })
      if (outcome === 'joined') await askIfRight(tx, context, scope, { contact, group: 5, name: 'Nguyễn Văn Tư' })
      return outcome
    })
  }
  const joinedBy = async (head: Resident, who = resident) =>
    join((await who.contact()).id, 'r-1', scopeOf({ id: (await head.contact()).id, role: 'leader', leads: [5] }))
  const partings = async () =>
    (await auditLog(database.store.db, WARD, { limit: 99 })).filter(({ deed }) => deed === 'parted')
  const agree = async () => {
    const { db } = database.store
    const counted = await figures(db, WARD)
    expect(await recountFigures(db, WARD)).toEqual(counted)
    return counted
  }

  test('is told by whom and as whom, by the given name alone, and goes on where they stood', async () => {
    const { step } = (await resident.run())!
    await join((await resident.contact()).id)
    const told = await resident.last()
    expect(told.text).toMatch(/^Tổ trưởng tổ 5 vừa ghi bác là «Tư» trong sổ của tổ\./)
    expect(told.text).not.toMatch(/Nguyễn|Văn|1958/)
    expect(told.options.map(({ label }) => label)).toEqual(['Đúng là tôi', 'Không phải tôi'])
    expect((await taps(resident, 'is-me')).text).toMatch(/^Cảm ơn bác\.[^]*Mình làm tiếp nhé/)
    expect((await resident.session()).person).toBe('r-1')
    expect((await resident.run())!.step).toBe(step)
    expect(await partings()).toEqual([])
  })

  test('undoes it with one tap: the steps are theirs again, the head hears of it without a name, the log has a line', async () => {
    const head = await officer('leader', 5)
    const own = (await resident.session()).person
    const { id, step } = (await resident.run())!
    const before = await agree()
    await joinedBy(head)
    expect((await resident.session()).person).toBe('r-1')
    const answer = await taps(resident, 'not-me')
    expect(answer.text).toMatch(/^Đã gỡ ra\.[^]*báo cho người phụ trách[^]*Mình làm tiếp nhé/)
    expect((await resident.session()).person).toBe(own)
    expect(await resident.run()).toMatchObject({ id, step, person: own })
    expect(await agree()).toEqual(before)
    const { text } = await head.last()
    expect(text).toMatch(/Một người nhắn tin ở tổ 5 báo họ không phải/)
    expect(text).not.toMatch(/Tư\b|Nguyễn/)
    const contact = (await resident.contact()).id
    expect(await partings()).toMatchObject([
      { who: contact, role: 'resident', kind: 'contact', subject: 'r-1', group: 5, count: 1 },
    ])
    // The same two are not joined by the head's word again.
    expect(await joinedBy(head)).toBe('disowned')
    expect((await resident.session()).person).toBe(own)
  })

  test('can say so by the same button after having gone on, and saying it twice is saying it once', async () => {
    await join((await resident.contact()).id)
    const { data } = (await resident.last()).options[1]!
    await says(resident, 'xong')
    await resident.tap((await resident.session()).prompt.options[0]!)
    const { step } = (await resident.run())!
    for (const answer of ['Đã gỡ ra', 'không bị ghi là ai']) {
      await resident.send({ kind: 'tap', data })
      await work()
      expect((await resident.last()).text).toContain(answer)
    }
    expect((await resident.session()).person).not.toBe('r-1')
    // What they did meanwhile went with them, and the question in front stayed in front.
    expect((await resident.run())!.step).toBe(step)
    expect((await resident.ask()).kind).toBe('step')
    expect(await partings()).toHaveLength(1)
    await agree()
  })

  test('says it in words: «không» is a no, and what was meant for the step confirms nothing', async () => {
    await join((await resident.contact()).id)
    await says(resident, 'xong')
    expect((await resident.session()).person).toBe('r-1')
    expect((await resident.ask()).kind).toBe('step')
    const other = bot.resident()
    await begin(other)
    await join((await other.contact()).id, 'r-3')
    expect((await says(other, 'không')).text).toContain('Đã gỡ ra')
    expect((await other.session()).person).not.toBe('r-3')
  })

  test('leaves whoever was joined to the same name since as they are', async () => {
    const second = bot.resident()
    await begin(second)
    await second.tap((await second.session()).prompt.options[0]!)
    const own = (await resident.session()).person
    await join((await resident.contact()).id)
    bot.clock.pass('a minute')
    await join((await second.contact()).id)
    // Both stand in the same guide: the second passage stays behind as long as the first is there.
    expect((await taps(resident, 'not-me')).text).toContain('Đã gỡ ra')
    expect((await resident.session()).person).toBe(own)
    expect((await second.session()).person).toBe('r-1')
    expect((await resident.runs()).map(({ person }) => person)).toEqual([own])
    expect((await second.runs()).map(({ person }) => person)).toEqual(['r-1'])
    await agree()
  })

  test('is handed to a person where two rows of the list were made one since', async () => {
    const head = await officer('leader', 5)
    await joinedBy(head)
    bot.clock.pass('a minute')
    const merge = { kept: 'r-1', gone: 'r-2', at: bot.clock() }
    expect(await database.store.transaction((tx) => mergePeople(tx, headOf(5), bot.context.seals, merge))).toBe('merged') // prettier-ignore
    expect((await taps(resident, 'not-me')).text).toMatch(/chưa tự gỡ ra được[^]*báo cho người phụ trách/)
    expect((await head.last()).text).toContain('Cần tách bằng tay')
    expect(await partings()).toEqual([])
  })

  test.each<[ChannelName, string]>([
    ['telegram', 'The head of group 5 has just noted you as «Tư» on the list of the group.'],
    ['zalo', 'The head of group 5 has just noted you as «Tư» on the list of the group.'],
  ])('is told on %s by the outbox, in their language', async (channel, sentence) => {
    const somebody = bot.resident('z-9', 'en')
    await somebody.send({ kind: 'start', payload: '' }, { channel })
    await somebody.send({ kind: 'text', text: 'ok' }, { channel })
    const found = await sql<{ id: string }>`
      select contact as id from address where channel = ${channel} and address = 'z-9'`.execute(database.store.db)
    const contact = found.rows[0]!.id
    await sql`
      update person set grp = 5 where id = (select person from contact where id = ${contact})`.execute(
      database.store.db,
    )
    expect(await join(contact)).toBe('joined')
    const rows = await sql<{ body: string; status: string; channel: string }>`
      select body, status, channel from outbox where contact = ${contact} order by n desc limit 1`.execute(
      database.store.db,
    )
    expect(rows.rows[0]).toMatchObject({ status: 'queued', channel })
    const said = JSON.parse(rows.rows[0]!.body) as Said
    expect(said.text).toContain(sentence)
    expect(said.options.map(({ label }) => label)).toEqual(['Yes, that is me', 'That is not me'])
    await somebody.send({ kind: 'tap', data: said.options[1]!.data }, { channel })
    await work()
    const who = await sql<{ person: string }>`select person from contact where id = ${contact}`.execute(
      database.store.db,
    )
    expect(who.rows[0]!.person).not.toBe('r-1')
  })
})
