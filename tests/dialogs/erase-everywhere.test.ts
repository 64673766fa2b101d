import { sql } from 'kysely'
import { slipCode } from '../../src/core/roster/slip.js'
import { importRoster } from '../../src/roster/import.js'
import { reportLines } from '../../src/roster/words.js'
import { auditLog } from '../../src/store/audit.js'
import { figures } from '../../src/store/figures.js'
import { recountFigures } from '../../src/store/recount.js'
import { people } from '../../src/store/roster.js'
import { createSlip, joinContact } from '../../src/store/slips.js'
import { enrol, headOf, rosterPerson, WARD } from '../store/roster-samples.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

const NAME = 'Nguyễn Thị Lan'

describeEngines('erasing somebody who has two phones', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let [mine, other]: Resident[] = []
  const { work, says, taps, officer } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    await enrol(database.store.db, [rosterPerson(1, { name: NAME }), rosterPerson(2, { name: 'Trần Văn Ba' })])
    ;[mine, other] = [bot.resident(), bot.resident()]
    for (const one of [mine, other]) await begin(one)
  })
  const join = async (who: Resident, person = 'r-1') => {
    const { id: contact } = await who.contact()
    const joined = { contact, person, now: bot.clock(), who: contact, how: 'slip' } as const
    expect(await database.store.transaction((tx) => joinContact(tx, joined))).toBe('joined')
    return contact
  }
  const erase = async (who: Resident) => {
    const first = (await says(who, '/xoa')).text
    const second = (await taps(who, 'yes')).text
    await taps(who, 'yes')
    return { first, second, done: (await who.last()).text }
  }
  const listed = async () => (await people(database.store.db, WARD)).map(({ id }) => id).sort()
  const erasures = async () => (await auditLog(database.store.db, WARD, { limit: 99, deed: 'erased' })).map(({ kind, subject, group, count }) => ({ kind, subject, group, count })) // prettier-ignore
  const counted = async () => {
    const all = await figures(database.store.db, WARD)
    expect(all).toEqual(await recountFigures(database.store.db, WARD))
    return all
  }
  const holds = async (what: string) => {
    const tables = ['person', 'contact', 'session', 'address', 'run', 'ledger', 'roster', 'outbox', 'merge', 'helping', 'slip', 'reminded', 'ticket'] // prettier-ignore
    const all = await Promise.all(tables.map(async (table) => (await sql`select * from ${sql.table(table)}`.execute(database.store.db)).rows)) // prettier-ignore
    return JSON.stringify(all).includes(what)
  }

  test('says before that the line of the list and the other phone go too, and then all of it is gone', async () => {
    const contacts = [await join(mine!), await join(other!)]
    await mine!.tap('done')
    const before = await counted()
    const { first, second, done } = await erase(mine!)
    expect(first).toContain('trong sổ của tổ cũng bị xóa')
    expect(second).toMatch(/máy khác cũng đang dùng cho bác[^]*chắc chắn/)
    expect(done).toContain('Đã xóa hết')
    expect(await listed()).toEqual(['r-2'])
    for (const gone of [...contacts, 'r-1', NAME]) expect(await holds(gone)).toBe(false)
    expect(await erasures()).toEqual([{ kind: 'person', subject: 'r-1', group: 5, count: 1 }])
    expect(await counted()).toEqual(before)
    const told = await other!.heard()
    expect(told.map(({ text }) => text)).toEqual([
      expect.stringMatching(/đã được xóa hết theo yêu cầu từ một máy khác/),
    ])
    for (const who of [mine!, other!]) {
      expect((await who.session()).consent).toBeNull()
      await who.start()
      expect((await who.ask()).kind).toBe('consent')
    }
  })

  test('asks nothing about phones or lists where there are none, and writes down no row that did not go', async () => {
    const { first, second, done } = await erase(mine!)
    expect([first, second].join()).not.toMatch(/trong sổ|máy khác/)
    expect(done).toContain('Đã xóa hết')
    expect(await erasures()).toEqual([])
    expect((await other!.session()).consent).not.toBeNull()
  })

  test('leaves both phones and the row where the second question is answered with no', async () => {
    await join(mine!)
    await join(other!)
    await says(mine!, '/xoa')
    await taps(mine!, 'yes')
    expect((await taps(mine!, 'cancel')).text).toContain('giữ nguyên')
    expect([await listed(), await erasures()]).toEqual([['r-1', 'r-2'], []])
    expect((await other!.session()).person).toBe('r-1')
  })

  test('leaves a helper who they are, who only hears that it is over', async () => {
    await join(mine!)
    const code = slipCode(new Uint8Array(40).map((_, i) => i))!
    await createSlip(database.store.db, WARD, bot.context.seals, { person: 'r-1', code, now: bot.clock() })
    await other!.start(`ps_${code}`)
    await work()
    await taps(other!, 'theirs')
    await says(other!, 'bà Lan')
    const { id } = await other!.contact()
    expect((await erase(mine!)).second).not.toContain('máy khác')
    expect((await other!.last()).text).toContain('không nhờ bác nữa')
    expect((await other!.contact()).id).toBe(id)
    expect((await other!.session()).consent).not.toBeNull()
    expect(await listed()).toEqual(['r-2'])
  })

  test('takes nobody’s role who has the same person: they are told, and are somebody else from then on', async () => {
    const head = await officer('leader', 5)
    const contact = await join(head)
    await join(mine!)
    const { done } = await erase(mine!)
    expect(done).toContain('Đã xóa hết')
    expect(await head.contact()).toMatchObject({ id: contact, role: 'leader' })
    expect((await head.session()).person).not.toBe('r-1')
    expect((await head.last()).text).toMatch(/xóa hết theo yêu cầu từ một máy khác[^]*Vai trò của bác vẫn giữ/)
    expect([await listed(), await holds('r-1')]).toEqual([['r-2'], false])
  })

  test('a list that was exported before leaves the row out, says so, and takes in everybody else', async () => {
    await join(mine!)
    await erase(mine!)
    const take = (rows: string[], scope = headOf(5)) =>
      importRoster({
        store: database.store,
        seals: bot.context.seals,
        scope,
        groups: [5, 7],
        dryRun: false,
        now: bot.clock(),
        newId: bot.context.newId,
        file: Buffer.from(['Mã trong sổ,Họ và tên,Năm sinh,Tổ', ...rows].join('\n')),
      })
    const rows = [`r-1,${NAME},1950,5`, 'r-2,Trần Văn Ba,1951,5']
    const report = await take(rows)
    expect(report).toMatchObject({ outcome: 'imported', updated: 1, added: 0, problems: [], erased: [{ line: 2, name: NAME }] }) // prettier-ignore
    const words = reportLines(report).flat().map((line) => bot.context.texts.render(line, { locale: 'vi', form: 'bac', day: '2026-11-27' })) // prettier-ignore
    expect(words.join('\n')).toContain(`Dòng 2: ${NAME} đã xóa theo yêu cầu`)
    expect(await listed()).toEqual(['r-2'])
    const unknown = await take([...rows, 'r-9,Lê Văn Chín,1950,5'])
    expect(unknown).toMatchObject({ outcome: 'refused', problems: [{ line: 4, kind: 'unknown-id' }] })
    // Of another group nobody learns who was erased.
    expect(await take([`r-1,${NAME},1950,7`], headOf(7))).toMatchObject({ outcome: 'refused', erased: [] })
  })
})
