import { getConnInfo } from '@hono/node-server/conninfo'
import type { Context as Call } from 'hono'

/** New contacts that one network address may bring in a minute: a mobile network hides many people behind one. */
export const NEWCOMERS_LIMIT = 60
const WINDOW_MS = 60_000
/** Addresses that are remembered as known; forgetting one costs it a place among the newcomers. */
const KNOWN_LIMIT = 50_000

/** Holds back a network address that makes up one visitor after another. Forgets everything at a restart. */
export interface Newcomers {
  /** False: not now. */
  admit(address: string, ip: string, now: number): boolean
}

export function createNewcomers(limit = NEWCOMERS_LIMIT): Newcomers {
  const known = new Set<string>()
  let counts = new Map<string, number>()
  let since = 0
  return {
    admit(address, ip, now) {
      if (known.has(address)) return true
      if (now - since >= WINDOW_MS) {
        counts = new Map()
        since = now
      }
      const count = (counts.get(ip) ?? 0) + 1
      if (count > limit) return false
      counts.set(ip, count)
      if (known.size >= KNOWN_LIMIT) known.delete(known.values().next().value!)
      known.add(address)
      return true
    },
  }
}

const LOCAL = /^(::1|127\.|10\.|192\.168\.|172\.(1[6-9]|2\d|3[01])\.|169\.254\.|f[cd]|fe80:)/i

/**
 * The network address at the other end. What a proxy says counts only if the proxy stands on this machine or in its own network; of an
 * IPv6 address the part that one customer gets.
 */
export function ipOf(c: Call): string {
  const direct = socketAddress(c)
  const forwarded = LOCAL.test(direct) ? c.req.header('x-forwarded-for')?.split(',').at(-1)?.trim() : undefined
  const ip = forwarded || direct
  return ip.includes(':') ? ip.split(':').slice(0, 4).join(':') : ip
}

function socketAddress(c: Call): string {
  try {
    return (getConnInfo(c).remote.address ?? '').replace(/^::ffff:/, '')
  } catch {
    // A request that came through no socket: `app.request()`.
    return ''
  }
}
