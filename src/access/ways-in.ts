/** A way into the chat that takes a payload along: a link, or where an app has none that is certain, words to send. */
export type WayIn =
  | { app: 'web' | 'telegram'; url: string }
  /** Whoever has the app sends these words to the ward's account. */
  | { app: 'telegram' | 'zalo'; words: string }

/** How invitations and slips lead to every app that is set up. */
export interface WaysIn {
  /** From what is known now: nothing is asked of any app, so it may stand in a transaction. */
  of(payload: string): WayIn[]
  /** Asks Telegram for the bot's name as long as it is not known; never rejects, and waits a moment at most. */
  learn(): Promise<void>
}

export interface WaysInParts {
  publicUrl: string
  /** Gives the bot's user name; null: Telegram is not set up. */
  telegram: { me(): Promise<string> } | null
  zalo: boolean
  waitMs?: number
}

/** Longer than Telegram takes to answer, shorter than somebody waits for a page. */
const WAIT_MS = 3000
/** A user name of Telegram: what else comes back is not put into a link. */
const USER_NAME = /^[A-Za-z]\w{3,31}$/

export function createWaysIn({ publicUrl, telegram, zalo, waitMs = WAIT_MS }: WaysInParts): WaysIn {
  let name: string | null = null
  let asking: Promise<void> | null = null
  const ask = async (bot: NonNullable<typeof telegram>) => {
    const found = await bot.me().catch(() => '')
    if (USER_NAME.test(found)) name = found
    asking = null
  }
  const learn = async () => {
    if (telegram === null || name !== null) return
    asking ??= ask(telegram)
    let timer: NodeJS.Timeout | undefined
    await Promise.race([asking, new Promise<void>((done) => (timer = setTimeout(done, waitMs)))])
    clearTimeout(timer)
  }
  return {
    learn,
    of(payload) {
      const words = `/start ${payload}`
      // Asked for now, known the next time.
      void learn()
      return [
        { app: 'web', url: `${publicUrl}/chat?start=${payload}` },
        ...(telegram === null
          ? []
          : [
              name === null
                ? { app: 'telegram' as const, words }
                : { app: 'telegram' as const, url: `https://t.me/${name}?start=${payload}` },
            ]),
        ...(zalo ? [{ app: 'zalo' as const, words }] : []),
      ]
    },
  }
}
