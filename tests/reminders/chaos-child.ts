import { readFileSync } from 'node:fs'
import { deserialize } from 'node:v8'
import { Redis } from 'ioredis'
import { pino } from 'pino'
import { createTelegram } from '../../src/channels/telegram/telegram.js'
import { createLocalBudget, createSharedBudget } from '../../src/delivery/budget.js'
import { createDelivery } from '../../src/delivery/delivery.js'
import { createWakes } from '../../src/delivery/wakes.js'
import { lastLook } from '../../src/reminders/leaving.js'
import { createReminders } from '../../src/reminders/reminders.js'
import type { ReminderParts } from '../../src/reminders/parts.js'
import { openPostgres, openSqlite } from '../../src/store/open.js'
import type { Material } from '../../src/core/flow/inspect.js'
import { worldOf } from '../../src/parts/world.js'
import { createTexts } from '../../src/texts.js'

/** A process that queues and sends until it is killed. Its clock is shifted, so that it is day whenever the test runs. */
const { DATABASE_URL, SQLITE_FILE, API_ROOT, TOKEN, SHIFT, MATERIAL, REDIS_URL, REDIS_PREFIX } = process.env as Record<
  string,
  string
>
const clock = () => Date.now() + Number(SHIFT)
const log = pino({ level: 'silent' })
const store = DATABASE_URL ? openPostgres(DATABASE_URL, { pool: 6 }) : openSqlite(SQLITE_FILE!)
// Read and checked by the test, once: to do it here would be most of a start.
const material = deserialize(readFileSync(MATERIAL!)) as Material
const texts = createTexts(material)
const world = worldOf(material, texts)
const telegram = createTelegram({ token: TOKEN!, apiRoot: API_ROOT!, callSeconds: 5 })
const wakes = createWakes(log)
const rates = { telegram: { perSecond: 5000, kept: 100 } }
const local = createLocalBudget(clock, rates)
const budget = REDIS_URL
  ? createSharedBudget({ redis: new Redis(REDIS_URL), log, local, rates, clock, prefix: REDIS_PREFIX! })
  : local
const parts: ReminderParts = {
  store, world, texts, ward: material.ward.value, channels: [telegram], pages: false, newId: () => crypto.randomUUID(), clock, log, wake: wakes.wake,
} // prettier-ignore
const reminders = createReminders(parts)
const delivery = createDelivery({
  store, channels: [telegram], budget, wakes, clock, log, alone: store.engine === 'sqlite', leaseMs: 10_000, inFlight: 24,
  lastLook: (tx, rows) => lastLook(tx, parts, rows),
}) // prettier-ignore
const pause = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms))
process.stdout.write('at work\n')
for (;;) {
  const moved = await Promise.all([reminders.runOnce(), delivery.runOnce()]).catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`)
    return [0]
  })
  if (moved.every((count) => count === 0)) await pause(20)
}
