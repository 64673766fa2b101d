import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pino } from 'pino'
import { readContent } from '../src/content.js'
import { worldOf } from '../src/parts/world.js'
import { OPERATOR, scopeOf } from '../src/core/policy/roles.js'
import { createTelegram } from '../src/channels/telegram/telegram.js'
import { createReminders } from '../src/reminders/reminders.js'
import { migrate } from '../src/store/migrate.js'
import { openSqlite } from '../src/store/open.js'
import { createTexts } from '../src/texts.js'
import { addResidents, PLAN } from '../tests/reminders/stage.js'

/** Plans a broadcast and freezes its recipients, on SQLite in a file: how long, and how much memory it takes on top. `PEOPLE=100000` by default. */
const people = Number(process.env['PEOPLE'] ?? 100_000)
const dir = mkdtempSync(join(tmpdir(), 'ward-bench-'))
const store = openSqlite(join(dir, 'ward.db'))
try {
  await migrate(store)
  await addResidents(store, Array.from({ length: people }, (_, i) => 1_000_000 + i)) // prettier-ignore
  const { material } = readContent({ flowsDir: 'flows', contentDir: 'content', wardFile: 'ward.demo.yaml' })
  const texts = createTexts(material!)
  const clock = () => Date.parse('2026-11-23T08:00:00+07:00')
  const reminders = createReminders({
    store, texts, world: worldOf(material!, texts), ward: material!.ward.value, pages: false, newId: () => 'bench', clock,
    channels: [createTelegram({ token: 'none', apiRoot: 'http://127.0.0.1:9' })], log: pino({ level: 'silent' }), wake: () => {},
  }) // prettier-ignore
  const measured = async (what: string, work: () => Promise<{ kind: string }>): Promise<void> => {
    globalThis.gc?.()
    const before = process.memoryUsage().rss
    const [since, cpu] = [performance.now(), process.cpuUsage()]
    let [most, latest, worst] = [before, performance.now(), 0]
    const watch = setInterval(() => {
      most = Math.max(most, process.memoryUsage().rss)
      worst = Math.max(worst, performance.now() - latest - 5)
      latest = performance.now()
    }, 5)
    const { kind } = await work()
    clearInterval(watch)
    const used = process.cpuUsage(cpu)
    process.stdout.write(
      `${what}: ${kind}, ${people} people, ${((performance.now() - since) / 1000).toFixed(2)} s (${((used.user + used.system) / 1e6).toFixed(2)} s of CPU), +${((most - before) / 1e6).toFixed(0)} MB, others waited ${worst.toFixed(0)} ms at most\n`,
    )
  }
  await measured('plan', () => reminders.preview({ contact: 'head', scope: scopeOf(OPERATOR) }, PLAN))
  await measured('plan and freeze', () => reminders.confirm({ id: 'bench', key: 'k', by: 'staff', count: people }))
} finally {
  await store.close()
  rmSync(dir, { recursive: true, force: true })
}
