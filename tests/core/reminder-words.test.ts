import { ownTextLimit } from '../../src/core/broadcast/own-text.js'
import { wordReminder } from '../../src/core/broadcast/message.js'
import { LOCALES, type Locale } from '../../src/core/model/message.js'
import { UNBOUND } from '../../src/channels/channel.js'
import { inWords } from '../../src/speak/words.js'
import { createClock } from '../support/clock.js'
import { loadWorld } from '../support/world.js'
import { run, session } from '../store/samples.js'

const { world, texts, material } = loadWorld()
const at = createClock()()

/** The ready reminder of somebody who stands at a step, as they read it. */
function wordsAt(flow: string, step: string, { locale = 'vi' as Locale, trail = ['install'] } = {}): string {
  const { reply, place } = wordReminder(world, {
    flow: world.flows.get(flow)!,
    cause: 'step',
    wording: { kind: 'ready' },
    reader: { contact: 'c-1', session: session('p-1', { locale }) },
    channel: 'telegram',
    at,
    person: 'p-1',
    group: 5,
    run: run('1', { flow, step, trail, enteredAt: at }),
    helper: null,
  })
  return inWords(texts, reply, session('p-1', { locale }), at, place).text
}

const stuck = [
  ['vneid-level-1', 'scan-card', 'con chip'],
  ['vneid-level-1', 'take-photo', 'bỏ kính và mũ'],
  ['vneid-level-1', 'app-code', 'Không đọc mã cho ai'],
  ['vneid-level-1', 'app-password', 'chữ hoa'],
  ['vneid-level-1', 'wait-approval', 'không hỏi mã, không đòi tiền'],
  ['vneid-activation', 'enter-code', 'Không đọc mã cho ai'],
  ['vneid-activation', 'set-password', 'chữ hoa'],
  ['vneid-level-2', 'wait-3', 'không hỏi mã, không đòi tiền'],
  ['portal-login', 'otp', 'Không đọc mã cho ai'],
] as const

describe('the ready text of a reminder', () => {
  test.each(stuck)('at %s/%s says where one stands and what makes the step easy', (flow, step, words) => {
    const said = wordsAt(flow, step)
    expect(said).toContain(texts.render({ key: `guides:${flow}.steps.${step}.title` }, { locale: 'vi', form: 'bac', day: '2026-11-23' })) // prettier-ignore
    expect(said).toContain(words)
    expect(said).not.toContain('đã xong')
    expect(said).not.toMatch(/\{\{|undefined/)
  })

  test('tells nobody that they have done nothing', () => {
    for (const { flow, steps } of world.flows.values())
      for (const { id } of steps)
        for (const locale of LOCALES)
          expect(wordsAt(flow, id, { locale, trail: [] })).not.toMatch(/đã xong 0\/|\b0 of \d/)
  })

  test('is short: two sentences, and with all that is around it one message of any app', () => {
    for (const locale of LOCALES)
      for (const [flow, { value }] of material.guides[locale])
        for (const [step, { reminder }] of Object.entries(value.steps)) {
          if (reminder === undefined) continue
          expect([flow, step, reminder.match(/[.?!](?=\s|$)/g)!.length]).toEqual([flow, step, 2])
          expect(wordsAt(flow, step, { locale }).length).toBeLessThan(700)
        }
  })
})

test('own words are as long as the app with the shortest messages holds, and never longer than is read', () => {
  const holds = (textLimit: number) => ({ capabilities: { ...UNBOUND, textLimit } })
  expect(ownTextLimit([])).toBe(600)
  expect(ownTextLimit([holds(4096), holds(1900)])).toBe(600)
  expect(ownTextLimit([holds(4096), holds(800)])).toBe(300)
})
