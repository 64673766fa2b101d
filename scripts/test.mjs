// `npm test`: install what is missing, then every test that this machine can run; what is skipped says why.
// REQUIRE_REAL=1 (CI) turns a missing PostgreSQL, Redis or browser from a skip into a failure.
import { spawnSync } from 'node:child_process'
import { ensureInstalled, root } from './ensure.mjs'

ensureInstalled()
await import('./build.mjs')
const jest = `${root}/node_modules/jest/bin/jest.js`
const done = spawnSync(
  process.execPath,
  ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning', jest, ...process.argv.slice(2)],
  {
    cwd: root,
    stdio: 'inherit',
  },
)
process.exit(done.status ?? 1)
