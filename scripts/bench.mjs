// `npm run bench`: the benchmarks with their peers, which have packages of their own in bench/.
import { spawnSync } from 'node:child_process'
import { ensureInstalled, root } from './ensure.mjs'

ensureInstalled()
ensureInstalled(`${root}/bench`)
await import('./build.mjs')
const done = spawnSync(process.execPath, [`${root}/bench/run.mjs`, ...process.argv.slice(2)], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(done.status ?? 1)
