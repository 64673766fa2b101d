import { timingSafeEqual } from 'node:crypto'
import { type Context as Call, Hono } from 'hono'
import { deleteCookie, getCookie, setCookie } from 'hono/cookie'
import { html } from 'hono/html'
import { hashCode, randomCode } from '../../access/codes.js'
import { CODE_LIFE_MS, verifierFor } from '../../channels/zalo/sdk/index.js'
import type { Context } from '../../context.js'
import type { Locale } from '../../core/model/message.js'
import { consentLinkState, useConsentLink } from '../../store/consent-links.js'
import { storeFailure } from '../../store/errors.js'
import { connectByCode, type Connected, troubleKey } from '../../upkeep/connect.js'
import { pageLocale } from '../identity.js'
import { bare, type Html } from '../staff/layout.js'
import type { PageTexts } from '../words.js'

const COOKIE = 'ward_zalo'
/** How long a consent may take once its page was opened, ms; the code that comes back lives ten minutes. */
const FLOW_MS = 30 * 60_000 + CODE_LIFE_MS

/** What the browser keeps between leaving for Zalo and coming back, sealed: so that only who left can come back. */
interface Flow {
  link: string
  state: string
  verifier: string | null
  until: number
}

/** `GET /zalo/connect` and `GET /zalo/callback`: an admin of the Official Account consents, behind a one-time link of `ward zalo connect`. */
export function consentRoutes(context: Context, words: PageTexts): Hono {
  const { config, zaloAccess, store, seals, clock, log } = context
  const secure = config.publicUrl.startsWith('https:')
  const redirectUri = `${config.publicUrl}/zalo/callback`
  const site = { context, words, file: (name: string) => `/staff/${name}` }
  const app = new Hono()

  /** A page with one title and sentences; what it is about must not stay in a cache. */
  const show = (c: Call, locale: Locale, status: 200 | 400 | 403 | 404 | 502 | 503, title: string, body: Html) => {
    c.header('Cache-Control', 'no-store')
    return c.html(bare(site, locale, words.say(locale, `phrases:connect.${title}`), body), status)
  }
  const sayIn = (locale: Locale) => (key: string, vars?: Record<string, string>) =>
    words.say(locale, `phrases:connect.${key}`, vars)
  const alert = (...sentences: string[]) =>
    html`<div role="alert">${sentences.map((sentence) => html`<p>${sentence}</p>`)}</div>`

  app.get('/connect', async (c) => {
    const locale = pageLocale(c, secure, '/zalo')
    const say = sayIn(locale)
    if (!config.zalo || !zaloAccess) return show(c, locale, 404, 'title', alert(say('not-set-up')))
    const link = c.req.query('code') ?? ''
    const state = await consentLinkState(store.db, hashCode(link), clock())
    if (state !== 'open') return show(c, locale, 403, 'title', alert(say(`link.${state}`)))
    const flow: Flow = { link, state: randomCode(), verifier: verifierFor(config.zalo.pkce), until: clock() + FLOW_MS }
    setCookie(c, COOKIE, seals.seal(COOKIE, 'browser', JSON.stringify(flow)), {
      httpOnly: true,
      // Zalo leads back with a link of its own, which «Strict» would send without the cookie.
      sameSite: 'Lax',
      secure,
      path: '/zalo',
      maxAge: FLOW_MS / 1000,
    })
    const other = locale === 'vi' ? 'en' : 'vi'
    const consent = zaloAccess.oauth.consentUrl({ redirectUri, state: flow.state, verifier: flow.verifier })
    return show(
      c,
      locale,
      200,
      'title',
      html`<p>${say('about', { oa: config.zalo.oaId })}</p>
        <p>${say('before')}</p>
        <ol>
          <li>${say('check.active')}</li>
          <li>${say('check.callback')} <code>${redirectUri}</code></li>
          <li>${say('check.rights')}</li>
          <li>${say('check.admin')}</li>
        </ol>
        <p><a class="button" href="${consent}" rel="noreferrer">${say('go')}</a></p>
        <p>${say('after')}</p>
        <p>
          <a href="/zalo/connect?code=${link}&lang=${other}" lang="${other}" hreflang="${other}"
            >${say('other-language')}</a
          >
        </p>`,
    )
  })

  app.get('/callback', async (c) => {
    const locale = pageLocale(c, secure, '/zalo')
    const say = sayIn(locale)
    if (!config.zalo || !zaloAccess) return show(c, locale, 404, 'title', alert(say('not-set-up')))
    const flow = flowOf(c)
    const given = c.req.query('state')
    if (!flow || (given !== undefined && !same(given, flow.state)))
      return show(c, locale, 403, 'failed', alert(say('not-begun-here')))
    const link = hashCode(flow.link)
    const linked = await consentLinkState(store.db, link, clock())
    if (linked === 'used') return show(c, locale, 403, 'failed', alert(say('link.used')))
    const again = html`<p>
      <a class="button" href="/zalo/connect?code=${flow.link}">${say('again')}</a>
    </p>`
    const fail = (status: 400 | 403 | 502 | 503, ...sentences: string[]) =>
      show(c, locale, status, 'failed', html`${alert(...sentences)}${linked === 'open' ? again : ''}`)
    const code = c.req.query('code')
    if (!code) return fail(400, say('no-code'))

    let connected: Connected
    try {
      const named = c.req.query('oa_id') ?? null
      connected = await connectByCode({ access: zaloAccess, config: config.zalo }, { code, verifier: flow.verifier, named }) // prettier-ignore
    } catch (error) {
      const failure = storeFailure(error)
      if (failure === null) throw error
      log.error({ channel: 'zalo', failure }, 'zalo: a new pair could not be stored')
      return fail(503, say('not-stored'))
    }
    const { kind } = connected
    const told = kind === 'refused' ? { code: connected.error.code, why: connected.error.name } : kind === 'connected' ? { trouble: connected.trouble?.code } : {} // prettier-ignore
    log[kind === 'connected' ? 'info' : 'warn']({ channel: 'zalo', oa: config.zalo.oaId, kind, ...told }, 'zalo: consent') // prettier-ignore
    switch (kind) {
      case 'connected': {
        await useConsentLink(store.db, link, clock())
        deleteCookie(c, COOKIE, { path: '/zalo' })
        const { name, trouble } = connected
        const rest = trouble
          ? alert(say('but'), say(troubleKey(trouble), { code: String(trouble.code) }))
          : html`<p>${say('next')}</p>`
        return show(c, locale, 200, 'done', html`<p>${say('connected', { name: name ?? config.zalo.oaId })}</p>${rest}`) // prettier-ignore
      }
      case 'wrong-oa':
        return fail(403, say('wrong-oa', { given: connected.oaId ?? '?', wanted: config.zalo.oaId }))
      case 'refused':
        return fail(502, say(troubleKey(connected.error), { code: String(connected.error.code) }), say('code-once'))
      case 'no-answer':
        return fail(502, say('no-answer'))
    }
  })

  /** Who left from here comes back with it; null: nobody did, or too long ago. */
  const flowOf = (c: Call): Flow | null => {
    const opened = seals.open(COOKIE, 'browser', getCookie(c, COOKIE) ?? '')
    if (!opened.ok) return null
    const flow = JSON.parse(opened.text) as Flow
    return flow.until > clock() ? flow : null
  }
  return app
}

function same(a: string, b: string): boolean {
  const [x, y] = [Buffer.from(a), Buffer.from(b)]
  return x.length === y.length && timingSafeEqual(x, y)
}
