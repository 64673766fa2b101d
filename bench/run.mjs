// `npm run bench [-- --seconds 4 --rounds 3 --connections 64 --engine sqlite --subjects ours,empty --question webhooks --profile DIR --sync-ms 1]`
// Complete walks through VNeID level 1, the same for everybody, in rounds that take turns. docs/benchmarks.md says what the figures mean.
import { execFileSync } from 'node:child_process'
import { cpus } from 'node:os'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { build } from 'esbuild'
import { bundleOptions } from '../scripts/build-options.mjs'
import { durableInserts, engines, redis, slowerDisk, sweepRedis } from './machine.mjs'
import { start, subjects } from './subjects.mjs'
import { webhooks } from './webhooks.mjs'

const { values: wanted } = parseArgs({
  options: {
    seconds: { type: 'string', default: '4' },
    rounds: { type: 'string', default: '3' },
    connections: { type: 'string', default: '64' },
    engine: { type: 'string' },
    subjects: { type: 'string' },
    profile: { type: 'string' },
    'sync-ms': { type: 'string' },
    /** `walks`: how many messages a second; `webhooks`: how soon a webhook is answered while 200 residents walk at once. Both without it. */
    question: { type: 'string' },
  },
})
const seconds = Number(wanted.seconds)
const rounds = Number(wanted.rounds)
const syncMs = Number(wanted['sync-ms'] ?? 0)
const connections = Number(wanted.connections)
const root = fileURLToPath(new URL('..', import.meta.url))
/** Walks before the first round: code is compiled, tables have pages, pools are full. */
const WARM_UP_SECONDS = 2.5

await build(bundleOptions({ 'bench-ours': 'bench/ours.ts', 'bench-walk': 'bench/walk.ts' }))
const walkText = execFileSync(process.execPath, [`${root}/dist/bench-walk.js`], { cwd: root, encoding: 'utf8' })
const walk = JSON.parse(walkText)
const events = walk.reduce((sum, { outcomes }) => sum + outcomes.length, 0)

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)]
const rate = ({ messages, ms }) => (messages / ms) * 1000
const whole = (value) => Math.round(value).toLocaleString('en-US')
const mb = (bytes) => `${Math.round(bytes / 1048576)} MB`

/** One subject, running on a database of its own. */
async function enter(subject, engine, cache) {
  const database = await engine.fresh(subject.name)
  const env = {
    ...database.env,
    PORT: '0',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://127.0.0.1',
    LOG_LEVEL: 'warn',
    WALK: subject.name === 'ours' ? '' : walkText,
    ...(subject.redis
      ? { REDIS_URL: cache.url, REDIS_PREFIX: `ward-bench:${process.pid}:${engine.name}:${subject.name}:` }
      : {}),
  }
  const profiled = wanted.profile && subject.name === 'ours'
  const flags = profiled ? ['--cpu-prof', `--cpu-prof-dir=${wanted.profile}`, '--enable-source-maps'] : []
  const server = start(subject.program, env, flags, syncMs > 0 ? slowerDisk(syncMs) : [])
  const { port } = await server.ready()
  await new Promise((next) => setTimeout(next, 500))
  return {
    subject,
    database,
    server,
    port,
    residents: 0,
    results: [],
    rest: (await server.ask('usage')).rss,
    faults: [],
  }
}

/** A round of complete walks. */
async function round(entry, load, walks) {
  const before = await entry.server.ask('usage')
  const result = await load.ask({
    port: entry.port,
    walk: entry.subject.requests,
    connections,
    walks,
    first: entry.residents + 1,
  })
  const after = await entry.server.ask('usage')
  entry.residents += connections * walks
  if (result.failed > 0)
    entry.faults.push(`${result.failed} connection(s) failed: ${result.firstFailure.slice(0, 300)}`)
  const cpu = after.cpu.user + after.cpu.system - before.cpu.user - before.cpu.system
  return { ...result, rate: rate(result), cpu: cpu / result.messages, rss: after.rss }
}

async function warmUp(entry, load) {
  const end = performance.now() + WARM_UP_SECONDS * 1000
  let last
  do last = await round(entry, load, 1)
  while (performance.now() < end && entry.faults.length === 0)
  entry.walks = Math.max(1, Math.round((last.rate * seconds) / (connections * walk.length)))
}

