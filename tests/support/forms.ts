import { invitationPayload, invite } from '../../src/access/invite.js'
import type { Role } from '../../src/core/model/contact.js'
import type { Said } from '../../src/core/model/outbox.js'
import type { Resident, TestBot } from './context.js'

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
