import { sql } from 'kysely'
import { begin, createBot, finish, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'

/** The steps of the main way through the guide. */
const WAY = [
  'install',
  'app-account',
  'app-code',
  'app-password',
  'sign-in',
  'choose-level-1',
  'press-start',
  'understood',
  'scan-card',
  'check-data',
  'watch-video',
  'open-camera',
  'take-photo',
  'review-photo',
  'email',
  'confirm',
  'wait-approval',
]

describeEngines('a message on its way from the inbox to the outbox', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })

  const count = async (table: string) =>
    (await sql<{ n: number }>`select count(*) as n from ${sql.table(table)}`.execute(database.store.db)).rows[0]!.n

  test('a resident walks level 1 to its end, and every step stands in the ledger once', async () => {
    const resident = bot.resident()
    await begin(resident)
    expect(await finish(resident)).toEqual(WAY)
    expect((await resident.ask()).kind).toBe('finished')
    const [run] = await resident.runs()
    expect(run).toMatchObject({ flow: 'vneid-level-1', state: 'finished', seq: WAY.length + 2 })
    const ledger = await resident.ledger()
    expect(ledger.map(({ seq }) => seq)).toEqual(ledger.map((_, i) => i + 1))
    expect(ledger.map(({ outcome, step, to }) => `${outcome} ${step} ${to ?? '-'}`)).toEqual([
      'entered install install',
      ...WAY.map((step, i) => `done ${step} ${WAY[i + 1] ?? '-'}`),
      'finished wait-approval -',
    ])
    const { id } = await resident.contact()
    for (const event of ledger) expect(event).toMatchObject({ contact: id, group: 5, channel: 'web', source: 'self' })
    const heard = await resident.heard()
    expect(heard).toHaveLength((await resident.session()).said)
    expect(await count('inbox')).toBe(heard.length)
    expect((await resident.session()).version).toBe(heard.length)
  })

  test('the same event twice in one batch, in two batches and at once moves nobody twice', async () => {
    const resident = bot.resident()
    await begin(resident)
    const data = (await resident.last()).options[0]!.data
    const again = resident.item({ kind: 'tap', data })
    const { accept } = bot.context.turns
    const both = await Promise.all([accept(again), accept(again), accept({ ...again })])
    expect(both.map(({ kind }) => kind)).toEqual(['handled', 'duplicate', 'duplicate'])
    expect((await accept(again)).kind).toBe('duplicate')
    const other = createBot(database.peer())
    const raced = resident.item({ kind: 'text', text: 'xong' })
    const kinds = await Promise.all([accept(raced), other.context.turns.accept(raced), accept(raced)])
    expect(kinds.map(({ kind }) => kind).sort()).toEqual(['duplicate', 'duplicate', 'handled'])
    expect((await resident.run())!.step).toBe('app-code')
    expect((await resident.ledger()).map(({ seq }) => seq)).toEqual([1, 2, 3])
    expect(new Set(kinds.map(({ said }) => said))).toEqual(new Set([(await resident.session()).said]))
    if (other.context.store !== database.store) await other.context.close()
  })

  test('the same id from another channel is another event', async () => {
    const resident = bot.resident()
    await begin(resident)
    const said = resident.item({ kind: 'text', text: 'xin chào' })
    const kinds = await Promise.all(
      (['web', 'terminal', 'telegram'] as const).map((channel) => bot.context.turns.accept({ ...said, channel })),
    )
    expect(kinds.map(({ kind }) => kind)).toEqual(['handled', 'handled', 'handled'])
    expect(new Set(kinds.map(({ contact }) => contact)).size).toBe(3)
  })

  test('messages of one contact in one batch build on each other in order', async () => {
    const sizes: number[] = []
    bot.context.turns.watch(({ items }) => sizes.push(items.length))
    const resident = bot.resident()
    const others = Array.from({ length: 20 }, () => bot.resident())
    const texts = [
      '/start vneid-level-1_g5',
      'đồng ý',
      'Bác',
      'bắt đầu từ bước 1',
      'xong',
      'xong rồi',
      'xog r',
      'quay lại',
    ]
    const sent = [
      ...texts.slice(0, 4).map((text) => resident.say(text)),
      ...others.map((other) => other.start()),
      ...texts.slice(4).map((text) => resident.say(text)),
    ]
    const results = await Promise.all(sent)
    expect(sizes).toEqual([28])
    expect(results.filter(({ contact }) => contact === results[0]!.contact).map(({ said }) => said)).toEqual([
      1, 2, 3, 4, 5, 6, 7, 8,
    ])
    expect((await resident.ledger()).map(({ outcome, step }) => `${outcome} ${step}`)).toEqual([
      'entered install',
      'done install',
      'done app-account',
      'done app-code',
      'back app-password',
    ])
    expect((await resident.run())!.step).toBe('app-code')
    // One version a batch, eight messages.
    expect(await resident.session()).toMatchObject({ version: 1, said: 8 })
  })

  test('a typed number for a message that was already answered does not move anybody', async () => {
    const resident = bot.resident()
    await begin(resident)
    const { said } = await resident.session()
    await resident.send({ kind: 'text', text: '1' }, { seen: said })
    await resident.send({ kind: 'text', text: '1' }, { seen: said })
    expect((await resident.run())!.step).toBe('app-account')
  })

  test('a batch is no larger than 256, and everybody is answered', async () => {
    const sizes: number[] = []
    bot.context.turns.watch(({ items, results, ms }) => {
      sizes.push(items.length)
      expect(results).toHaveLength(items.length)
      expect(ms).toBeGreaterThan(0)
    })
    const all = Array.from({ length: 600 }, () => bot.resident())
    const results = await Promise.all(all.map((one) => one.start()))
    expect(results.every(({ kind, said }) => kind === 'handled' && said === 1)).toBe(true)
    expect(sizes).toEqual([256, 256, 88])
  })

  test('what the bot says is kept for pages and queued for apps', async () => {
    const resident = bot.resident()
    await resident.start()
    await resident.send({ kind: 'start', payload: '' }, { channel: 'telegram' })
    const rows = await sql<{ channel: string; status: string }>`
      select channel, status from outbox order by channel`.execute(database.store.db)
    expect(rows.rows).toEqual([
      { channel: 'telegram', status: 'queued' },
      { channel: 'web', status: 'kept' },
    ])
  })

  test('a stop answers what was accepted and takes nothing more', async () => {
    const resident = bot.resident()
    const accepted = [resident.start(), resident.say('đồng ý')]
    const stopped = bot.context.turns.stop()
    await expect(resident.say('xin chào')).rejects.toThrow('stopping')
    await stopped
    expect((await Promise.all(accepted)).map(({ kind }) => kind)).toEqual(['handled', 'handled'])
    expect((await resident.session()).said).toBe(2)
  })

  test('whoever listens to a contact hears that something was said, and others do not', async () => {
    const [one, two] = [bot.resident(), bot.resident()]
    await one.start()
    await two.start()
    const heard: string[] = []
    const deaf = bot.context.wakes.listen((await one.contact()).id, () => heard.push('one'))
    bot.context.wakes.listen((await two.contact()).id, () => heard.push('two'))
    expect(bot.context.wakes.listened()).toHaveLength(2)
    await one.say('đồng ý')
    expect(heard).toEqual(['one'])
    deaf()
    await one.say('1')
    await two.say('1')
    expect(heard).toEqual(['one', 'two'])
  })

  test('a listener or watcher that throws harms no message', async () => {
    const resident = bot.resident()
    const { contact } = await resident.start()
    bot.context.wakes.listen(contact, () => {
      throw new Error('a broken page')
    })
    bot.context.turns.watch(() => {
      throw new Error('a broken counter')
    })
    expect((await resident.say('đồng ý')).kind).toBe('handled')
    expect((await resident.say('Bác')).kind).toBe('handled')
    expect(bot.logs.some((line) => line.includes('a broken page'))).toBe(true)
  })
})
