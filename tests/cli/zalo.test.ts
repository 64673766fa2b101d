import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { bundle, removeBundles, run } from '../support/children.js'
import { type FakeZalo, startFakeZalo } from '../support/fake-zalo/fake-zalo.js'
import { zaloSettings } from '../upkeep/zalo-settings.js'

let program: string
let dir: string
let zalo: FakeZalo
beforeAll(() => void (program = bundle('src/cli/ward.ts', { whole: true })))
afterAll(removeBundles)
beforeEach(async () => {
  dir = mkdtempSync(join(tmpdir(), 'ward-zalo-'))
  zalo = await startFakeZalo({ now: Date.now })
})
afterEach(async () => {
  await zalo.close()
  rmSync(dir, { recursive: true, force: true })
})

const ward = (args: readonly string[], input = '', more: Record<string, string> = {}) =>
  run(program, { args, input, env: { DATA_DIR: dir, PUBLIC_URL: 'https://phoyen.example', ...zaloSettings(zalo), ...more } }) // prettier-ignore
const paste = (input: string, more?: Record<string, string>) => ward(['zalo', 'connect', '--paste'], input, more)
const bytes = () =>
  readdirSync(dir)
    .map((name) => readFileSync(join(dir, name), 'latin1'))
    .join('')

test('ward zalo connect prints a link, the callback for the console, and keeps only a hash', async () => {
  const { status, stdout } = await ward(['zalo', 'connect'])
  expect(status).toBe(0)
  const code = /^https:\/\/phoyen\.example\/zalo\/connect\?code=(\S+)$/m.exec(stdout)![1]!
  expect(stdout).toContain('https://phoyen.example/zalo/callback')
  expect(bytes()).not.toContain(code)
  const { stdout: json } = await ward(['zalo', 'connect', '--json'])
  expect(JSON.parse(json)).toMatchObject({ callback: 'https://phoyen.example/zalo/callback' })
})

test('a pasted pair of the right account is used up at once and kept sealed', async () => {
  const { accessToken, refreshToken } = zalo.grant()
  const { status, stdout, stderr } = await paste(`${accessToken}\n${refreshToken}\n`)
  expect({ status, stderr }).toEqual({ status: 0, stderr: '' })
  expect(stdout).toContain(zalo.oa.name)
  const kept = zalo.livingPair()
  expect(kept.refreshToken).not.toBe(refreshToken)
  for (const secret of [accessToken, refreshToken, kept.accessToken!, kept.refreshToken!])
    expect(bytes() + stdout + stderr).not.toContain(secret)
  // Whoever has a copy of it can do nothing with it any more.
  const again = await paste(`${accessToken}\n${refreshToken}\n`)
  expect(again.status).toBe(1)
  expect(again.stderr).toContain('-14020')
  expect(zalo.livingPair()).toEqual(kept)
})

test.each([
  ['of another account', () => void (zalo.oa.oaId = '777'), /OA số 777/],
  ['with a wrong app secret', () => void (zalo.app.appSecret = 'another'), /ZALO_APP_SECRET/],
  ['of a right that was taken back', () => zalo.voidGrant(), /-14014/],
  ['when Zalo does not answer', () => zalo.faults.next('getoa', { accepted: false, answer: 'html-502' }), /không trả lời/], // prettier-ignore
])('a pasted pair %s is not kept, in one sentence', async (_, spoil, words) => {
  const { accessToken, refreshToken } = zalo.grant()
  spoil()
  const settings = { ZALO_OA_ID: '388613280878808645', ZALO_APP_SECRET: 'AppSecretForTests' }
  const { status, stdout, stderr } = await paste(`${accessToken}\n${refreshToken}\n`, settings)
  expect({ status, stdout }).toEqual({ status: 1, stdout: '' })
  expect(stderr).toMatch(words)
  expect(stderr + bytes()).not.toContain(refreshToken)
})

test('half a pair, and Zalo that is not set up, are told in one sentence', async () => {
  const half = await paste('only-one\n')
  expect(half).toMatchObject({ status: 2, stdout: '' })
  expect(half.stderr).toMatch(/two lines are needed/)
  const none = await run(program, { args: ['zalo', 'connect'], env: { DATA_DIR: dir } })
  expect(none).toMatchObject({ status: 2, stdout: '' })
  expect(none.stderr).toMatch(/^Setting ZALO_APP_ID: is not set/)
})
