import { readdirSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { sql } from 'kysely'
import { sumFigures } from '../../src/core/figures.js'
import { scrub } from '../../src/store/erase.js'
import { figures } from '../../src/store/figures.js'
import { recountFigures } from '../../src/store/recount.js'
import { createRetention } from '../../src/upkeep/retention.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { auditLog } from '../../src/store/audit.js'
import { begin, finish, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('rights over one’s own data', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  const { says, taps } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    resident = bot.resident()
    await begin(resident)
  })
  const counted = async () =>
    sumFigures(
      bot.context.world.flows,
      (await figures(database.store.db, scopeOf(OPERATOR))).map(({ grp, ...row }) => ({ ...row, group: grp })),
    )
  /** Every text of every table. */
  const everything = async () => {
    const { db } = database.store
    const names =
      engine.name === 'sqlite'
        ? (await sql<{ name: string }>`select name from sqlite_master where type = 'table'`.execute(db)).rows
        : (
            await sql<{
              name: string
            }>`select tablename as name from pg_tables where schemaname = current_schema()`.execute(db)
          ).rows
    const all = await Promise.all(
      names.map(async ({ name }) => (await sql`select * from ${sql.table(name)}`.execute(db)).rows),
    )
    return JSON.stringify(all)
  }

  test('/dulieu says what is held, and that nothing secret is', async () => {
    const { text } = await says(resident, 'dữ liệu của tôi')
    expect(text).toMatch(
      /Đồng ý ngày[^]*Tổ dân phố 5[^]*lần ghi bước[^]*Không có số điện thoại[^]*không giữ số căn cước/,
    )
  })

  test('/xoa asks twice, and a no keeps everything', async () => {
    const before = await everything()
    expect((await says(resident, '/xoa')).text).toContain('không lấy lại được')
    expect((await taps(resident, 'yes')).text).toContain('chắc chắn')
    expect((await taps(resident, 'cancel')).text).toContain('giữ nguyên')
    const { id } = await resident.contact()
    expect(before).toContain(id)
    expect(await everything()).toContain(id)
    expect((await resident.run())!.flow).toBe('vneid-level-1')
  })

  test('erased, nobody is named anywhere, every figure is what it was, and whoever writes again begins anew', async () => {
    await finish(resident)
    await resident.start('id-card')
    await resident.tap('begin')
    await says(resident, '/giup')
    await says(resident, '/lienket')
    await taps(resident, 'code')
    await says(resident, '/nguoithan')
    await taps(resident, 'new')
    await says(resident, 'mẹ Hồng')
    await taps(resident, 'agreed')
    await resident.start('portal-login')
    await resident.tap('begin')
    const { id } = await resident.contact()
    const persons = (await sql<{ id: string }>`select id from person`.execute(database.store.db)).rows.map(
      (row) => row.id,
    )
    const before = await counted()
    await says(resident, '/xoa')
    await taps(resident, 'yes')
    const { text } = await taps(resident, 'yes')
    expect(text).toContain('Đã xóa hết')
    const left = await everything()
    for (const gone of [id, ...persons, 'mẹ Hồng']) expect(left).not.toContain(gone)
    expect(await counted()).toEqual(before)
    expect(await figures(database.store.db, scopeOf(OPERATOR))).toEqual(
      await recountFigures(database.store.db, scopeOf(OPERATOR)),
    )
    expect((await resident.session()).consent).toBeNull()
    await resident.start()
    expect((await resident.ask()).kind).toBe('consent')
  })

  if (engine.name === 'sqlite')
    test('the bytes leave the file, too', async () => {
      await says(resident, '/nguoithan')
      await taps(resident, 'new')
      await says(resident, 'Bà Tư Hạnh Phúc')
      await taps(resident, 'agreed')
      const bytes = () => {
        const dir = dirname(database.store.where)
        return readdirSync(dir)
          .filter((name) => name.startsWith('ward.db'))
          .map((name) => readFileSync(join(dir, name)).toString('utf8'))
          .join('')
      }
      expect(bytes()).toContain('Bà Tư Hạnh Phúc')
      await says(resident, '/xoa')
      await taps(resident, 'yes')
      await taps(resident, 'yes')
      await scrub(database.store)
      expect(bytes()).not.toContain('Bà Tư Hạnh Phúc')
    })

  test('who holds a role gives it up with everything else, and only when all is erased', async () => {
    const { id } = await resident.contact()
    for (const role of ['helper', 'staff']) {
      await sql`update contact set role = ${role} where id = ${id}`.execute(database.store.db)
      expect((await says(resident, '/xoa')).text).toMatch(/cũng thôi vai trò/)
      await taps(resident, 'cancel')
      expect((await resident.contact()).role).toBe(role)
    }
    await says(resident, '/xoa')
    await taps(resident, 'yes')
    expect((await taps(resident, 'yes')).text).toContain('Đã xóa hết')
    expect((await resident.contact()).role).toBe('resident')
    const { rows } = await sql`select id from contact where id = ${id}`.execute(database.store.db)
    expect(rows).toEqual([])
    const log = await auditLog(database.store.db, scopeOf(OPERATOR), { limit: 9 })
    expect(log).toEqual([expect.objectContaining({ deed: 'revoked', kind: 'staff', who: id, subject: id })])
  })

  test('what nobody needs any more goes once a day: old messages, events, strangers, and who has not written for two years', async () => {
    const { store, ward, newId } = bot.context
    const stranger = bot.resident()
    await stranger.start()
    const retention = createRetention({ store, ward, clock: bot.clock, newId })
    expect(await retention.runOnce()).toBe(0)
    expect(await retention.runOnce()).toBeNull()
    bot.clock.pass(31 * 86_400_000)
    expect(await retention.runOnce()).toBe(1)
    await expect(stranger.contact()).rejects.toThrow('nobody')
    expect((await sql`select 1 from inbox where status = 'done'`.execute(store.db)).rows).toEqual([])
    const said = (await resident.heard()).length
    expect(said).toBeGreaterThan(0)
    bot.clock.pass(366 * 86_400_000)
    expect(await retention.runOnce()).toBe(0)
    expect((await resident.heard()).length).toBe(0)
    // Back after a year: the place is still there.
    expect((await says(resident, '/tieptuc')).text).toContain('Mình làm tiếp nhé')
    bot.clock.pass(731 * 86_400_000)
    expect(await retention.runOnce()).toBe(1)
    await expect(resident.contact()).rejects.toThrow('nobody')
  })
})
