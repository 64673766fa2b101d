import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { STEP_TROUBLES_MINIMUM } from '../../src/core/flow/definition.js'
import { COMMON_VARIABLES, type Phrases, variablesIn } from '../../src/core/flow/guide-text.js'
import { AUDIT_DEEDS, AUDIT_KINDS } from '../../src/core/model/audit.js'
import { FORMS, LOCALES, SECRET_KINDS } from '../../src/core/model/message.js'
import { loadWorld } from '../support/world.js'

const { material, texts, world } = loadWorld()
const voice = { locale: 'vi', form: 'bac', day: '2026-11-23' } as const

function sources(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.ts'))
    .map((name) => readFileSync(join(folder, name), 'utf8'))
}

function leaves(phrases: Phrases, prefix = ''): [key: string, text: string][] {
  return Object.entries(phrases).flatMap(([key, value]) =>
    typeof value === 'string' ? [[`${prefix}${key}`, value] as [string, string]] : leaves(value, `${prefix}${key}.`),
  )
}

const code = sources('src').join('\n')
const phraseKeys = (locale: 'vi' | 'en') => leaves(material.phrases[locale].value).map(([key]) => key)

describe('texts', () => {
  test('every phrase that the code names is there', () => {
    const named = [...code.matchAll(/phrase\(\s*'([a-z0-9.-]+)'/g)].map((match) => match[1]!)
    expect(named.length).toBeGreaterThan(40)
    for (const locale of LOCALES) expect(named.filter((key) => !phraseKeys(locale).includes(key))).toEqual([])
  })

  test('every kind of secret, of media, and every form of address has its phrase', () => {
    for (const locale of LOCALES) {
      expect(phraseKeys(locale)).toEqual(
        expect.arrayContaining([
          ...SECRET_KINDS.map((kind) => `secret.${kind}`),
          ...['sticker', 'picture', 'voice', 'file', 'unknown'].map((what) => `media.${what}`),
          ...FORMS.flatMap((form) => [`address.${form}`, `self.${form}`, `forms.${form}`]),
        ]),
      )
    }
  })

  test('every kind of thing and every deed of the audit log has its words, and no others do', () => {
    for (const locale of LOCALES) {
      const below = (section: string) =>
        phraseKeys(locale).flatMap((key) => (key.startsWith(section) ? key.slice(section.length) : []))
      expect(below('staff.log.kinds.').sort()).toEqual([...AUDIT_KINDS].sort())
      expect(below('staff.log.deeds.').sort()).toEqual([...AUDIT_DEEDS].sort())
    }
    // What is written down under a name of its own is a kind, or what a guide or a file is called.
    const written = [...code.matchAll(/deed: '[a-z-]+'(?: as const)?, kind: '([a-z-]+)'/g)].map(([, kind]) => kind!)
    expect(written.length).toBeGreaterThan(10)
    expect(written.filter((kind) => !AUDIT_KINDS.some((known) => known === kind))).toEqual([])
  })

  test('a variable that a phrase has in one language it has in the other', () => {
    const own = (text: string) => [
      ...new Set(variablesIn(text).filter((name) => !(COMMON_VARIABLES as readonly string[]).includes(name))),
    ].sort()
    const english = new Map(leaves(material.phrases.en.value))
    for (const [key, text] of leaves(material.phrases.vi.value)) expect([key, own(english.get(key)!)]).toEqual([key, own(text)])
  })

  test('every phrase that the bot has is used', () => {
    const unused = phraseKeys('vi').filter((key) => {
      const [section, ...rest] = key.split('.')
      const last = rest.join('.')
      const named = key.split('.').some((_, i, parts) => i > 0 && code.includes(`${parts.slice(0, i).join('.')}.\${`))
      return !code.includes(`${key}`) && !named && !code.includes(`'${last}'`) && !code.includes(`${section}.${last.replace(/-[a-z]+$/, '')}-\${`)
    })
    // Options and labels are named by their ids; what is left is dead text.
    expect(unused).toEqual([])
  })

  test('every step of every guide knows at least three troubles, each with a remedy and a way out, in both languages', () => {
    for (const flow of world.flows.values()) {
      for (const step of flow.steps) {
        expect(step.troubles.length).toBeGreaterThanOrEqual(STEP_TROUBLES_MINIMUM)
        for (const locale of LOCALES) {
          const text = material.guides[locale].get(flow.flow)!.value.steps[step.id]!
          for (const { id } of step.troubles) {
            expect(text.troubles[id]!.remedies.length).toBeGreaterThan(0)
            expect(text.troubles[id]!.otherwise).not.toBe('')
          }
        }
      }
    }
  })

  test('no body names a law, asks for a number, or shouts', () => {
    for (const { value } of material.guides.vi.values()) {
      const bodies = Object.values(value.steps).flatMap((step) => [
        step.action,
        step.see ?? '',
        ...Object.values(step.troubles).flatMap(({ remedies, otherwise }) => [...remedies, otherwise]),
      ])
      for (const body of [value.about, value.finished, ...bodies]) {
        expect(body).not.toMatch(/\d+\/\d{4}\/|NĐ-CP|!!|vui lòng/i)
        expect(body).not.toMatch(/(?<!không |đừng )gửi (số định danh|mã|mật khẩu|ảnh thẻ) (cho|vào) (cháu|{{me}}|đây)/i)
      }
    }
  })

  test('a text is written for every form of address, and by date', () => {
    const line = { key: 'phrases:tap.old' }
    expect(texts.render(line, voice)).toContain('cháu không làm gì')
    expect(texts.render(line, { ...voice, form: 'anh' })).toContain('em không làm gì')
    expect(texts.render(line, { ...voice, form: 'ban' })).toContain('mình không làm gì')
    expect(texts.render(line, { ...voice, locale: 'en' })).toContain('older message')
  })

  test('a day near by carries its weekday, one far away its year', () => {
    expect(texts.day('2026-11-26', voice)).toBe('thứ Năm 26/11')
    expect(texts.day('2027-01-05', voice)).toBe('thứ Ba 5/1')
    expect(texts.day('2022-10-24', voice)).toBe('24/10/2022')
  })

  test('a key that does not exist is an error and no silence', () => {
    expect(() => texts.render({ key: 'phrases:no.such' }, voice)).toThrow('no.such')
  })
})
