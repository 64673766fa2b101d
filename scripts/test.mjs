// `npm test`: install what is missing, then every test that this machine can run; what is skipped says why.
// REQUIRE_REAL=1 (CI) turns a missing PostgreSQL, Redis or browser from a skip into a failure.
import { spawnSync } from 'node:child_process'
import { availableParallelism } from 'node:os'
import { ensureInstalled, root } from './ensure.mjs'

ensureInstalled()
await import('./build.mjs')
const jest = `${root}/node_modules/jest/bin/jest.js`
// Three at a time even on two cores: a third of what the tests do is waiting.
const workers = process.argv.some((word) => /^--(maxWorkers|runInBand)/.test(word))
  ? []
  : [`--maxWorkers=${Math.max(3, availableParallelism() - 1)}`]
const done = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...workers, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
process.exit(done.status ?? 1)
