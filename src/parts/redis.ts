import { createRequire } from 'node:module'
import type { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** Two connections: one that listens can say nothing. What they carry may be lost, so a Redis that is away stops nobody. */
export function connectRedis(url: string, log: Logger): { publish: Redis; subscribe: Redis } {
  // Loaded only where it is used: a bot without Redis does not carry it (8 MB, measured).
  const ioredis = createRequire(import.meta.url)('ioredis') as typeof import('ioredis')
  const connect = () => {
    const redis = new ioredis.Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true, lazyConnect: false })
    redis.on('error', (error: Error) => log.debug({ err: error.message }, 'redis'))
    return redis
  }
  return { publish: connect(), subscribe: connect() }
}
