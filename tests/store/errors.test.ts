import { storeFailure } from '../../src/store/errors.js'

test('an error that is none of the expected ones is a bug', () => {
  for (const bug of [
    new TypeError('x'),
    'text',
    null,
    undefined,
    { code: 'SQLITE_FULL' },
    Object.assign(new Error('x'), { code: 5 }),
  ]) {
    expect(storeFailure(bug)).toBeNull()
  }
  for (const [code, failure] of [
    ['ENOSPC', 'full'],
    ['53100', 'full'],
    ['SQLITE_BUSY_SNAPSHOT', 'locked'],
    ['57P01', 'unreachable'],
    ['08006', 'unreachable'],
    ['ECONNREFUSED', 'unreachable'],
    ['40001', 'conflict'],
    ['40P01', 'conflict'],
    ['SQLITE_READONLY_DBMOVED', 'read-only'],
    ['EROFS', 'read-only'],
    ['28P01', 'refused'],
    ['SQLITE_CORRUPT', 'damaged'],
  ]) {
    expect(storeFailure(Object.assign(new Error('x'), { code }))).toBe(failure)
  }
  expect(storeFailure(new Error('outer', { cause: Object.assign(new Error('x'), { code: 'SQLITE_FULL' }) }))).toBe(
    'full',
  )
})
