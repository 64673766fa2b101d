import type { Redis } from 'ioredis'
import type { Logger } from 'pino'
import type { ChannelName } from '../core/model/message.js'
import type { Lane } from '../store/sending.js'

/** How fast a channel may be sent to. */
export interface Rate {
  /** Messages a second. */
  perSecond: number
  /** How many may leave at once after a rest; a second's worth when left out. */
  burst?: number
  /** How many of them are kept for replies: reminders and bulk leave them alone. */
  kept: number
}

/**
 * Rates by channel; a channel that is not in it is not held back. Telegram bears about 30 a second; the smallest package of Zalo with an API
 * 100 calls a minute, other calls than messages included.
 */
export const RATES: Readonly<Partial<Record<ChannelName, Rate>>> = {
  telegram: { perSecond: 25, kept: 10 },
  zalo: { perSecond: 80 / 60, burst: 5, kept: 2 },
}

/** What may be used of a limit that an app names, in calls a minute: the rest is for what other programs do with the same account. */
export function rateOfLimit(perMinute: number): Rate {
  const burst = Math.max(1, Math.floor(perMinute / 20))
  return { perSecond: (perMinute * 0.8) / 60, burst, kept: Math.floor(burst * 0.4) }
}

/** Says how many messages may leave now. All processes that share a Redis share one budget; otherwise each process has its own. */
export interface Budget {
  /** Takes up to `wanted`; with fewer, how long until there is one more, ms. */
  take(channel: ChannelName, lane: Lane, wanted: number): Promise<{ granted: number; wait: number }>
  /** Gives back what was not used. */
  give(channel: ChannelName, unused: number): Promise<void>
  /** Nothing leaves on this channel for so long, in any process. */
  pause(channel: ChannelName, ms: number): Promise<void>
  /** How long the channel still has to wait, ms; 0: not at all. */
  paused(channel: ChannelName): Promise<number>
}

/** A token bucket in this process. */
export function createLocalBudget(
  clock: () => number,
  rates: Readonly<Partial<Record<ChannelName, Rate>>> = RATES,
): Budget {
  const buckets = new Map<ChannelName, { tokens: number; at: number }>()
  const pauses = new Map<ChannelName, number>()
  const bucketOf = (channel: ChannelName, { perSecond, burst = perSecond }: Rate) => {
    const now = clock()
    const { tokens, at } = buckets.get(channel) ?? { tokens: burst, at: now }
    const bucket = { tokens: Math.min(burst, tokens + (Math.max(0, now - at) * perSecond) / 1000), at: now }
    buckets.set(channel, bucket)
    return bucket
  }
  return {
    async take(channel, lane, wanted) {
      const rate = rates[channel]
      if (!rate) return { granted: wanted, wait: 0 }
      const bucket = bucketOf(channel, rate)
      const floor = lane === 'replies' ? 0 : rate.kept
      const granted = Math.max(0, Math.min(wanted, Math.floor(bucket.tokens - floor)))
      bucket.tokens -= granted
      return { granted, wait: granted < wanted ? Math.ceil(((floor + 1 - bucket.tokens) * 1000) / rate.perSecond) : 0 }
    },
    async give(channel, unused) {
      const rate = rates[channel]
      if (!rate || unused <= 0) return
      const bucket = bucketOf(channel, rate)
      bucket.tokens = Math.min(rate.burst ?? rate.perSecond, bucket.tokens + unused)
    },
    async pause(channel, ms) {
      pauses.set(channel, Math.max(pauses.get(channel) ?? 0, clock() + ms))
    },
    async paused(channel) {
      return Math.max(0, (pauses.get(channel) ?? 0) - clock())
    },
  }
}

/**
 * The same bucket in Redis, in one script, by Redis's own clock. KEYS: bucket, pause. ARGV: wanted (negative: given back), floor,
 * messages a second, now (empty: Redis's time), pause to set (empty: none), the most that the bucket holds. Gives back granted, wait and what is left of the pause.
 */
