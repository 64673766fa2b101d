import { Hono } from 'hono'
import { INVITATION_PAGE } from '../access/invite.js'
import type { Context } from '../context.js'
import { storeFailure } from '../store/errors.js'
import { createFeeds, type Feeds } from './feeds.js'
import { healthRoutes } from './health.js'
import { pageLocale } from './identity.js'
import { invitationRoutes } from './invitation.js'
import { messageRoutes } from './messages.js'
import { createMetrics } from './metrics.js'
import { myDataRoutes } from './my-data.js'
import { createNewcomers } from './newcomers.js'
import { pageRoutes } from './page.js'
import { securityHeaders } from './security.js'
import { staffRoutes } from './staff/app.js'
import { streamRoutes } from './stream.js'
import { webhookRoutes } from './webhooks.js'
import { createPageTexts, retryLater } from './words.js'
import { consentRoutes } from './zalo/consent.js'
import { zaloWebhookRoutes } from './zalo/webhook.js'

/** All that answers HTTP. `feeds` is given by whoever has to close it. */
export function createWeb(context: Context, feeds: Feeds = createFeeds(context)): Hono {
  const words = createPageTexts(context)
  const metrics = createMetrics()
  context.turns.watch(metrics.batch)
  const app = new Hono()
  // Before the headers of all others: it is the one route that every message comes through, and it sets them itself.
  app.route('/chat', messageRoutes(context, feeds, createNewcomers(), words))
  app.use(securityHeaders)
  app.get('/', (c) => c.redirect('/chat'))
  app.route('/', healthRoutes(context, feeds, metrics))
  app.route('/chat', streamRoutes(context, feeds))
  app.route('/chat', pageRoutes(context, words))
  app.route('/my-data', myDataRoutes(context, words))
  app.route(INVITATION_PAGE, invitationRoutes(context, words))
  app.route('/staff', staffRoutes(context, words))
  app.route('/webhooks', webhookRoutes(context))
  app.route('/zalo', consentRoutes(context, words))
  app.route('/webhooks', zaloWebhookRoutes(context))
  app.notFound((c) => c.text(words.say(pageLocale(c, false), 'chat:error.not-found'), 404))
  app.onError((error, c) => {
    const failure = storeFailure(error)
    // The route, never the address: its query may hold an invitation.
    const err = failure === null ? error.stack : error.message
    context.log.error({ err, failure, method: c.req.method, path: c.req.path }, 'web: failed')
    if (failure !== null) return retryLater(c, 503, words.say(pageLocale(c, false), 'phrases:failure.busy'))
    return c.text(words.say(pageLocale(c, false), 'chat:error.failed'), 500)
  })
  return app
}
