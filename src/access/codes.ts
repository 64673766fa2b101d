import { createHash, randomBytes } from 'node:crypto'

/** The stored form of a code or token: itself it is kept nowhere. */
export function hashCode(code: string): string {
  return createHash('sha256').update(code).digest('hex')
}

/** 144 random bits that fit into a URL: beyond guessing. */
export function randomCode(): string {
  return randomBytes(18).toString('base64url')
}
