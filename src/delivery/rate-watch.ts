import type { ChannelName } from '../core/model/message.js'
import { type Budget, type Rate, rateOfLimit } from './budget.js'

/** With so few calls left of a minute nothing more is sent until some are free again. */
const NEARLY_USED_UP = 2
/** How long that takes, ms. */
const PAUSE_MS = 15_000

/**
 * Goes by what an app says of its limit with every answer: the package may allow more than we took for granted, and other programs may use
 * the same account.
 */
export function createRateWatch(
  channel: ChannelName,
  rates: Partial<Record<ChannelName, Rate>>,
  budget: () => Budget,
): (rate: { limit: number; remain: number }) => void {
  let known = 0
  return ({ limit, remain }) => {
    if (limit > 0 && limit !== known) rates[channel] = rateOfLimit((known = limit))
    if (remain < NEARLY_USED_UP) void budget().pause(channel, PAUSE_MS)
  }
}
