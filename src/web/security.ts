import type { Context as Call, MiddlewareHandler } from 'hono'

const POLICY = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "connect-src 'self'",
  "img-src 'self' data:",
  "form-action 'self'",
  "base-uri 'none'",
  "frame-ancestors 'self'",
].join('; ')

/** Headers of every answer. */
export const SECURITY_HEADERS: Readonly<Record<string, string>> = {
  'Content-Security-Policy': POLICY,
  'X-Content-Type-Options': 'nosniff',
  'X-Frame-Options': 'SAMEORIGIN',
  // Not «no-referrer»: a browser then calls the origin of our own forms «null», and `isOwnOrigin` refuses them.
  'Referrer-Policy': 'same-origin',
  'Cross-Origin-Opener-Policy': 'same-origin',
  'Cross-Origin-Resource-Policy': 'same-origin',
  'Permissions-Policy': 'camera=(), geolocation=(), microphone=()',
}

export const securityHeaders: MiddlewareHandler = async (c, next) => {
  await next()
  for (const [name, value] of Object.entries(SECURITY_HEADERS)) c.header(name, value)
}

/** Whether the browser itself says that a request comes from a page of ours; `isOwnOrigin` also lets through who says nothing. */
export function isSurelyOwnOrigin(c: Call, publicUrl: string): boolean {
  const site = c.req.header('sec-fetch-site')
  return site === undefined ? c.req.header('origin') !== undefined && isOwnOrigin(c, publicUrl) : site === 'same-origin'
}

/**
 * Whether a request that changes something comes from our own pages: from the address that people are told, or from the host that the
 * request itself was sent to. Programs send no Origin; a browser that has our cookie always does.
 */
export function isOwnOrigin(c: Call, publicUrl: string): boolean {
  const site = c.req.header('sec-fetch-site')
  if (site === 'cross-site') return false
  // No page can set this header: where a browser says so, it is so.
  if (site === 'same-origin') return true
  const origin = c.req.header('origin')
  // A public URL of nothing but an origin is compared as it is; a message of every resident comes through here.
  if (origin === undefined || origin === publicUrl || origin === new URL(publicUrl).origin) return true
  if (!URL.canParse(origin)) return false
  return new URL(origin).host === c.req.header('host')
}
