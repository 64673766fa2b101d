import { createTelegramBot } from '../../support/fake-telegram/bot.js'
import { describeEngines, engines, type TestDatabase } from '../../support/databases.js'

describeEngines('two processes that share the work of one bot', await engines(), (engine) => {
  let database: TestDatabase
  beforeEach(async () => void (database = await engine.fresh()))
  afterEach(() => database.drop())

  test('say everything once and in order, whichever of them an update comes to', async () => {
    const a = await createTelegramBot({ store: database.store, by: 'webhook' })
    const first = a.fake.state.webhook!.url
    const b = await createTelegramBot({ store: database.peer(), by: 'webhook', fake: a.fake, clock: a.clock })
    const doors = [first, a.fake.state.webhook!.url]
    const people = Array.from({ length: 12 }, () => a.fake.person())
    const alone = a.fake.person()

    const round = async () => {
      for (let n = 0; a.fake.state.pending.length > 0; n++) {
        a.fake.state.webhook!.url = doors[n % 2]!
        const heads = new Map(a.fake.state.pending.toReversed().map((pending) => [pending.queue, pending]))
        a.fake.state.pending = a.fake.state.pending.filter((pending) => heads.get(pending.queue) !== pending)
        const posts = [...heads.values()].map(({ update }, i) => {
          a.fake.state.webhook!.url = doors[(n + i) % 2]!
          return a.fake.post(update)
        })
        expect(new Set(await Promise.all(posts))).toEqual(new Set([200]))
        await Promise.all([a.context.delivery.runOnce(), b.context.delivery.runOnce()])
      }
      // What one of them had no eyes for any more, because the other's send was under way.
      while ((await a.context.delivery.runOnce()) + (await b.context.delivery.runOnce()) > 0);
    }

    for (const person of [...people, alone]) person.start('vneid-level-1_g5')
    await round()
    for (let step = 0; step < 12; step++) {
      for (const person of [...people, alone]) person.press(1)
      await round()
    }
    const story = alone.heard().map(({ text }) => text)
    expect(story).toHaveLength(13)
    expect(new Set(story).size).toBe(13)
    for (const person of people) expect(person.heard().map(({ text }) => text)).toEqual(story)
    for (const { context, close } of [b, a]) {
      await context.intake.settled()
      await close()
    }
  })
})
