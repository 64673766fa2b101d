// `npm run check`: what CI runs. Stops at the first thing that fails and says which.
import { spawnSync } from 'node:child_process'
import { mkdirSync } from 'node:fs'
import { ensureInstalled, root } from './ensure.mjs'

ensureInstalled()
// jest writes its result here and does not make the folder.
mkdirSync(`${root}/coverage`, { recursive: true })
const bin = (name) => `${root}/node_modules/.bin/${name}`
const node = process.execPath
const steps = [
  ['format', bin('prettier'), ['--check', '--log-level', 'warn', '.']],
  ['lint', bin('oxlint'), ['--deny-warnings']],
  ['types', bin('tsc'), ['--noEmit', '-p', 'tsconfig.json']],
  ['build', node, ['scripts/build.mjs']],
  ['flows × content', node, ['dist/ward.js', 'flows', 'check']],
  ['tests', node, ['scripts/test.mjs', '--json', '--outputFile=coverage/jest.json', ...process.argv.slice(2)]],
]
for (const [name, command, args] of steps) {
  const started = Date.now()
  const done = spawnSync(command, args, { cwd: root, stdio: 'inherit', shell: process.platform === 'win32' })
  if (done.status !== 0) {
    console.error(`check: ${name} failed`)
    process.exit(1)
  }
  console.error(`check: ${name} ok (${((Date.now() - started) / 1000).toFixed(1)} s)`)
}