async function measure(engine, cache) {
  const chosen = subjects(walk).filter(({ name }) => !wanted.subjects || wanted.subjects.split(',').includes(name))
  const able = chosen.filter((subject) => !subject.redis || cache.missing === null)
  for (const subject of chosen) if (!able.includes(subject)) console.log(`  SKIPPED ${subject.title}: ${cache.missing}`)
  const load = start(fileURLToPath(new URL('load.mjs', import.meta.url)))
  const entries = []
  try {
    for (const subject of able) entries.push(await enter(subject, engine, cache))
    for (const entry of entries) await warmUp(entry, load)
    for (let i = 0; i < rounds; i++) {
      for (const entry of entries)
        if (entry.faults.length === 0) entry.results.push(await round(entry, load, entry.walks))
    }
    for (const entry of entries) {
      await entry.server.stop()
      const done = { residents: entry.residents, messages: entry.residents * walk.length, events }
      if (entry.subject.isComplete) entry.faults.push(...(await entry.subject.isComplete(entry.database.ask, done)))
    }
  } finally {
    load.kill()
    for (const { server, database } of entries) {
      server.kill()
      await database.drop()
    }
    if (cache.missing === null) await sweepRedis(`ward-bench:${process.pid}:`)
  }
  return entries
}

function show(engine, entries) {
  const by = (name) => entries.find(({ subject }) => subject.name === name)
  const speed = ({ results }) => median(results.map((result) => result.rate))
  const slower = syncMs > 0 ? `, every sync ${syncMs} ms longer than this disk takes` : ''
  console.log(`\n${engine.title} – ${engine.about}${slower}\n`)
  console.log(
    '| | messages/s | rounds | p50 ms | p99 ms | CPU of the server, µs a message | memory at rest | after | residents finished |',
  )
  console.log('|---|--:|---|--:|--:|--:|--:|--:|--:|')
  for (const entry of entries) {
    const { subject, results, rest, residents, faults } = entry
    const of = (what) => median(results.map((result) => result[what]))
    console.log(
      faults.length > 0
        ? `| ${subject.title} | FAIL | | | | | | | |`
        : `| ${subject.title} | **${whole(speed(entry))}** | ${results.map((result) => whole(result.rate)).join(' · ')} | ${of('p50').toFixed(1)} | ${of('p99').toFixed(1)} | ${whole(of('cpu'))} | ${mb(rest)} | ${mb(results.at(-1).rss)} | ${subject.isComplete ? whole(residents) : '–'} |`,
    )
  }
  const [ours, empty] = [by('ours'), by('empty')]
  const peers = entries.filter(({ subject, faults }) => subject.redis && faults.length === 0)
  if (!ours || ours.faults.length > 0) return
  console.log('')
  if (peers.length > 0) {
    const best = peers.toSorted((a, b) => speed(b) - speed(a))[0]
    console.log(`Ours ÷ better peer (${best.subject.title}): **${(speed(ours) / speed(best)).toFixed(1)}×** (aim: 3×)`)
  }
  if (empty && empty.faults.length === 0)
    console.log(`Ours ÷ empty handler: **${Math.round((speed(ours) / speed(empty)) * 100)} %** (aim: 60 %)`)
}

const cache = await redis()
console.log(
  `Complete walks of VNeID level 1: ${walk.length} messages and ${events} ledger events a resident, ${connections} connections, ${rounds} rounds of about ${seconds} s, medians.`,
)
console.log(
  `${new Date().toISOString().slice(0, 10)} · Node ${process.version} · ${cpus().length} cores (${cpus()[0]?.model.trim() ?? 'unknown'}), shared with the load · ${cache.about || 'no Redis'} · this disk keeps ${whole(await durableInserts())} single inserts/s`,
)
let failed = false
for (const engine of await engines()) {
  if (wanted.engine && wanted.engine !== engine.name) continue
  if (syncMs > 0 && engine.name !== 'sqlite') {
    console.log(
      `\nSKIPPED ${engine.title}: --sync-ms slows down what the servers sync themselves, and this one syncs elsewhere`,
    )
    continue
  }
  if (engine.missing !== null) {
    console.log(`\nSKIPPED ${engine.title}: ${engine.missing}`)
    continue
  }
  const asked = (question) => wanted.question === undefined || wanted.question === question
  const entries = asked('walks') ? await measure(engine, cache) : []
  if (entries.length > 0) show(engine, entries)
  if (asked('webhooks')) failed = !(await webhooks({ engine, cache, walk, walkText })) || failed
  for (const { subject, faults } of entries) {
    for (const fault of faults) console.log(`FAIL ${engine.title}, ${subject.title}: ${fault}`)
    failed ||= faults.length > 0
  }
}
process.exit(failed ? 1 : 0)
