import { readFileSync } from 'node:fs'
import { ERROR_TABLE, errorOf } from '../../../../src/channels/zalo/sdk/index.js'

test('every code of a host stands in the table once', () => {
  const keys = ERROR_TABLE.map(({ host, code }) => `${host} ${code}`)
  expect(new Set(keys).size).toBe(keys.length)
})

test('the same code means different things on different hosts', () => {
  expect(errorOf('oa', -100, '')).toMatchObject({ name: 'attachment-expired', retry: 'never' })
  expect(errorOf('zbs', -100, '')).toMatchObject({ name: 'unknown-failure', retry: 'later' })
})

test('a code nobody knows is permanent', () => {
  expect(errorOf('oa', -9999, 'x')).toEqual({
    code: -9999,
    name: 'unknown',
    kind: 'unknown',
    retry: 'never',
    alert: false,
    message: 'x',
  })
})

test.each([
  [-230, 'window-closed', 'never'],
  [-232, 'window-closed', 'never'],
  [-211, 'quota', 'later'],
  [-234, 'night', 'later'],
  [-217, 'blocked', 'never'],
  [-213, 'not-follower', 'never'],
  [-216, 'auth', 'after-refresh'],
  [-224, 'auth', 'never'],
  [-32, 'rate', 'later'],
  [-201, 'invalid', 'never'],
  [-235, 'wrong-path', 'other-path'],
  [-240, 'wrong-path', 'other-path'],
  [-233, 'unsupported-shape', 'never'],
  [-200, 'server', 'later'],
])('code %i is of kind %s and may be repeated: %s', (code, kind, retry) => {
  expect(errorOf('oa', code, '')).toMatchObject({ code, kind, retry })
})

test('what needs a person is never waited for, but for quotas that come back by themselves', () => {
  const waited = ERROR_TABLE.filter(({ alert, retry }) => alert && retry !== 'never')
  expect(waited.map(({ name }) => name)).toEqual(['out-of-quota'])
})

test('secrets that Zalo repeats are struck out, and long words are cut', () => {
  const error = errorOf('oa', -216, `token abc-secret is invalid ${'x'.repeat(1000)}`, ['abc-secret', ''])
  expect(error.message).toContain('token [secret] is invalid')
  expect(error.message.length).toBeLessThanOrEqual(300)
})

test('the table in the README is the table in the code', () => {
  const lines = readFileSync('src/channels/zalo/sdk/README.md', 'utf8').split('\n')
  const written = lines.map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim()),
  )
  const rows = written.filter(([host]) => ['oa', 'zbs', 'oauth', 'http'].includes(host ?? ''))
  expect(rows).toEqual(
    ERROR_TABLE.map((row) => [
      row.host,
      String(row.code),
      row.name,
      row.kind,
      row.retry,
      row.alert ? 'yes' : '',
      row.source,
    ]),
  )
})
