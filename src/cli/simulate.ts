import { pino } from 'pino'
import type { Config } from '../config.js'
import { createContext } from '../context.js'
import { faultsOf, type Month } from '../demo/account.js'
import { createMadeUpBot } from '../demo/bot.js'
import { simulateMonth } from '../demo/month.js'
import { onlyMadeUp } from '../demo/only-made-up.js'
import { fillRoster } from '../demo/roster.js'
import { simulate, type Simulation } from '../demo/simulate.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { listBroadcasts } from '../store/broadcasts.js'
import { StoreLocked } from '../store/errors.js'
import { takeLock } from '../store/lock.js'
import { migrate } from '../store/migrate.js'
import { wholeNumber, type Values } from './usage.js'

export const simulateOptions = {
  residents: { type: 'string', default: '300' },
  days: { type: 'string', default: '30' },
  seed: { type: 'string' },
  json: { type: 'boolean' },
} as const

/** Faults that are printed one by one. */
const SHOWN = 20

/** Lets made-up residents into a demo ward, and reminds those who get stuck; 1 when somebody was forgotten, a rule broken, or the bill is another one. */
export async function simulateResidents(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const simulation: Simulation = {
    residents: wholeNumber('residents', String(values['residents']), 1, 200_000),
    days: wholeNumber('days', String(values['days']), 1, 3650),
    seed:
      values['seed'] === undefined
        ? Math.floor(Math.random() * 1e9)
        : wholeNumber('seed', String(values['seed']), 0, 4_294_967_295),
  }
  const { residents, seed } = simulation
  const lived = await reminded(config, simulation)
  const { messages } = typeof lived === 'string' ? await walked(config, simulation) : lived
  const month = typeof lived === 'string' ? null : lived
  const faults = month === null ? [] : faultsOf(month)
  if (values['json'] === true)
    out(`${JSON.stringify({ residents, messages, seed, reminders: month, leftOut: month ? null : lived, faults })}\n`)
  else {
    out(`${residents} made-up residents sent ${messages} messages (seed ${seed})\n`)
    out(month === null ? `No reminders were simulated: ${String(lived)}.\n` : inWords(month))
    for (const fault of faults.slice(0, SHOWN)) out(`WRONG: ${fault}\n`)
    if (faults.length > SHOWN) out(`WRONG: and ${faults.length - SHOWN} more\n`)
  }
  return faults.length === 0 ? 0 : 1
}

/** The days with their reminders; or why there can be none on this database. */
async function reminded(config: Config, simulation: Simulation): Promise<Month | string> {
  let release = () => {}
  try {
    if (config.databaseUrl === undefined) release = takeLock(config.dataDir)
  } catch (error) {
    if (!(error instanceof StoreLocked)) throw error
    return 'a server runs on this database, and would send some of them itself; stop it first'
  }
  const bot = createMadeUpBot(config, { log: pino({ level: 'warn', base: null }) })
  const { context } = bot
  try {
    await migrate(context.store)
    await onlyMadeUp(context)
    if ((await listBroadcasts(context.store.db, scopeOf(OPERATOR), 1)).length > 0)
      return 'there are some in this database already, and their bill could not be told apart; set DATA_DIR to an empty folder'
    const month = await simulateMonth(bot, simulation, Date.now())
    await fillRoster(context, simulation.seed)
    return month
  } finally {
    await context.close()
    release()
  }
}

/** Residents alone, beside whatever runs. */
async function walked(config: Config, simulation: Simulation): Promise<{ messages: number }> {
  const context = createContext(config, { log: pino({ level: 'warn', base: null }) })
  try {
    await migrate(context.store)
    const done = await simulate(context, simulation)
    await fillRoster(context, simulation.seed)
    return done
  } finally {
    await context.close()
  }
}

function inWords({ stuck, arrived, forbidden, forgotten, broadcasts, notSent, money }: Month): string {
  const list = (counts: Record<string, number>) =>
    Object.entries(counts)
      .sort((a, b) => b[1] - a[1])
      .map(([what, count]) => `${what} ${count}`)
      .join(' · ') || 'none'
  return [
    `Stuck: ${stuck.people} people. Reminded: ${stuck.reminded} · on a list of visits: ${stuck.visits} · wanted no reminders: ${stuck.optedOut} · with a ticket: ${stuck.ticket} (some are in several) · forgotten: ${forgotten.length}`,
    `Reminders that arrived: ${list(arrived)}; by the rules of the ward in ${broadcasts.rules} lists, by heads and staff in ${broadcasts.heads}; forbidden: ${forbidden.length}`,
    `Not sent, with the reason, a person and a list each: ${list(notSent)}`,
    `Forecast ${money.forecast} đ, less ${money.unsent} đ for what was not sent after all; bill ${money.bill} đ (${money.paid} messages paid for, ${money.ofPackage} of the package); other messages ${money.others} đ`,
    '',
  ].join('\n')
}
