import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { type Context, createContext, type Overrides } from '../context.js'
import { createLocalBudget } from '../delivery/budget.js'
import { madeUpTelegram, madeUpZalo } from './apps.js'
import type { HandClock, MonthParts } from './month.js'
import { OF_PACKAGE, settingsOfMonth } from './settings.js'

/** A bot that lives by a clock of its own and knows no app but those that are made up, whatever the settings say. */
export function createMadeUpBot(config: Config, overrides: Overrides = {}): MonthParts {
  let now = 0
  const clock: HandClock = Object.assign(() => now, { set: (at: number) => void (now = at) })
  const zalo = madeUpZalo(clock, { ofPackage: OF_PACKAGE })
  const telegram = madeUpTelegram(clock)
  const context: Context = createContext(config, {
    ...overrides,
    material: settingsOfMonth(overrides.material ?? loadContent(config)),
    clock,
    channels: [zalo, telegram],
    requestsByHand: true,
    floodLimit: Infinity,
    // A day passes in a second: how many messages an app takes a minute is not what is asked here.
    budget: createLocalBudget(clock, {}),
  })
  return { context, clock, zalo, telegram }
}
