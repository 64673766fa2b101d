import { Hono } from 'hono'
import { html } from 'hono/html'
import { hashCode } from '../access/codes.js'
import { INVITATION_PAGE, invitationPayload } from '../access/invite.js'
import type { Context } from '../context.js'
import { invitationOf } from '../store/invitations.js'
import { pageLocale } from './identity.js'
import { waysIn } from './staff/invitations.js'
import { bare } from './staff/layout.js'
import type { PageTexts } from './words.js'

/** What a code of ours looks like; anything else is asked of nobody. */
const CODE = /^[\w-]{20}$/

/**
 * `/invitation?code=…`: the picture of an invitation, for whoever made it to show or to print: the chat gives the link to it, because not every app takes a
 * picture. It tells nothing that the invitation's own link does not, names nobody, and looking at it uses nothing up.
 */
export function invitationRoutes(context: Context, words: PageTexts): Hono {
  const { store, clock, config } = context
  const site = { context, words, file: (name: string) => `/staff/${name}` }
  const app = new Hono()
  app.get('/', async (c) => {
    const locale = pageLocale(c, config.publicUrl.startsWith('https:'), INVITATION_PAGE)
    const say = (key: string, vars = {}) => words.say(locale, `phrases:staff.${key}`, vars)
    const code = c.req.query('code') ?? ''
    const found = CODE.test(code) ? await invitationOf(store.db, hashCode(code), clock()) : 'unknown'
    c.header('Cache-Control', 'no-store')
    if (typeof found === 'string')
      return c.html(bare(site, locale, say('qr-page.title'), html`<p role="alert">${say('qr-page.over')}</p>`), 404)
    await context.waysIn.learn()
    const body = html`<p>${say('qr-page.about')} ${say('roles.invite-about')}</p>
      ${waysIn(say, context.waysIn.of(invitationPayload(code)))}`
    return c.html(bare(site, locale, say('qr-page.title'), body))
  })
  return app
}
