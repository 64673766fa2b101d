// How soon a webhook is answered while 200 residents walk at once: the app waits for it, and comes again when it takes too long. Once with
// a pause of a second between an answer and the next message, which is still faster than people are, and once without any.
import { createServer } from 'node:http'
import { fileURLToPath } from 'node:url'
import { sweepRedis } from './machine.mjs'
import { cut, NUMBER, post, start, subjects, telegramWalk } from './subjects.mjs'

const RESIDENTS = 200
const PAUSE_MS = 1000
const AIM_MS = 200
const SECRET = 'secret-of-the-benchmark'
const ZALO = { appId: '1234567890123456789', secret: 'oa-secret-of-the-benchmark', oaId: '388613280878808645' }

/** The walk as Zalo brings it: words, and taps that come back as words; the mark in the header gives way to the signature. */
function zaloWalk(walk, at) {
  return walk.map(({ content }, i) => {
    const text = content.kind === 'start' ? `/start ${content.payload}` : `#w:${content.data}`
    const event = {
      app_id: ZALO.appId,
      user_id_by_app: `9${NUMBER}`,
      event_name: 'user_send_text',
      sender: { id: `7${NUMBER}` },
      recipient: { id: ZALO.oaId },
      message: { text, msg_id: `m${NUMBER}${i}` },
      timestamp: at,
    }
    return post('/webhooks/zalo', JSON.stringify(event).replaceAll('\\u0001', NUMBER), [
      'X-ZEvent-Signature: mac=\u0002',
    ])
  })
}

/** An app on loopback that takes every message: in a process of its own it would take its share of two cores all the same. */
async function takesEverything() {
  const app = createServer((req, res) => {
    req.resume()
    const result = { message_id: 1, date: 1_700_000_000, chat: { id: 1, type: 'private' }, text: 'x' }
    res.writeHead(200, { 'content-type': 'application/json' })
    res.end(JSON.stringify({ ok: true, result, error: 0, message: 'Success', data: { message_id: 'm', user_id: '1' } }))
  })
  await new Promise((ready) => app.listen(0, '127.0.0.1', ready))
  return { url: `http://127.0.0.1:${app.address().port}`, close: () => app.close() }
}

function candidates(walk, api, at) {
  const [ours, ...others] = subjects(walk)
  const telegram = { TELEGRAM_BOT_TOKEN: '1:bench', TELEGRAM_API_ROOT: api, TELEGRAM_WEBHOOK_SECRET: SECRET }
  const zalo = {
    ZALO_APP_ID: ZALO.appId,
    ZALO_APP_SECRET: 'app-secret-of-the-benchmark',
    ZALO_OA_ID: ZALO.oaId,
    ZALO_OA_SECRET_KEY: ZALO.secret,
    ZALO_ACCESS_TOKEN: 'access',
    ZALO_REFRESH_TOKEN: 'refresh',
    ZALO_API_ROOT: api,
    ZALO_OAUTH_ROOT: api,
    ZALO_ZBS_ROOT: api,
  }
  const real = { APP_SECRET: 'a'.repeat(64), DELIVER: '1' }
  const told = [`X-Telegram-Bot-Api-Secret-Token: ${SECRET}`]
  const updates = telegramWalk(walk, { path: '/webhooks/telegram', headers: told, data: ({ content }) => content.data })
  return [
    { ...ours, title: 'ours, Telegram', env: { ...real, ...telegram }, requests: cut(updates) },
    { ...ours, title: 'ours, Zalo', env: { ...real, ...zalo }, requests: cut(zaloWalk(walk, at)), signed: { ...ZALO, at } },
    ...others.filter(({ redis }) => redis).map((peer) => ({ ...peer, env: {} })),
  ] // prettier-ignore
}

