import { encode } from 'uqr'
import { readConfig } from '../../src/config.js'
import { makeInvitation } from '../../src/cli/invite.js'
import { terminalQr } from '../../src/cli/qr.js'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

/** The dark squares that half blocks show: what is drawn is light. */
function squares(drawn: string): boolean[][] {
  const dark: Record<string, [boolean, boolean]> = { '█': [false, false], '▀': [false, true], '▄': [true, false], ' ': [true, true] } // prettier-ignore
  return drawn
    .split('\n')
    .filter((line) => line !== '')
    .flatMap((line) => [0, 1].map((half) => [...line].map((block) => dark[block]![half]!)))
}
const wanted = (text: string) => encode(text, { ecc: 'M', border: 4 }).data

describe('a QR code at a terminal', () => {
  const link = 'https://chat.phoyen.example/chat?start=inv_AbCdEfGhIjKlMnOpQrSt'

  test('is the code of the text, square by square, with its border', () => {
    const data = wanted(link)
    expect(squares(terminalQr(link, { colours: false })).slice(0, data.length)).toEqual(data)
    expect(data[3]!.every((dark) => !dark)).toBe(true)
  })

  test('is right whatever the colours of the terminal are, and leaves them as they were', () => {
    for (const line of terminalQr(link, { colours: true }).trimEnd().split('\n'))
      expect([line.startsWith('\u001b[97;40m'), line.endsWith('\u001b[0m')]).toEqual([true, true])
  })
})

describe('ward invite', () => {
  let dir: string
  beforeAll(() => void (dir = mkdtempSync(join(tmpdir(), 'ward-qr-'))))
  afterAll(() => rmSync(dir, { recursive: true, force: true }))
  const invited = async (values: Record<string, string | boolean>, terminal = false) => {
    let told = ''
    const config = readConfig({ DATA_DIR: dir, PUBLIC_URL: 'https://chat.phoyen.example' })
    expect(await makeInvitation(config, { role: 'staff', ...values }, (text) => void (told += text), { terminal })).toBe(0) // prettier-ignore
    return told
  }

  test('prints to a program what it always did, in words and as JSON', async () => {
    expect(await invited({})).toMatch(
      /^https:\/\/chat\.phoyen\.example\/chat\?start=(inv_[\w-]{20})\nor send to the bot: \/start \1\nOne use, 7 days\.\n$/,
    )
    for (const qr of [true, false]) {
      const { link, links } = JSON.parse(await invited({ json: true, qr }, true)) as { link: string; links: string[] }
      expect(links).toEqual([link])
    }
  })

  test.each([
    ['at a terminal', {}, true],
    ['into a file where it is asked for', { qr: true }, false],
  ])('%s draws the code of its link below', async (_, values, terminal) => {
    const told = await invited(values, terminal)
    const [link] = told.split('\n') as [string]
    expect(told).toContain('One use, 7 days.\n\n')
    const drawn = told.slice(told.lastIndexOf(link) + link.length).replace(/\u001b\[[\d;]+m/g, '')
    const data = wanted(link)
    expect(squares(drawn).slice(0, data.length)).toEqual(data)
  })
})
