// `npm start`, `npm run chat`, `npm run ward -- …`: install what is missing, build, run. Signals and the exit status pass through.
import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { constants } from 'node:os'
import { root } from './ensure.mjs'
import { entries } from './build.mjs'

const [entry, ...args] = process.argv.slice(2)
if (!entries[entry]) {
  console.error(`No program «${entry}»: choose one of ${Object.keys(entries).join(', ')}.`)
  process.exit(2)
}
const env = existsSync(`${root}/.env`) ? [`--env-file=${root}/.env`] : []
const child = spawn(process.execPath, ['--enable-source-maps', ...env, `${root}/dist/${entry}.js`, ...args], {
  stdio: 'inherit',
})
for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP']) process.on(signal, () => child.kill(signal))
child.on('exit', (code, signal) => process.exit(code ?? 128 + (constants.signals[signal] ?? 0)))