const SCRIPT = `
local now = tonumber(ARGV[4])
if not now then
  local t = redis.call('TIME')
  now = t[1] * 1000 + math.floor(t[2] / 1000)
end
local rate, floor, wanted = tonumber(ARGV[3]), tonumber(ARGV[2]), tonumber(ARGV[1])
local untilMs = tonumber(redis.call('GET', KEYS[2]) or '0')
local pause = tonumber(ARGV[5])
local burst = tonumber(ARGV[6])
if pause then
  untilMs = math.max(untilMs, now + pause)
  redis.call('SET', KEYS[2], string.format('%d', untilMs), 'PX', string.format('%d', math.max(1000, untilMs - now + 1000)))
end
local kept = redis.call('HMGET', KEYS[1], 'tokens', 'at')
local tokens, at = tonumber(kept[1] or burst), tonumber(kept[2] or now)
tokens = math.min(burst, tokens + math.max(0, now - at) * rate / 1000)
local granted, wait = 0, 0
if wanted < 0 then
  tokens = math.min(burst, tokens - wanted)
elseif wanted > 0 then
  granted = math.max(0, math.min(wanted, math.floor(tokens - floor)))
  tokens = tokens - granted
  if granted < wanted then wait = math.ceil((floor + 1 - tokens) * 1000 / rate) end
end
redis.call('HSET', KEYS[1], 'tokens', tostring(tokens), 'at', string.format('%d', math.max(now, at)))
redis.call('PEXPIRE', KEYS[1], 60000)
return { granted, wait, math.max(0, untilMs - now) }
`

export interface SharedBudgetParts {
  redis: Pick<Redis, 'eval'>
  log: Logger
  /** What stands in for the shared budget while Redis is away. */
  local: Budget
  rates?: Readonly<Partial<Record<ChannelName, Rate>>>
  /** For tests: a clock in place of Redis's, and keys of their own. */
  clock?: () => number
  prefix?: string
}

/** One budget for every process on this Redis; while Redis is away each process goes by its own. */
export function createSharedBudget({
  redis,
  log,
  local,
  rates = RATES,
  clock,
  prefix = 'ward',
}: SharedBudgetParts): Budget {
  const call = async (
    channel: ChannelName,
    wanted: number,
    floor: number,
    pause: number | null,
  ): Promise<number[] | null> => {
    const keys = [`${prefix}:budget:${channel}`, `${prefix}:pause:${channel}`]
    const { perSecond, burst = perSecond } = rates[channel] ?? { perSecond: 1 }
    try {
      return (await redis.eval(
        SCRIPT,
        2,
        ...keys,
        wanted,
        floor,
        perSecond,
        clock?.() ?? '',
        pause ?? '',
        burst,
      )) as number[]
    } catch (error) {
      log.debug({ err: error instanceof Error ? error.message : String(error) }, 'budget: Redis is away')
      return null
    }
  }
  return {
    async take(channel, lane, wanted) {
      const rate = rates[channel]
      if (!rate) return { granted: wanted, wait: 0 }
      const answer = await call(channel, wanted, lane === 'replies' ? 0 : rate.kept, null)
      return answer ? { granted: answer[0]!, wait: answer[1]! } : local.take(channel, lane, wanted)
    },
    async give(channel, unused) {
      if (!rates[channel] || unused <= 0) return
      if ((await call(channel, -unused, 0, null)) === null) await local.give(channel, unused)
    },
    async pause(channel, ms) {
      // Kept here too: a Redis that goes away must not end the pause.
      await local.pause(channel, ms)
      await call(channel, 0, 0, Math.ceil(ms))
    },
    async paused(channel) {
      const answer = await call(channel, 0, 0, null)
      return Math.max(answer?.[2] ?? 0, await local.paused(channel))
    },
  }
}
