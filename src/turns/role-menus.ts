import type { Logger } from 'pino'
import type { Telegram } from '../channels/telegram/telegram.js'
import type { Role } from '../core/model/contact.js'
import { dayOf } from '../core/policy/calendar.js'
import { withRoles } from '../store/addresses.js'
import type { Store } from '../store/open.js'
import type { Texts } from '../texts.js'
import { menusOf } from './menus.js'

/** How often the roles are looked at, ms: they are given and taken in the chat, on the pages and by the operator's tool. */
const LOOK_MS = 60_000

/** Keeps the menu of commands of those who lead or work for the ward in step with their role. */
export interface RoleMenus {
  /** Sets what has changed since the last look, and everything at the first one; how many menus were set or taken away. */
  runOnce(): Promise<number>
  start(): void
  stop(): Promise<void>
}

export interface RoleMenuParts {
  telegram: Pick<Telegram, 'setMenu' | 'dropMenu'>
  store: Store
  texts: Texts
  clock: () => number
  log: Logger
}

export function createRoleMenus({ telegram, store, texts, clock, log }: RoleMenuParts): RoleMenus {
  /** What each chat was given since the start. */
  const given = new Map<string, Role>()
  let timer: NodeJS.Timeout | undefined
  let running: Promise<number> | null = null
  let stopped = false

  /** A menu is a convenience: what Telegram refuses is tried again at the next look and harms nobody. */
  const changed = async (address: string, work: () => Promise<void>): Promise<boolean> => {
    try {
      await work()
      return true
    } catch (error) {
      log.debug({ channel: 'telegram', address, err: error instanceof Error ? error.name : 'failed' }, 'menus: not set')
      return false
    }
  }

  const look = async (): Promise<number> => {
    const roles = new Map((await withRoles(store.db, 'telegram')).map(({ address, role }) => [address, role]))
    let count = 0
    for (const [address, role] of roles) {
      if (stopped) return count
      if (given.get(address) === role) continue
      const set = await changed(address, async () => {
        for (const { language, menu } of menusOf(texts, dayOf(clock()), role))
          await telegram.setMenu(language, menu, address)
      })
      if (!set) continue
      given.set(address, role)
      count++
    }
    for (const address of [...given.keys()].filter((one) => !roles.has(one))) {
      const dropped = await changed(address, async () => {
        for (const { language } of menusOf(texts, dayOf(clock()))) await telegram.dropMenu(language, address)
      })
      if (!dropped) continue
      given.delete(address)
      count++
    }
    return count
  }
  const runOnce = () =>
    (running ??= look().finally(() => {
      running = null
    }))
  const tick = () =>
    void runOnce().catch((error: unknown) =>
      log.warn({ err: error instanceof Error ? error.name : 'failed' }, 'menus: not looked'),
    )

  return {
    runOnce,
    start() {
      timer = setInterval(tick, LOOK_MS)
      tick()
    },
    async stop() {
      stopped = true
      clearInterval(timer)
      await running?.catch(() => 0)
    },
  }
}
