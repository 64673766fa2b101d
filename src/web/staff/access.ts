import { timingSafeEqual } from 'node:crypto'
import { type Context as Call, Hono, type MiddlewareHandler } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { hashCode, randomCode } from '../../access/codes.js'
import {
  createPageSession,
  endPageSession,
  findPageSession,
  pageLinkState,
  redeemPageLink,
} from '../../store/page-access.js'
import { audit } from '../../store/audit.js'
import { dropHeldFile } from '../../store/held-files.js'
import { scopeOfContact } from '../../store/scope.js'
import { pageLocale } from '../identity.js'
import { isOwnOrigin } from '../security.js'
import { refusedForm } from './kept.js'
import { bare, page } from './layout.js'
import type { StaffEnv, StaffSite, Viewer } from './site.js'

const COOKIE = 'ward_staff'
/** How long somebody stays signed in, ms. */
export const STAFF_SESSION_MS = 8 * 3_600_000
/** Wrong codes in a minute, over all who try, that are told apart; a code has 144 bits, so behind them only the words change. */
const WRONG_CODES_A_MINUTE = 60

/**
 * The way in. A link is opened by whatever previews links in a chat app, too, so looking at it uses nothing up: a button does.
 */
export function accessRoutes(site: StaffSite): Hono {
  const { context, words } = site
  const { store, clock, config, newId } = context
  const secure = config.publicUrl.startsWith('https:')
  const app = new Hono()
  let wrong = { since: 0, count: 0 }
  const tooMany = () => {
    if (clock() - wrong.since > 60_000) wrong = { since: clock(), count: 0 }
    return wrong.count >= WRONG_CODES_A_MINUTE
  }

  app.get('/enter', async (c) => {
    const locale = pageLocale(c, secure, '/staff')
    const say = (key: string) => words.say(locale, `phrases:staff.enter.${key}`)
    const code = c.req.query('code') ?? ''
    // The code first: whoever has a right one is not kept out by those who guess.
    const state = await pageLinkState(store.db, hashCode(code), clock())
    if (state !== 'open') {
      if (tooMany()) return c.html(bare(site, locale, say('title'), html`<p>${say('too-many')}</p>`), 429)
      wrong.count++
      return c.html(bare(site, locale, say('title'), html`<p role="alert">${say(state)}</p>`), 403)
    }
    const form = html`<p>${say('about')}</p>
      <form method="post" action="/staff/enter">
        <input type="hidden" name="code" value="${code}" />
        <button>${say('go')}</button>
      </form>`
    return c.html(bare(site, locale, say('title'), form))
  })

  app.post('/enter', async (c) => {
    const locale = pageLocale(c, secure, '/staff')
    if (!isOwnOrigin(c, config.publicUrl)) {
      const say = (key: string) => words.say(locale, `phrases:staff.${key}`)
      return c.html(bare(site, locale, say('enter.title'), html`<p role="alert">${say('error.forged')}</p>`), 403)
    }
    const { code } = await c.req.parseBody()
    const now = clock()
    const token = randomCode()
    const taken = await store.transaction(async (tx) => {
      const link = await redeemPageLink(tx, hashCode(String(code)), now)
      if (!link) return null
      await createPageSession(tx, {
        tokenHash: hashCode(token),
        contact: link.contact,
        csrf: randomCode(),
        createdAt: now,
        expiresAt: now + STAFF_SESSION_MS,
      })
      const scope = await scopeOfContact(tx, link.contact)
      await audit(tx, scope, [
        { id: newId(), at: now, deed: 'signed-in', kind: 'pages', subject: null, group: null, count: null },
      ])
      return link
    })
    // The page behind it says why, and counts it.
    if (!taken) return c.redirect(`/staff/enter?code=${encodeURIComponent(String(code))}`, 303)
    setCookie(c, COOKIE, token, {
      httpOnly: true,
      sameSite: 'Lax',
      secure,
      path: '/staff',
      maxAge: STAFF_SESSION_MS / 1000,
    })
    return c.redirect(taken.path, 303)
  })
  return app
}

/** Lets in who is signed in, and their forms; everybody else is told how to come in. */
export function signedIn(site: StaffSite): MiddlewareHandler<StaffEnv> {
  const { context, words } = site
  const { store, clock, config } = context
  const secure = config.publicUrl.startsWith('https:')
  return async (c, next) => {
    const token = getCookie(c, COOKIE)
    const known = token === undefined ? null : await findPageSession(store.db, hashCode(token), clock())
    const asked = pageLocale(c, secure, '/staff')
    const chosen = c.req.query('lang') !== undefined || getCookie(c, 'ward_lang') !== undefined
    if (!known) {
      c.header('Cache-Control', 'no-store')
      const say = (key: string) => words.say(asked, `phrases:staff.enter.${key}`)
      const body = changes(c)
        ? await refusedForm(site, c, { locale: asked, csrf: null })
        : html`<p>${say('signed-out')}</p>`
      return c.html(bare(site, asked, say('title'), body), 401)
    }
    const viewer: Viewer = {
      contact: known.contact,
      role: known.role as Viewer['role'],
      scope: await scopeOfContact(store.db, known.contact),
      locale: chosen ? asked : known.locale,
      csrf: known.csrf,
    }
    c.set('viewer', viewer)
    c.set('say', (key, vars) => words.say(viewer.locale, `phrases:staff.${key}`, vars))
    c.header('Cache-Control', 'no-store')
    if (changes(c)) {
      // A body is read once and remembered by Hono, so the handler finds it again.
      const { csrf } = await c.req.parseBody({ all: true })
      if (!isOwnOrigin(c, config.publicUrl) || !same(String(csrf ?? ''), viewer.csrf)) {
        const body = await refusedForm(site, c, viewer)
        return c.html(page(site, c, c.get('say')('kept.title'), body), 403)
      }
    }
    return next()
  }
}

/** Signs out: this session ends on the server too. */
export function leaveRoutes({ context }: StaffSite): Hono<StaffEnv> {
  const app = new Hono<StaffEnv>()
  app.post('/leave', async (c) => {
    const token = getCookie(c, COOKIE)
    if (token !== undefined) await endPageSession(context.store.db, hashCode(token))
    await dropHeldFile(context.store.db, c.get('viewer').contact)
    deleteCookie(c, COOKIE, { path: '/staff' })
    return c.redirect('/staff', 303)
  })
  return app
}

const changes = (c: Call) => c.req.method !== 'GET' && c.req.method !== 'HEAD'

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
