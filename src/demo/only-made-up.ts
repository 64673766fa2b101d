import type { Context } from '../context.js'
import { anyAddressBut } from '../store/addresses.js'

/** Addresses of people who do not exist begin with it: no app has such ones. */
export const MADE_UP = 'demo-'

/**
 * Throws unless nothing real can be touched: the ward is a demo, no app is connected, and nobody who exists writes to this database by an app – it
 * may be a real one that was opened without its settings.
 */
export async function onlyMadeUp({ ward, config, store }: Context): Promise<void> {
  const refuse = (why: string) => {
    throw new Error(`${why}: made-up people are only let into a demo ward. Nothing was changed.`)
  }
  if (!ward.demo) refuse('this ward is real')
  if (config.telegram) refuse('this bot is connected to Telegram (TELEGRAM_BOT_TOKEN)')
  if (config.zalo) refuse('this bot is connected to Zalo (ZALO_APP_ID)')
  if (await anyAddressBut(store.db, MADE_UP)) refuse('real people write to this database by Telegram or Zalo')
}
