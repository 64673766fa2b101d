import { invitationPayload, invite } from '../../src/access/invite.js'
import type { Role } from '../../src/core/model/contact.js'
import type { Said } from '../../src/core/model/outbox.js'
import { createBot, holdRequests, type Resident, type TestBot } from './context.js'
import type { TestDatabase, TestEngine } from './databases.js'

/** Talks that go on after the turn: every word and tap is followed by the work that it left behind. The bot's requests are held (`holdRequests`). */
export interface Forms {
  work(): Promise<void>
  says(who: Resident, text: string): Promise<Said>
  taps(who: Resident, option: string): Promise<Said>
  /** Somebody with a role, who has answered the first questions. */
  officer(role: Exclude<Role, 'resident'>, group?: number | null): Promise<Resident>
}

export function createForms(bot: () => TestBot): Forms {
  const work = async () => {
    for (let done = -1; done !== 0;) done = await bot().context.requests.runOnce()
  }
  return {
    work,
    async says(who, text) {
      await who.say(text)
      await work()
      return who.last()
    },
    async taps(who, option) {
      await who.tap(option)
      await work()
      return who.last()
    },
    async officer(role, group = null) {
      const who = bot().resident()
      await who.start()
      await who.tap('agree')
      await who.tap('bac')
      await who.start(invitationPayload(await invite(bot().context.store.db, role, group, bot().clock())))
      await work()
      await who.tap('accept')
      await work()
      return who
    },
  }
}

/** A bot on a database of its own for every test of a suite, whose requests are worked off by the forms; `ready` takes both before each test. */
export function onFreshBot(
  engine: TestEngine,
  ready: (made: { database: TestDatabase; bot: TestBot }) => void | Promise<void>,
): Forms {
  let database: TestDatabase
  let bot: TestBot
  beforeEach(async () => {
    database = await engine.fresh()
    bot = createBot(database.store)
    holdRequests(bot)
    await ready({ database, bot })
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })
  return createForms(() => bot)
}
