import fc from 'fast-check'
import { joinCode, readJoinCode, shownCode } from '../../src/access/join-code.js'
import { JOIN_MS, JOIN_TRIES } from '../../src/store/joins.js'
import { begin, createBot, holdRequests, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

describe('a code that joins two apps', () => {
  test('is read as it is shown, typed small, or with blanks; and as nothing else', () => {
    fc.assert(
      fc.property(fc.infiniteStream(fc.uint8Array({ minLength: 8, maxLength: 8 })), (bytes) => {
        const code = joinCode(() => bytes.next().value as Uint8Array)
        expect(code).toHaveLength(8)
        for (const typed of [code, shownCode(code), code.toLowerCase(), ` ${code.slice(0, 3)} ${code.slice(3)} `])
          expect(readJoinCode(typed)).toBe(code)
      }),
    )
    for (const typed of ['', 'ACDE-347', 'ACDE-3470', '12345678', 'ACDE-34799', 'xin chào'])
      expect(readJoinCode(typed)).toBeNull()
  })
})

describeEngines('one person on several apps', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let old: Resident
  let fresh: Resident
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
    holdRequests(bot)
    old = bot.resident()
    fresh = bot.resident()
    await begin(old)
    await old.tap('done')
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })
  const says = async (resident: Resident, text: string) => {
    await resident.say(text)
    for (let done = -1; done !== 0;) done = await bot.context.requests.runOnce()
    return (await resident.last()).text
  }
  const codeOf = async (resident: Resident) => {
    await says(resident, '/lienket')
    const text = await says(resident, '1')
    return /[A-Z0-9]{4}-[A-Z0-9]{4}/.exec(text)![0]
  }

  test('goes on in the other app where it stood, by a code and by nothing else', async () => {
    const code = await codeOf(old)
    await fresh.start()
    const text = await says(fresh, `/lienket ${code.toLowerCase()}`)
    expect(text).toMatch(/Đã nối xong[^]*Còn bước 2|Đã nối xong[^]*Mình làm tiếp/)
    expect((await fresh.contact()).id).toBe((await old.contact()).id)
    await fresh.say('1')
    await fresh.tap('done')
    expect(await old.run()).toEqual(await fresh.run())
    expect((await old.heard()).map(({ text }) => text)).toEqual((await fresh.heard()).map(({ text }) => text))
  })

  test('joins by the link of a poster’s kind, too', async () => {
    const code = (await codeOf(old)).replace('-', '')
    await fresh.start(`lk_${code}`)
    await bot.context.requests.runOnce()
    expect((await fresh.contact()).id).toBe((await old.contact()).id)
  })

  test('keeps what was done in the other app alone, and parting brings it back', async () => {
    await begin(fresh, 'id-card')
    const mine = await fresh.run()
    const code = await codeOf(old)
    expect(await says(fresh, `/lienket ${code}`)).toContain('được cất lại')
    expect((await fresh.run())!.flow).toBe('vneid-level-1')
    await says(fresh, '/lienket')
    await fresh.tap('apart')
    await bot.context.requests.runOnce()
    await fresh.tap('app-0')
    await bot.context.requests.runOnce()
    expect((await fresh.contact()).id).not.toBe((await old.contact()).id)
    expect(await says(fresh, '/tieptuc')).toContain('Mình làm tiếp')
    expect(await fresh.run()).toEqual(mine)
    expect((await old.run())!.flow).toBe('vneid-level-1')
  })

  test('a code works once, for ten minutes, and the newest only', async () => {
    const first = await codeOf(old)
    await says(old, '/tieptuc')
    const second = await codeOf(old)
    await fresh.start()
    expect(await says(fresh, `/lienket ${first}`)).toContain('không đúng')
    bot.clock.pass(JOIN_MS)
    expect(await says(fresh, `/lienket ${second}`)).toContain('không đúng')
    const third = await codeOf(old)
    expect(await says(old, `/lienket ${third}`)).toContain('lấy ngay ở đây')
    expect(await says(fresh, `/lienket ${third}`)).toContain('Đã nối xong')
    const other = bot.resident()
    await other.start()
    expect(await says(other, `/lienket ${third}`)).toContain('không đúng')
  })

  test('after five wrong codes even the right one waits ten minutes', async () => {
    await fresh.start()
    for (let i = 1; i <= JOIN_TRIES; i++)
      expect(await says(fresh, '/lienket ACDE-3479')).toContain(i < JOIN_TRIES ? 'không đúng' : 'chờ 10 phút')
    const code = await codeOf(old)
    expect(await says(fresh, `/lienket ${code}`)).toContain('chờ 10 phút')
    bot.clock.pass(JOIN_MS)
    expect(await says(fresh, `/lienket ${await codeOf(old)}`)).toContain('Đã nối xong')
  })

  test('of two apps that type the code at once, one is joined', async () => {
    const code = await codeOf(old)
    const others = [fresh, bot.resident(), bot.resident()]
    for (const other of others) await other.start()
    await Promise.all(others.map((other) => other.say(`/lienket ${code}`)))
    await Promise.all([bot.context.requests.runOnce(), bot.context.requests.runOnce()])
    for (let done = -1; done !== 0;) done = await bot.context.requests.runOnce()
    const ids = await Promise.all(others.map(async (other) => (await other.contact()).id))
    const { id } = await old.contact()
    expect(ids.filter((one) => one === id)).toHaveLength(1)
  })
})
