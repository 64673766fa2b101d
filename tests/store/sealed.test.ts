import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { appSecret, createSeals } from '../../src/store/sealed.js'

const SECRET = 'a secret for tests, 32 characters and more'
const seals = createSeals(() => SECRET)

describe('a sealed text', () => {
  test('opens again, for every text, and never shows it', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', minLength: 4 }), fc.string(), (text, owner) => {
        const sealed = seals.seal('person.phone', owner, text)
        expect(seals.open('person.phone', owner, sealed)).toEqual({ ok: true, text: Buffer.from(text).toString() })
        expect(sealed).toMatch(/^s1\.[\w-]{8}\.[\w-]+$/)
        expect(sealed).not.toContain(Buffer.from(text).toString('base64url'))
      }),
    )
  })

  test('is another one each time, so that equal numbers do not look equal', () => {
    expect(seals.seal('person.phone', 'p-1', '0912345678')).not.toBe(seals.seal('person.phone', 'p-1', '0912345678'))
  })

  test('opens only in its own row and column', () => {
    const sealed = seals.seal('person.phone', 'p-1', '0912345678')
    expect(seals.open('person.phone', 'p-2', sealed)).toEqual({ ok: false, reason: 'wrong-owner-or-damaged' })
    expect(seals.open('zalo.token', 'p-1', sealed).ok).toBe(false)
  })

  test('says that the secret is another one', () => {
    const sealed = createSeals(() => `${SECRET}, formerly`).seal('person.phone', 'p-1', '0912345678')
    expect(seals.open('person.phone', 'p-1', sealed)).toEqual({ ok: false, reason: 'other-secret' })
  })

  test('with any one character changed does not open', () => {
    const sealed = seals.seal('person.phone', 'p-1', '0912345678')
    const cut = sealed.lastIndexOf('.') + 1
    // The last character of base64url may carry bits that are not read.
    for (let at = cut; at < sealed.length - 1; at++) {
      const changed = sealed.slice(0, at) + (sealed[at] === 'A' ? 'B' : 'A') + sealed.slice(at + 1)
      expect(seals.open('person.phone', 'p-1', changed)).toEqual({ ok: false, reason: 'wrong-owner-or-damaged' })
    }
  })

  test.each(['', 's1', 's1.', '0912345678', 's2.AAAAAAAA.AAAA', 's1.a.b.c'])('«%s» is none', (text) => {
    const opened = seals.open('person.phone', 'p-1', text)
    expect(opened.ok).toBe(false)
  })

  test('is none where the text was cut to less than its head', () => {
    const [form, key] = seals.seal('person.phone', 'p-1', '1').split('.')
    expect(seals.open('person.phone', 'p-1', `${form}.${key}.AAAA`)).toEqual({
      ok: false,
      reason: 'wrong-owner-or-damaged',
    })
  })
})

describe('a keyed hash', () => {
  test('finds the same text and tells nothing without the secret', () => {
    const hash = seals.hash('person.phone', '0912345678')
    expect(createSeals(() => SECRET).hash('person.phone', '0912345678')).toBe(hash)
    expect(seals.hash('person.phone', '0912345679')).not.toBe(hash)
    expect(seals.hash('contact.phone', '0912345678')).not.toBe(hash)
    expect(createSeals(() => 'another secret').hash('person.phone', '0912345678')).not.toBe(hash)
  })

  test('is refused with an empty secret, like a seal', () => {
    const empty = createSeals(() => '')
    expect(() => empty.hash('person.phone', '1')).toThrow(RangeError)
    expect(() => empty.seal('person.phone', 'p-1', '1')).toThrow(RangeError)
  })
})

describe('the secret of an installation', () => {
  let dir: string
  beforeEach(() => void (dir = mkdtempSync(join(tmpdir(), 'ward-secret-'))))
  afterEach(() => rmSync(dir, { recursive: true, force: true }))

  test('is APP_SECRET where it is set, and nothing is written', () => {
    expect(appSecret({ appSecret: SECRET, dataDir: dir })).toBe(SECRET)
    expect(readdirSync(dir)).toEqual([])
  })

  test('is otherwise made once and kept for its owner alone, in a directory that need not be there yet', () => {
    const settings = { appSecret: undefined, dataDir: join(dir, 'data') }
    const made = appSecret(settings)
    expect(made).toMatch(/^[0-9a-f]{64}$/)
    expect(appSecret(settings)).toBe(made)
    expect(readdirSync(settings.dataDir)).toEqual(['app-secret'])
    expect(statSync(join(settings.dataDir, 'app-secret')).mode & 0o777).toBe(0o600)
    expect(readFileSync(join(settings.dataDir, 'app-secret'), 'utf8')).toBe(made)
  })

  test('an emptied file is an error and not a secret', () => {
    writeFileSync(join(dir, 'app-secret'), '\n')
    expect(() => appSecret({ appSecret: undefined, dataDir: dir })).toThrow(RangeError)
  })
})