/** Both runs of one bot, each resident walking the whole guide once. */
async function ask(subject, { engine, cache, walk, walkText, load }) {
  const database = await engine.fresh(subject.name)
  const env = {
    ...database.env,
    PORT: '0',
    HOST: '127.0.0.1',
    PUBLIC_URL: 'http://127.0.0.1',
    LOG_LEVEL: 'error',
    WALK: subject.name === 'ours' ? '' : walkText,
    ...(subject.redis ? { REDIS_URL: cache.url, REDIS_PREFIX: `ward-bench:${process.pid}:w:${subject.name}:` } : {}),
    ...subject.env,
  }
  const server = start(subject.program, env)
  try {
    const { port } = await server.ready()
    const job = { port, walk: subject.requests, connections: RESIDENTS, walks: 1, signed: subject.signed }
    // The first walks compile the code.
    const warm = await load.ask({ ...job, connections: 32, first: 1 })
    const paused = await load.ask({ ...job, first: 1001, pause: PAUSE_MS })
    const flat = await load.ask({ ...job, first: 2001 })
    const failed = [warm, paused, flat].find((run) => run.failed > 0)
    const found = await database.ask(subject.name === 'ours' ? "select count(*) from run where state = 'finished'" : "select count(*) from ledger where step = 'wait-approval' and outcome = 'done'") // prettier-ignore
    const finished = 32 + 2 * RESIDENTS
    const fault = failed ? failed.firstFailure.slice(0, 200) : found[0] === finished ? null : `${found[0]} of ${finished} residents finished` // prettier-ignore
    return { title: subject.title, ours: subject.name === 'ours', paused, flat, fault, messages: walk.length }
  } finally {
    await server.stop()
    await database.drop()
  }
}

/** Asks the question on one engine and prints the answer; false where it could not be asked or the aim is missed. */
export async function webhooks({ engine, cache, walk, walkText }) {
  const api = await takesEverything()
  const load = start(fileURLToPath(new URL('load.mjs', import.meta.url)))
  const results = []
  try {
    for (const subject of candidates(walk, api.url, String(Date.now()))) {
      if (subject.redis && cache.missing !== null) console.log(`  SKIPPED ${subject.title}: ${cache.missing}`)
      else results.push(await ask(subject, { engine, cache, walk, walkText, load }))
    }
  } finally {
    load.kill()
    api.close()
    if (cache.missing === null) await sweepRedis(`ward-bench:${process.pid}:w:`)
  }
  console.log(`\nWebhooks, ${engine.title}: ${RESIDENTS} residents walk at once\n`)
  console.log('| | p50 ms | p99 ms | longest ms | without a pause: p50 ms | p99 ms | messages/s |')
  console.log('|---|--:|--:|--:|--:|--:|--:|')
  for (const { title, paused, flat, fault } of results)
    console.log(
      fault
        ? `| ${title} | FAIL: ${fault} | | | | | |`
        : `| ${title} | ${paused.p50.toFixed(1)} | **${paused.p99.toFixed(1)}** | ${paused.max.toFixed(0)} | ${flat.p50.toFixed(1)} | ${flat.p99.toFixed(1)} | ${Math.round((flat.messages / flat.ms) * 1000).toLocaleString('en-US')} |`,
    )
  const done = results.filter(({ fault }) => fault === null)
  const best = done.filter(({ ours }) => !ours).toSorted((a, b) => a.paused.p99 - b.paused.p99)[0]
  console.log('')
  for (const { title, paused, flat } of done.filter(({ ours }) => ours)) {
    const against = best ? `; p99 ÷ ${best.title}: ${(paused.p99 / best.paused.p99).toFixed(1)}×, without a pause ${(flat.p99 / best.flat.p99).toFixed(1)}×` : '' // prettier-ignore
    console.log(
      `${title}: p99 ${paused.p99.toFixed(0)} ms (aim: under ${AIM_MS} ms${paused.p99 < AIM_MS ? ', met' : ', not met'})${against}`,
    )
  }
  return done.length === results.length && done.every(({ ours, paused }) => !ours || paused.p99 < AIM_MS)
}
