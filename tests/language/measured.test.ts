import { createHash } from 'node:crypto'
import { lessonsOf } from '../../src/core/language/lessons.js'
import { developmentSet, measure } from '../support/measure.js'
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
    expect(found.foreignAnswered).toBeLessThanOrEqual(0.04)
    expect(found.danger).toBe(1)
    expect(found.human).toBeGreaterThanOrEqual(0.98)
    expect(found.greeting).toBeGreaterThanOrEqual(0.98)
  })

  test('is measured on messages that nothing was learned from', () => {
    const key = (text: string) =>
      text
        .normalize('NFC')
        .toLowerCase()
        .replace(/[^\p{L}\p{N}]+/gu, ' ')
        .trim()
    const learned = new Set(lessonsOf(material).map(({ text }) => key(text)))
    const known = messages.filter(({ q }) => learned.has(key(q)))
    // Short plain ones («quên mật khẩu») are written alike by anybody.
    expect(known.length / messages.length).toBeLessThan(0.05)
  })

  test('costs less than a millisecond a message', () => {
    const started = performance.now()
    for (const { q } of messages) world.language.understand(q)
    const each = (performance.now() - started) / messages.length
    process.stderr.write(`${each.toFixed(3)} ms a message\n`)
    // Twice the aim: this machine may have other things to do.
    expect(each).toBeLessThan(2)
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
