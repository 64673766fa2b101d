import { ledgerOfRun } from '../../../src/store/ledger.js'
import { loadByAddresses } from '../../../src/store/contacts.js'
import { loadRuns } from '../../../src/store/runs.js'
import { freshSqlite } from '../../support/databases.js'
import { createTelegramBot, type TelegramBot } from '../../support/fake-telegram/bot.js'
import type { Person } from '../../support/fake-telegram/fake-telegram.js'
import type { Fault } from '../../support/fake-telegram/faults.js'
import { eventLine } from '../../support/talk.js'
import type { LedgerEvent } from '../../../src/core/model/ledger.js'

const FAULTS: readonly [name: string, fault: Fault, times?: number][] = [
  ['429', { refuse: 429, retryAfter: 7 }],
  ['429 three times', { refuse: 429, retryAfter: 30 }, 3],
  ['500', { refuse: 500, description: 'Internal Server Error' }],
  ['an HTML page with 502', { lost: 'html-502', accepted: false }],
  ['an HTML page with 502 twice', { lost: 'html-502', accepted: false }, 2],
  ['an HTML page with 502 although it was accepted', { lost: 'html-502', accepted: true }],
  ['a reset before it was accepted', { lost: 'reset', accepted: false }],
  ['a reset after it was accepted', { lost: 'reset', accepted: true }],
  ['a cut body', { lost: 'cut', accepted: true }],
  ['no answer although it was accepted', { lost: 'hold', accepted: true }],
  ['no answer', { lost: 'hold', accepted: false }],
  ['blocked for a moment', { refuse: 403, description: 'Forbidden: bot was blocked by the user' }],
  ['a token refused for a moment', { refuse: 401, description: 'Unauthorized' }],
]
const POINTS = [0, 3, 7, 12, 19]
const METHODS = ['sendMessage', 'editMessageReplyMarkup', 'answerCallbackQuery'] as const

/** Walks level 1 by pressing the first button of what is on the screen; says something when nothing new came. */
async function walk(bot: TelegramBot, person: Person): Promise<void> {
  person.start('vneid-level-1_g5')
  await bot.calm()
  if (person.heard().length === 0) person.start('vneid-level-1_g5')
  await bot.calm()
  for (let i = 0; (await runOf(bot, person))?.state !== 'finished'; i++) {
    if (i > 60) throw new Error(`the walk does not end: ${person.last().text}`)
    const before = person.heard().length
    person.press(1)
    await bot.calm()
    if (person.heard().length > before) continue
    person.say('tiếp tục')
    await bot.calm()
  }
}

async function runOf({ context: { store } }: TelegramBot, { id }: Person) {
  const [row] = await loadByAddresses(store.db, [{ channel: 'telegram', address: String(id) }])
  return row ? (await loadRuns(store.db, [row.session.person]))[0] : undefined
}

async function ledgerOf(bot: TelegramBot, person: Person): Promise<string[]> {
  const run = await runOf(bot, person)
  return (await ledgerOfRun(bot.context.store.db, run!.id)).map((event) => eventLine(event as LedgerEvent))
}

/** How many messages are there a second time, letter for letter and button for button. */
function repeated(person: Person): number {
  const texts = person.heard().map(({ text }) => text)
  return texts.filter((text, i) => i > 0 && texts[i - 1] === text).length
}

/** Whether nothing but a time limit notices it. */
const needsPatience = (fault: Fault) => 'lost' in fault && (fault.lost === 'cut' || fault.lost === 'hold')

describe.each(METHODS)('on the fake Telegram, when %s goes wrong', (method) => {
  /** One that waits long, so that a busy machine looks like no fault, and one that gives up soon. */
  const bots: TelegramBot[] = []
  let clean: { ledger: string[]; heard: number }
  beforeAll(async () => {
    for (const callSeconds of [10, 0.4]) {
      const store = await freshSqlite()
      bots.push(await createTelegramBot({ store, by: 'webhook', overrides: { telegram: { callSeconds } } }))
    }
    const person = bots[0]!.fake.person()
    await walk(bots[0]!, person)
    clean = { ledger: await ledgerOf(bots[0]!, person), heard: person.heard().length }
  })
  afterAll(async () => {
    for (const bot of bots) await bot.close()
  })

  test.each(FAULTS)(
    '%s: at any point no position is lost, and at most one message is there twice',
    async (_, fault, times = 1) => {
      const copies = method === 'sendMessage' && 'lost' in fault && fault.accepted ? 1 : 0
      const bot = bots[needsPatience(fault) ? 1 : 0]!
      for (const after of needsPatience(fault) ? POINTS.slice(1, 4) : POINTS) {
        const person = bot.fake.person()
        bot.fake.faults.plan(method, fault, { times, after })
        await walk(bot, person)
        expect(bot.fake.faults.left()).toBeLessThan(times)
        expect({ after, ledger: await ledgerOf(bot, person) }).toEqual({ after, ledger: clean.ledger })
        expect(repeated(person)).toBeLessThanOrEqual(1)
        bot.fake.faults.clear()
        // Nothing but the newest question can be pressed; a copy that nobody knows of keeps its buttons, which explain themselves.
        person.say('/huongdan')
        await bot.calm()
        const asking = person.heard().filter(({ keyboard }) => keyboard.length > 0)
        expect(asking.length).toBeLessThanOrEqual(1 + copies)
      }
      expect(bot.logs.join('')).not.toContain(bot.fake.token)
      expect(bot.logs.join('')).not.toMatch(/Bước \d|VNeID/)
    },
  )

  test('a fault free walk says every message once', () => {
    expect(clean.ledger.at(-1)).toMatch(/^finished/)
    expect(clean.heard).toBeGreaterThan(18)
  })
})
