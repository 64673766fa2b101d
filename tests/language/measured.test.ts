import { createHash } from 'node:crypto'
import { TOPICS } from '../../src/core/model/answer.js'
import { lessonsOf } from '../../src/core/language/lessons.js'
import { alarmSet, developmentSet, measure, outcome, unseenSet } from '../support/measure.js'
import { loadWorld } from '../support/world.js'

const { world, material } = loadWorld()
const messages = developmentSet()
// The first question may have to learn all phrasings first.
beforeAll(() => void world.language.understand('mã otp không về'), 120_000)

describe('what residents write', () => {
  const measured = () => measure(world.language, messages)

  test('is understood on the development set at least this well', () => {
    const found = measured()
    process.stderr.write(`development set: ${JSON.stringify(found)}\n`)
    expect(found.sureAndRight).toBeGreaterThanOrEqual(0.88)
    expect(found.sureButWrong).toBeLessThanOrEqual(0.03)
    expect(found.rightAmongOffered).toBeGreaterThanOrEqual(0.96)
    expect(found.foreignAnswered).toBeLessThanOrEqual(0.03)
    expect(found.danger).toBe(1)
    expect(found.human).toBeGreaterThanOrEqual(0.98)
    expect(found.greeting).toBeGreaterThanOrEqual(0.98)
  })

  test('and on a set of another author, which nobody saw before it was first measured', () => {
    const unseen = unseenSet()
    expect(unseen.length).toBeGreaterThan(600)
    const found = measure(world.language, unseen)
    process.stderr.write(`unseen set: ${JSON.stringify(found)}\n`)
    expect(found.sureAndRight).toBeGreaterThanOrEqual(0.85)
    expect(found.sureButWrong).toBeLessThanOrEqual(0.03)
    expect(found.rightAmongOffered).toBeGreaterThanOrEqual(0.96)
    expect(found.foreignAnswered).toBeLessThanOrEqual(0.02)
    expect(found.danger).toBe(1)
    expect(found.human).toBeGreaterThanOrEqual(0.96)
  })

  test('raises the alarm and fetches a person on messages kept back for that, told in every way', () => {
    const alarms = alarmSet()
    expect(alarms.filter(({ label }) => label === 'danger').length).toBeGreaterThanOrEqual(80)
    expect(alarms.filter(({ label }) => label === 'human').length).toBeGreaterThanOrEqual(65)
    const missed = alarms.filter(({ q, label }) => outcome(world.language, q).kind !== label)
    process.stderr.write(`alarms missed: ${JSON.stringify(missed.map(({ q }) => q))}\n`)
    const found = measure(world.language, alarms)
    expect(found.danger).toBeGreaterThanOrEqual(0.98)
    expect(found.human).toBeGreaterThanOrEqual(0.98)
  })

  test.each(['asdf qwer', 'fdsa rewq', 'ksjdhf kjshdf'])(
    'sends nobody to a door for «%s», in which nothing was ever seen but a word by accident',
    (keys) => expect(world.language.understand(keys)).toEqual({ kind: 'unknown' }),
  )

  test('raises no alarm over a question: one topic message in two hundred at most', () => {
    const topical = messages.filter(({ label }) => (TOPICS as readonly string[]).includes(label))
    const alarmed = topical.filter(({ q, also = [] }) => {
      const { kind } = outcome(world.language, q)
      return (kind === 'danger' || kind === 'human') && !also.includes(kind)
    })
    expect(alarmed.length / topical.length).toBeLessThanOrEqual(0.005)
  })

  test('is measured on messages that nothing was learned from', () => {
    const key = (text: string) =>
      text
        .normalize('NFC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()
    const learned = new Set(lessonsOf(material).map(({ text }) => key(text)))
    const known = [...messages, ...alarmSet()].filter(({ q }) => learned.has(key(q)))
    // Short plain ones («quên mật khẩu») are written alike by anybody.
    expect(known.length / messages.length).toBeLessThan(0.05)
  })

  test('does not depend on the Unicode form, capitals or stretched letters', () => {
    const digest = (change: (q: string) => string) => {
      const kinds = messages
        .filter(({ style }) => style === 'full')
        .map(({ q }) => world.language.understand(change(q)).kind)
      return createHash('sha256').update(kinds.join()).digest('hex')
    }
    const plain = digest((q) => q)
    expect(digest((q) => q.normalize('NFD'))).toBe(plain)
    expect(digest((q) => q.toUpperCase())).toBe(plain)
  })
})
