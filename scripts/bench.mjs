// `npm run bench`: the benchmarks with their peers, which have packages of their own in bench/.
import { spawnSync } from 'node:child_process'
import { ensureInstalled, root } from './ensure.mjs'

ensureInstalled()
ensureInstalled(`${root}/bench`)
await import('./build.mjs')
const wanted = process.argv.slice(2)
const file = wanted.includes('--language') ? 'language.mjs' : 'run.mjs'
const done = spawnSync(process.execPath, [`${root}/bench/${file}`, ...wanted], {
  cwd: root,
  stdio: 'inherit',
})
process.exit(done.status ?? 1)
