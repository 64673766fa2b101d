// `npm run bench -- --question language`: what residents write, understood by ours, nlp.js and MiniSearch, each taught the same phrasings. docs/benchmarks.md says what the figures mean.
import { fileURLToPath } from 'node:url'
import { dockStart } from '@nlpjs/basic'
import { build } from 'esbuild'
import MiniSearch from 'minisearch'

const root = fileURLToPath(new URL('..', import.meta.url))
await build({
  absWorkingDir: root,
  entryPoints: { 'bench-language': 'bench/language-ours.ts' },
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  logLevel: 'warning',
})
const { lessons, messages, ours, topics } = await import(`${root}/dist/bench-language.js`)
const known = new Set(topics)
/** Score from which nlp.js itself takes an intent for found. */
const FOUND = 0.5

async function nlpjs() {
  const dock = await dockStart({
    use: ['Basic'],
    settings: { nlp: { languages: ['vi'], autoSave: false, autoLoad: false, forceNER: false, nlu: { log: false } } },
  })
  const nlp = dock.get('nlp')
  nlp.settings.autoSave = false
  nlp.addLanguage('vi')
  for (const { text, label } of lessons) nlp.addDocument('vi', text, label)
  await nlp.train()
  return async (q) => {
    const { classifications = [] } = await nlp.process('vi', q)
    const labels = classifications.slice(0, 3).map(({ intent }) => intent)
    return { labels, sure: known.has(labels[0]) && classifications[0].score >= FOUND }
  }
}

function miniSearch() {
  const plain = (term) => term.toLowerCase().normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd')
  const index = new MiniSearch({ fields: ['text'], storeFields: ['label'], processTerm: plain })
  index.addAll(lessons.map((lesson, id) => ({ id, ...lesson })))
  return async (q) => {
    const labels = [...new Set(index.search(q, { fuzzy: 0.2 }).map(({ label }) => label))].slice(0, 3)
    return { labels, sure: known.has(labels[0]) }
  }
}

const percent = (n, of) => `${((100 * n) / of).toFixed(1)} %`
const subjects = { ours: async () => async (q) => ours(q), 'nlp.js': nlpjs, MiniSearch: async () => miniSearch() }
const rows = []
for (const [name, prepare] of Object.entries(subjects)) {
  const before = performance.now()
  const ask = await prepare()
  await ask(messages[0].q)
  const ready = performance.now() - before
  const count = { topical: 0, first: 0, three: 0, foreign: 0, answered: 0, danger: 0, caught: 0 }
  const started = performance.now()
  for (const { q, label, also = [] } of messages) {
    const { labels, sure } = await ask(q)
    const right = (found) => found === label || also.includes(found)
    if (known.has(label)) {
      count.topical++
      if (right(labels[0])) count.first++
      if (labels.slice(0, 3).some(right)) count.three++
    } else if (label === 'out-of-scope') {
      count.foreign++
      if (sure) count.answered++
    } else if (label === 'danger') {
      count.danger++
      if (labels[0] === 'danger') count.caught++
    }
  }
  const each = (performance.now() - started) / messages.length
  rows.push({
    subject: name,
    'top-1': percent(count.first, count.topical),
    'top-3': percent(count.three, count.topical),
    'foreign answered': percent(count.answered, count.foreign),
    danger: `${count.caught} of ${count.danger}`,
    'ms a message': each.toFixed(2),
    'ready after s': (ready / 1000).toFixed(1),
  })
}
process.stdout.write(`${lessons.length} phrasings, ${messages.length} messages, Node ${process.versions.node}\n`)
console.table(rows)
