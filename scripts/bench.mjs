// `npm run bench [-- --question walks|webhooks|broadcast|drain|ward|language]`: each question alone, or the walks and the webhooks beside their peers,
// which have packages of their own in bench/. docs/benchmarks.md says what each asks.
import { spawnSync } from 'node:child_process'
import { ensureInstalled, root } from './ensure.mjs'

/** Questions about ours alone: a program of bench/, bundled, with what Node needs for it. */
const OURS = { broadcast: ['--expose-gc'], drain: [], ward: [] }
const PEERS = { walks: 'run.mjs', webhooks: 'run.mjs', language: 'language.mjs' }

const wanted = process.argv.slice(2)
const at = wanted.findIndex((word) => /^--question(=|$)/.test(word))
const named = at < 0 ? undefined : (wanted[at].split('=')[1] ?? wanted[at + 1] ?? '')
const question = wanted.includes('--language') ? 'language' : named
if (question !== undefined && !(question in OURS) && !(question in PEERS)) {
  console.error(`There is no question «${question}»: ${[...Object.keys(PEERS), ...Object.keys(OURS)].join(', ')}.`)
  process.exit(2)
}

ensureInstalled()
await import('./build.mjs')
const done = question !== undefined && question in OURS ? await ours(question) : peers()
process.exit(done.status ?? 1)

async function ours(name) {
  const { build } = await import('esbuild')
  const { bundleOptions } = await import('./build-options.mjs')
  await build(bundleOptions({ [`bench-${name}`]: `bench/${name}.ts` }))
  return run([...OURS[name], '--enable-source-maps', `${root}/dist/bench-${name}.js`])
}

function peers() {
  ensureInstalled(`${root}/bench`)
  return run([`${root}/bench/${PEERS[question ?? 'walks']}`, ...wanted])
}

function run(words) {
  return spawnSync(process.execPath, words, { cwd: root, stdio: 'inherit' })
}
