import type { LedgerEvent } from '../../../src/core/model/ledger.js'
import { encodeTap } from '../../../src/core/talk/tap.js'
import { payloadOf } from '../../../src/channels/zalo/render.js'
import { loadByAddresses, setGroup, setRole } from '../../../src/store/contacts.js'
import { ledgerOfRun } from '../../../src/store/ledger.js'
import type { Store } from '../../../src/store/open.js'
import { loadRuns } from '../../../src/store/runs.js'
import { freshSqlite } from '../../support/databases.js'
import { type Conversation, type Expected, type Line, loadConversations } from '../../support/conversations.js'
import { createClock, lengthOf } from '../../support/clock.js'
import { createZaloBot, type ZaloBot } from '../../support/fake-zalo/bot.js'
import type { FakeUser } from '../../support/fake-zalo/person.js'
import { screenOf } from '../../support/fake-zalo/screen.js'
import type { OaSettings } from '../../support/fake-zalo/state.js'
import { eventLine } from '../../support/talk.js'

/**
 * Accounts, whether choices are buttons, and which shape and path they must come to. Each shape is seen in every conversation once; an account that
 * differs from another in its path alone, or in why it has no buttons, plays every `of`th.
 */
const ACCOUNTS: readonly [name: string, oa: Partial<OaSettings>, buttons: string, api: 'v2' | 'v3', shape: string, of: number][] = [
  ['a business account, buttons on', { type: 'business' }, 'auto', 'v3', 'payload', 1],
  ['a business account, buttons off', { type: 'business' }, 'off', 'v3', 'text', 3],
  ['a state account, buttons on', { type: 'state' }, 'auto', 'v2', 'payload', 3],
  ['a state account, buttons off', { type: 'state' }, 'off', 'v2', 'text', 1],
  ['a state account that takes lists only', { type: 'state', shapes: { buttons: -233, list: 0, requestUserInfo: 0 } }, 'auto', 'v2', 'list', 1],
  ['a business account that takes neither', { shapes: { buttons: -240, list: -201, requestUserInfo: 0 } }, 'auto', 'v3', 'text', 3],
] // prettier-ignore

/** A question that was asked: what its choices are, and what a tap on one of them carries. */
interface Question {
  /** What its buttons carry, by option. */
  payloads: ReadonlyMap<string, string>
  n: number
  options: readonly string[]
  flow: string
  number: number
}

let played = 0
/** Conversations in which buttons of a shape were seen. */
const withButtons = new Map<string, number>()
describe.each(ACCOUNTS)('on Zalo, %s', (_, oa, buttons, api, shape, of) => {
  let turn = 0
  for (const { name, conversations } of loadConversations()) {
    describe(name, () => {
      for (const conversation of conversations) {
        const { talk, locale } = conversation
        const lines = talk.filter((line) => typeof line !== 'string')
        // Zalo says neither what the writer had seen nor in which language the app is.
        if (locale === 'en' || lines.some(({ seen }) => seen !== undefined)) continue
        // Without buttons there is none to press late, and none to forge.
        if (shape === 'text' && lines.some(({ old, forged }) => old ?? forged)) continue
        if (turn++ % of !== 0) continue
        played++
        test(conversation.title, () => play(conversation, oa, buttons, api, shape))
      }
    })
  }
})

test('no conversation is left out without a reason', () => {
  const all = loadConversations().flatMap(({ conversations }) => conversations).length
  expect(played).toBeGreaterThan(all * ACCOUNTS.reduce((sum, [, , , , , of]) => sum + 1 / of, 0) * 0.8)
  expect(withButtons.get('list')).toBeGreaterThan(all * 0.7)
})

async function play(
  conversation: Conversation,
  oa: Partial<OaSettings>,
  buttons: string,
  api: string,
  shape: string,
): Promise<void> {
  const store = await freshSqlite()
  const clock = createClock(conversation.at)
  const flood = conversation.talk.some((line) => typeof line !== 'string' && (line.times ?? 1) > 30)
  const overrides = flood ? { floodLimit: 30 } : {}
  const bot = await createZaloBot({ store, clock, oa, env: { ZALO_BUTTONS: buttons }, overrides })
  try {
    const person = bot.fake.user()
    await talk(conversation, bot, store, person)
    const asked = screenOf(bot.fake, person.id).filter(({ buttons }) => buttons.length > 0)
    expect(new Set(asked.map((message) => message.shape))).toEqual(new Set(asked.length > 0 ? [shape] : []))
    // A list cannot carry every message; those are numbered lines.
    if (shape === 'payload') expect(asked.length).toBeGreaterThan(0)
    if (asked.length > 0) withButtons.set(shape, (withButtons.get(shape) ?? 0) + 1)
    expect(new Set(bot.fake.accepted.map((sent) => sent.api))).toEqual(new Set([api]))
    const repeats = conversation.talk.some((line) => typeof line !== 'string' && (line.times ?? 1) > 1)
    if (!repeats) expect(bot.fake.visibleDuplicates()).toEqual([])
  } finally {
    await bot.close()
  }
}

