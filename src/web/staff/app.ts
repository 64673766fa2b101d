import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Context } from '../../context.js'
import { createFiles } from '../files.js'
import type { PageTexts } from '../words.js'
import { accessRoutes, leaveRoutes, signedIn } from './access.js'
import { doorRoutes } from './door.js'
import { groupRoutes } from './group.js'
import { householdRoutes } from './households.js'
import { overviewRoutes } from './overview.js'
import type { StaffEnv, StaffSite } from './site.js'
import { visitRoutes } from './visits.js'

const PAGES = [overviewRoutes, groupRoutes, doorRoutes, householdRoutes, visitRoutes]

/** Bytes of a form; a list of the roster has a limit of its own. */
const FORM_LIMIT = 256 * 1024

/** `/staff…`: the pages of group heads and ward staff. Every page stands in a file of its own and is added below. */
export function staffRoutes(context: Context, words: PageTexts): Hono<StaffEnv> {
  const files = createFiles('/staff', { 'staff.css': 'text/css', 'staff.js': 'text/javascript' })
  const site: StaffSite = { context, words, file: files.address }
  const app = new Hono<StaffEnv>()
  app.route('/', files.routes)
  app.route('/', accessRoutes(site))
  // Before anything reads a body: what is too large is refused unread.
  const small = bodyLimit({ maxSize: FORM_LIMIT, onError: (c) => c.text('413', 413) })
  app.use((c, next) => small(c, next))
  app.use(signedIn(site))
  app.route('/', leaveRoutes(site))
  for (const routes of PAGES) app.route('/', routes(site))
  return app
}
