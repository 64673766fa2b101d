import { randomBytes } from 'node:crypto'
import type { Context as Call } from 'hono'
import { getCookie, setCookie } from 'hono/cookie'
import { addressOf } from '../channels/web/web.js'
import { type Locale, LOCALES } from '../core/model/message.js'

const TOKEN_COOKIE = 'ward_chat'
const LANGUAGE_COOKIE = 'ward_lang'
/** The longest that browsers keep a cookie, seconds. */
const MAX_AGE = 400 * 86_400
/** 128 random bits in base64url. */
const TOKEN = /^[A-Za-z0-9_-]{22}$/

const isLocale = (value: string | undefined): value is Locale => LOCALES.some((locale) => locale === value)

/** Who is at the other end: the address behind the cookie, or null when the browser brought none. */
export function visitor(c: Call): string | null {
  const token = getCookie(c, TOKEN_COOKIE)
  return token !== undefined && TOKEN.test(token) ? addressOf(token) : null
}

/** Gives the browser a token, or a longer life to the one it has. No contact comes from it: that takes a first message. */
export function rememberVisitor(c: Call, secure: boolean): void {
  const known = getCookie(c, TOKEN_COOKIE)
  const token = known !== undefined && TOKEN.test(known) ? known : randomBytes(16).toString('base64url')
  setCookie(c, TOKEN_COOKIE, token, { httpOnly: true, sameSite: 'Lax', secure, path: '/chat', maxAge: MAX_AGE })
}

/**
 * The page's language: as asked for in `?lang=` (and then remembered), as remembered, Vietnamese. What the browser prefers does not count:
 * many old people's phones were never switched over from English, and the button «English» is in sight for everybody else.
 */
export function pageLocale(c: Call, secure: boolean, path = '/chat'): Locale {
  const asked = c.req.query('lang')
  if (isLocale(asked)) {
    setCookie(c, LANGUAGE_COOKIE, asked, { sameSite: 'Lax', secure, path, maxAge: MAX_AGE })
    return asked
  }
  const remembered = getCookie(c, LANGUAGE_COOKIE)
  return isLocale(remembered) ? remembered : 'vi'
}
