import { Redis } from 'ioredis'
import type { Logger } from 'pino'

/** Two connections: one that listens can say nothing. What they carry may be lost, so a Redis that is away stops nobody. */
export function connectRedis(url: string, log: Logger): { publish: Redis; subscribe: Redis } {
  const connect = () => {
    const redis = new Redis(url, { maxRetriesPerRequest: 1, enableOfflineQueue: true, lazyConnect: false })
    redis.on('error', (error: Error) => log.debug({ err: error.message }, 'redis'))
    return redis
  }
  return { publish: connect(), subscribe: connect() }
}
