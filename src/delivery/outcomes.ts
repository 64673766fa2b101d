import type { Outcome } from '../channels/channel.js'

/** What becomes of a message. */
export type Fate =
  | 'sent'
  /** Queued again, as often as it takes until `GIVE_UP_MS` after it was written. */
  | 'again'
  /** Queued again once; the second time it is `maybe`. */
  | 'again-once'
  /** Queued until the resident writes again. */
  | 'on-contact'
  /** Taken back, and its people are planned anew: by another way, or for a visit. */
  | 'anew'
  /** It may have arrived and is never repeated. */
  | 'maybe'
  /** Over; the operator finds it in the list of failed messages. */
  | 'failed'
  /** Over, and nobody has to look at it. */
  | 'cancelled'

/** What the sender does after an outcome. */
export interface Rule {
  reply: Fate
  /** Reminders and bulk. */
  rest: Fate
  /** Reminders, where it is not the same for them. */
  reminder?: Fate
  /** What is known of the address from now on; null: nothing new. */
  address: 'blocked' | 'dead' | null
  /** `pause`: nothing of the channel until the time named · `probe`: nothing until it answers · `stop`: nothing until it was looked at again. */
  channel: 'go-on' | 'pause' | 'probe' | 'stop'
  /** The row in a sentence, for operators. */
  says: string
}

export const OUTCOMES: Readonly<Record<Outcome['kind'], Rule>> = {
  sent: { reply: 'sent', rest: 'sent', address: null, channel: 'go-on', says: 'It arrived.' },
  'retry-after': {
    reply: 'again',
    rest: 'again',
    address: null,
    channel: 'pause',
    says: 'Too fast: the app named how long to wait, and exactly that long nothing is sent; nothing is lost.',
  },
  'window-closed': {
    reply: 'on-contact',
    rest: 'on-contact',
    reminder: 'anew',
    address: null,
    channel: 'go-on',
    says: 'Nothing is taken before the resident writes: it waits for that; a reminder is planned anew, by another app or for a visit.',
  },
  blocked: {
    reply: 'cancelled',
    rest: 'cancelled',
    address: 'blocked',
    channel: 'go-on',
    says: 'The resident blocked the bot: nothing more is sent to them until they write or let the bot in again.',
  },
  'dead-address': {
    reply: 'cancelled',
    rest: 'cancelled',
    address: 'dead',
    channel: 'go-on',
    says: 'Nobody is there any more: nothing more is sent to this address.',
  },
  rejected: {
    reply: 'failed',
    rest: 'failed',
    address: null,
    channel: 'go-on',
    says: 'The app will never take this message: it is listed for the operator, and the ones behind it go on.',
  },
  'auth-lost': {
    reply: 'again',
    rest: 'again',
    address: null,
    channel: 'stop',
    says: 'The token or the account is no longer accepted: everything waits until an operator has mended it.',
  },
  unknown: {
    reply: 'again-once',
    rest: 'maybe',
    address: null,
    channel: 'probe',
    says: 'It may have arrived: a reply is sent once more, anything else never; first the app must answer again.',
  },
  'not-sent': {
    reply: 'again',
    rest: 'again',
    address: null,
    channel: 'probe',
    says: 'It never left: it is sent again as soon as the app answers.',
  },
}

/** How long after it was written a message is still worth sending, ms. */
export const GIVE_UP_MS = 24 * 3_600_000

/** The wait before a try, from the number of tries so far: 1 s, 2 s, 4 s … one minute. */
export function backOff(attempts: number): number {
  return Math.min(1000 * 2 ** Math.max(0, attempts - 1), 60_000)
}
