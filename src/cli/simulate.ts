import { pino } from 'pino'
import type { Config } from '../config.js'
import { createContext } from '../context.js'
import { fillRoster } from '../demo/roster.js'
import { simulate } from '../demo/simulate.js'
import { migrate } from '../store/migrate.js'
import { wholeNumber, type Values } from './usage.js'

export const simulateOptions = {
  residents: { type: 'string', default: '300' },
  days: { type: 'string', default: '30' },
  seed: { type: 'string' },
} as const

/** Lets made-up residents into a demo ward. */
export async function simulateResidents(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const residents = wholeNumber('residents', String(values['residents']), 1, 200_000)
  const days = wholeNumber('days', String(values['days']), 1, 3650)
  const seed =
    values['seed'] === undefined
      ? Math.floor(Math.random() * 1e9)
      : wholeNumber('seed', String(values['seed']), 0, 4_294_967_295)
  const context = createContext(config, { log: pino({ level: 'warn', base: null }) })
  try {
    await migrate(context.store)
    const done = await simulate(context, { residents, days, seed })
    await fillRoster(context, seed)
    out(`${done.residents} made-up residents sent ${done.messages} messages (seed ${seed})\n`)
    return 0
  } finally {
    await context.close()
  }
}