async function talk(conversation: Conversation, bot: ZaloBot, { db }: Store, person: FakeUser): Promise<void> {
  const row = async () => (await loadByAddresses(db, [{ channel: 'zalo', address: person.id }]))[0]
  const runs = async () => {
    const found = await row()
    return found ? loadRuns(db, [found.session.person]) : []
  }
  const run = async () => {
    const id = (await row())?.session.run
    return (await runs()).find((one) => one.id === id)
  }
  const ledger = async () =>
    (await Promise.all((await runs()).map(({ id }) => ledgerOfRun(db, id))))
      .flat()
      .map((event) => ({ ...event, key: `${event.run} ${event.seq}` }))
  const screen = () => screenOf(bot.fake, person.id)
  const question = async (): Promise<Question> => {
    const session = (await row())?.session
    const standing = await run()
    const { n = 0, options = [] } = session?.prompt ?? {}
    const buttons = screen().at(-1)?.buttons ?? []
    const payloads = new Map(buttons.map(({ payload }, i) => [options[i]!, payload]))
    return { n, options, payloads, flow: standing?.flow ?? '', number: 0 }
  }
  /** By its button where there is one on the newest question, by its number otherwise. */
  const choose = async (option: string) => {
    const { options } = await question()
    const at = options.indexOf(option)
    const button = screen().at(-1)?.buttons[at]
    if (at < 0) person.taps(payloadOf(encodeTap({ ...(await question()), option })))
    else if (button) person.taps(button.payload)
    else person.says(String(at + 1))
  }

  const [flow, step] = (conversation.standing ?? '').split('/')
  if (flow) {
    person.says(`/start ${flow}_g5`)
    await bot.settle()
    for (const option of ['agree', 'bac', 'begin']) {
      if (option === 'bac' && (await row())!.session.prompt.ask.kind !== 'form') continue
      await choose(option)
      await bot.settle()
    }
    for (let i = 0; step && (await run())?.step !== step; i++) {
      if (i > 40) throw new Error(`the main path does not lead to ${step}`)
      await choose((await question()).options[0]!)
      await bot.settle()
    }
  }
  if (conversation.role) {
    if (!flow) {
      person.follows()
      await bot.settle()
    }
    const { contact, grp } = (await row())!
    const group = conversation.group ?? grp
    await setRole(db, contact, conversation.role, group === null ? [] : [group], bot.clock())
    await setGroup(db, contact, group)
  }

  const answers: Question[] = []
  for (const [i, raw] of conversation.talk.entries()) {
    const line: Line = typeof raw === 'string' ? { say: raw } : raw
    if (line.after) await pass(bot, line.after)
    const [before, events] = [screen().length, (await ledger()).map(({ key }) => key)]
    if (line.tap !== undefined) await choose(line.tap)
    else send(person, line, answers)
    await bot.settle()
    const said = screen().slice(before)
    answers.push(await question())
    if (!line.expect) continue
    const session = (await row())?.session
    const { request, ...expected } = line.expect
    if (request) continue
    const text = said.map((message) => message.text).join('\n\n')
    // News behind the question (a ticket was written) leaves its choices standing.
    const asking = said.findLast(({ labels }) => labels.length > 0)
    const all: Record<keyof Expected, unknown> = {
      step: (await run())?.step ?? null,
      ask: session?.prompt.ask.kind,
      ledger: (await ledger())
        .filter(({ key }) => !events.includes(key))
        .map((event) => eventLine(event as LedgerEvent)),
      has: (expected.has ?? []).every((part) => text.includes(part)) ? expected.has : text,
      hasNot: (expected.hasNot ?? []).some((part) => text.includes(part)) ? text : expected.hasNot,
      options: asking ? session?.prompt.options : [],
      labels: asking?.labels ?? [],
      request: null,
      silent: said.length === 0,
      form: session?.form,
      group: (await row())?.grp,
      locale: session?.locale,
    }
    const seen = Object.fromEntries(Object.keys(expected).map((key) => [key, all[key as keyof Expected]]))
    expect({ line: i + 1, ...seen }).toEqual({ line: i + 1, ...expected })
  }
}

/** A grant that nobody renews is dead after three months: the bot's own upkeep goes on meanwhile. */
async function pass({ clock, context }: ZaloBot, length: string): Promise<void> {
  for (let left = lengthOf(length); left > 0; left -= 20 * 86_400_000) {
    clock.pass(Math.min(left, 20 * 86_400_000))
    await context.upkeep.runOnce()
  }
}

const MEDIA = { sticker: 'sticker', picture: 'image', voice: 'audio', file: 'file' } as const

function send(person: FakeUser, line: Line, answers: readonly Question[]): void {
  if (line.start === '') return person.follows()
  if (line.start !== undefined) return void person.says(`/start ${line.start}`)
  if (line.old) return void person.taps(answers[line.old.line - 1]!.payloads.get(line.old.option)!) // prettier-ignore
  if (line.media === 'unknown') return void person.sharesLocation(21.4, 105.8)
  if (line.media !== undefined) return void person.sends(MEDIA[line.media])
  if (line.forged !== undefined) return void person.taps(payloadOf(line.forged))
  const text = line.text === undefined ? line.say! : line.text.repeat(line.times ?? 1)
  person.says(text)
  if (line.text === undefined) for (let i = 1; i < (line.times ?? 1); i++) person.says(text)
}
