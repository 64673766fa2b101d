import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { readConfig } from '../src/config.js'
import { createContext } from '../src/context.js'
import { RATES } from '../src/delivery/budget.js'
import { OPERATOR, scopeOf } from '../src/core/policy/roles.js'
import { messagesOf } from '../src/core/broadcast/planner.js'
import { migrate } from '../src/store/migrate.js'
import { openSqlite } from '../src/store/open.js'
import { addResidents, PLAN } from '../tests/reminders/stage.js'
import { APP_SECRET } from '../tests/support/children.js'
import { loadWorld } from '../tests/support/world.js'

/**
 * A broadcast drains by the real budget of Telegram while residents write: how much of the budget is used, and how long answers take from the
 * webhook to the app. On SQLite in a file, against a Bot API on loopback. `PEOPLE=20000 SECONDS=60 WRITE=4` (messages of residents a second).
 */
const people = Number(process.env['PEOPLE'] ?? 20_000)
const seconds = Number(process.env['SECONDS'] ?? 60)
const perSecond = Number(process.env['WRITE'] ?? 4)
const rate = RATES.telegram!
const dir = mkdtempSync(join(tmpdir(), 'ward-drain-'))

const arrived = { bulk: [] as number[], replies: 0 }
const asked = new Map<number, number>()
const waits: number[] = []
let messages = 0
const api = createServer((request, response) => {
  let body = ''
  request.on('data', (piece: Buffer) => (body += piece.toString()))
  request.on('end', () => {
    const sent = request.url?.endsWith('/sendMessage') === true
    if (sent) {
      const chat = Number((JSON.parse(body) as { chat_id: string | number }).chat_id)
      const since = asked.get(chat)
      if (since !== undefined) {
        waits.push(performance.now() - since)
        asked.delete(chat)
        arrived.replies++
      } else arrived.bulk.push(performance.now())
    }
    const result = sent ? { message_id: ++messages, date: 0, chat: { id: 1, type: 'private' } } : { id: 1, is_bot: true, first_name: 'b', username: 'b' } // prettier-ignore
    response.setHeader('content-type', 'application/json')
    response.end(JSON.stringify({ ok: true, result }))
  })
})
await new Promise<void>((ready) => void api.listen(0, '127.0.0.1', ready))

// Mid-morning of a Monday, whenever it is run.
const shift = Date.parse('2026-11-23T09:00:00+07:00') - Date.now()
const store = openSqlite(join(dir, 'ward.db'))
const context = createContext(
  readConfig({
    APP_SECRET,
    HOST: '127.0.0.1',
    TELEGRAM_BOT_TOKEN: '1:bench',
    TELEGRAM_API_ROOT: `http://127.0.0.1:${(api.address() as AddressInfo).port}`,
    TELEGRAM_WEBHOOK_SECRET: 'a-secret-of-the-bench',
  }),
  { store, material: loadWorld().material, clock: () => Date.now() + shift, log: pino({ level: 'silent' }) },
)
try {
  await migrate(store)
  await addResidents(store, Array.from({ length: people }, (_, i) => 1_000_000 + i)) // prettier-ignore
  const shown = await context.reminders.preview({ contact: 'head', scope: scopeOf(OPERATOR) }, PLAN)
  if (shown.kind !== 'preview') throw new Error(shown.kind)
  const count = messagesOf(shown.tally)
  const { kind } = await context.reminders.confirm({ id: shown.id, key: 'k', by: 'staff', count })
  if (kind !== 'confirmed') throw new Error(kind)
  context.delivery.start()
  context.reminders.start()
  // The bucket begins full: what counts is the steady flow.
  await new Promise((next) => setTimeout(next, 3_000))
  const [from, cpu] = [performance.now(), process.cpuUsage()]
  const before = { bulk: arrived.bulk.length, replies: arrived.replies }
  let [written, late] = [0, 0]
  const write = (meant: number) => {
    const chat = 10 + (written++ % 150)
    // Whoever has not been answered yet does not write again.
    if (asked.has(chat)) return void late++
    // From the moment at which it was meant to be written: a process that was held up is not let off.
    asked.set(chat, meant)
    const first = written <= 150
    const content = first ? ({ kind: 'start', payload: 'vneid-level-1_g5' } as const) : ({ kind: 'text', text: '1' } as const) // prettier-ignore
    void context.turns.accept({ channel: 'telegram', externalId: `w-${written}`, address: String(chat), content, at: context.clock(), secrets: [] }) // prettier-ignore
  }
  const writing = setInterval(() => {
    while (written < ((performance.now() - from) / 1000) * perSecond) write(from + (written * 1000) / perSecond)
  }, 10)
  await new Promise((next) => setTimeout(next, seconds * 1000))
  clearInterval(writing)
  const took = (performance.now() - from) / 1000
  const [bulk, replies] = [arrived.bulk.length - before.bulk, arrived.replies - before.replies]
  const used = process.cpuUsage(cpu)
  const sorted = waits.toSorted((a, b) => a - b)
  const at = (share: number) =>
    (sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? NaN).toFixed(0)
  process.stdout.write(
    `${bulk} reminders and ${replies} replies in ${took.toFixed(1)} s of a budget of ${rate.perSecond} a second: ${(((bulk + replies) / (took * rate.perSecond)) * 100).toFixed(1)} % of it used; ` +
      `replies p50 ${at(0.5)} ms, p99 ${at(0.99)} ms, longest ${at(1)} ms; ${late} residents were still waiting when they would have written again; ` +
      `${(((used.user + used.system) / 1e6 / took) * 100).toFixed(0)} % of a core\n`,
  )
} finally {
  await context.close()
  api.close()
  rmSync(dir, { recursive: true, force: true })
}
