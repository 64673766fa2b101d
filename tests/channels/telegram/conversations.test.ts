import type { LedgerEvent } from '../../../src/core/model/ledger.js'
import { decodeTap } from '../../../src/core/talk/tap.js'
import { loadByAddresses, setGroup, setRole } from '../../../src/store/contacts.js'
import { ledgerOfRun } from '../../../src/store/ledger.js'
import type { Store } from '../../../src/store/open.js'
import { loadRuns } from '../../../src/store/runs.js'
import { freshSqlite } from '../../support/databases.js'
import { type Conversation, type Expected, type Line, loadConversations } from '../../support/conversations.js'
import { createClock } from '../../support/clock.js'
import { createTelegramBot, type TelegramBot } from '../../support/fake-telegram/bot.js'
import type { Person } from '../../support/fake-telegram/fake-telegram.js'
import type { Button, ChatMessage } from '../../support/fake-telegram/state.js'
import { eventLine } from '../../support/talk.js'

/** The newest message of ours at a line, and the buttons it had then: they are gone from the screen later. */
interface Answer {
  said: ChatMessage[]
  buttons: Button[]
  message: number
}

describe.each(['webhook', 'polling'] as const)('on Telegram by %s', (by) => {
  for (const { name, conversations } of loadConversations()) {
    describe(name, () => {
      for (const conversation of conversations) {
        // Telegram does not say what the writer had seen.
        const shown = conversation.talk.every((line) => typeof line === 'string' || line.seen === undefined)
        if (shown) test(conversation.title, () => play(conversation, by))
      }
    })
  }
})

async function play(conversation: Conversation, by: 'webhook' | 'polling'): Promise<void> {
  const store = await freshSqlite()
  const clock = createClock(conversation.at)
  const overrides = conversation.talk.some((line) => typeof line !== 'string' && (line.times ?? 1) > 30)
    ? { floodLimit: 30 }
    : {}
  const bot = await createTelegramBot({ store, by, clock, overrides })
  try {
    await talk(conversation, bot, store)
  } finally {
    await bot.close()
  }
}

async function talk(conversation: Conversation, bot: TelegramBot, { db }: Store): Promise<void> {
  const person = bot.fake.person(conversation.locale ?? 'vi')
  const row = async () => (await loadByAddresses(db, [{ channel: 'telegram', address: String(person.id) }]))[0]
  const run = async () => {
    const session = (await row())?.session
    const runs = session ? await loadRuns(db, [session.person]) : []
    return runs.find(({ id }) => id === session?.run)
  }
  const ledger = async () => {
    const found = await row()
    const runs = found ? await loadRuns(db, [found.session.person]) : []
    return (await Promise.all(runs.map(({ id }) => ledgerOfRun(db, id))))
      .flat()
      .map((event) => ({ ...event, key: `${event.run} ${event.seq}` }))
  }
  const tap = async (option: string) => {
    person.tapData(dataOf(person.buttons(), option))
    await bot.settle()
  }

  const [flow, step] = (conversation.standing ?? '').split('/')
  if (flow) {
    person.start(`${flow}_g5`)
    await bot.settle()
    await tap('agree')
    if ((await row())!.session.prompt.ask.kind === 'form') await tap('bac')
    await tap('begin')
    for (let i = 0; step && (await run())?.step !== step; i++) {
      if (i > 40) throw new Error(`the main path does not lead to ${step}`)
      person.press(1)
      await bot.settle()
    }
  }
  if (conversation.role) {
    if (!flow) {
      person.start()
      await bot.settle()
    }
    const { contact, grp } = (await row())!
    const group = conversation.group ?? grp
    await setRole(db, contact, conversation.role, group === null ? [] : [group], bot.clock())
    await setGroup(db, contact, group)
  }

  const answers: Answer[] = []
  for (const [i, raw] of conversation.talk.entries()) {
    const line: Line = typeof raw === 'string' ? { say: raw } : raw
    if (line.after) bot.clock.pass(line.after)
    const [before, events] = [person.heard().length, (await ledger()).map(({ key }) => key)]
    send(person, line, answers)
    await bot.settle()
    const said = person.heard().slice(before)
    const buttons = person.buttons()
    answers.push({
      said,
      buttons: said.some(({ keyboard }) => keyboard.length > 0) ? buttons : [],
      message: said.at(-1)?.id ?? 1,
    })
    if (!line.expect) continue
    const session = (await row())?.session
    // Requests are answered by a message of their own, which other tests hold.
    const { request, ...expected } = line.expect
    if (request) continue
    const text = said.map((message) => message.text).join('\n\n')
    const all: Record<keyof Expected, unknown> = {
      step: (await run())?.step ?? null,
      ask: session?.prompt.ask.kind,
      ledger: (await ledger())
        .filter(({ key }) => !events.includes(key))
        .map((event) => eventLine(event as LedgerEvent)),
      has: (expected.has ?? []).every((part) => text.includes(part)) ? expected.has : text,
      hasNot: (expected.hasNot ?? []).some((part) => text.includes(part)) ? text : expected.hasNot,
      options: answers.at(-1)!.buttons.map(({ callback_data }) => decodeTap(callback_data!)?.option),
      labels: answers.at(-1)!.buttons.map((button) => button.text.replace(/^\d+ /, '')),
      request: null,
      silent: said.length === 0,
      form: session?.form,
      group: (await row())?.grp,
      locale: session?.locale,
    }
    const seen = Object.fromEntries(Object.keys(expected).map((key) => [key, all[key as keyof Expected]]))
    expect({ line: i + 1, ...seen }).toEqual({ line: i + 1, ...expected })
    // Only the newest question has buttons.
    expect(person.heard().filter(({ keyboard }) => keyboard.length > 0).length).toBeLessThanOrEqual(1)
  }
}

function send(person: Person, line: Line, answers: readonly Answer[]): void {
  if (line.tap !== undefined) return person.tapData(optionOr(person.buttons(), line.tap))
  if (line.start !== undefined) return person.start(line.start)
  if (line.old) {
    const { buttons, message } = answers[line.old.line - 1]!
    return person.tapData(dataOf(buttons, line.old.option), message)
  }
  if (line.media !== undefined) return person.media(line.media)
  if (line.forged !== undefined) return person.tapData(line.forged)
  const text = line.text === undefined ? line.say! : line.text.repeat(line.times ?? 1)
  person.say(text)
  if (line.text === undefined) for (let i = 1; i < (line.times ?? 1); i++) person.say(text)
}

function dataOf(buttons: readonly Button[], option: string): string {
  const found = buttons.find(({ callback_data }) => decodeTap(callback_data ?? '')?.option === option)
  if (!found) throw new Error(`no button ${option} among ${JSON.stringify(buttons)}`)
  return found.callback_data!
}

/** A button that is there, or what it would carry: a conversation may press one that was never shown. */
function optionOr(buttons: readonly Button[], option: string): string {
  const known = buttons.find(({ callback_data }) => decodeTap(callback_data ?? '')?.option === option)
  const [n = '0', , ...place] = (buttons[0]?.callback_data ?? '0:x::').split(':')
  return known?.callback_data ?? [n, option, ...place].join(':')
}
