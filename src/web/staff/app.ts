import { Hono } from 'hono'
import type { Context } from '../../context.js'
import { createFiles } from '../files.js'
import type { PageTexts } from '../words.js'
import { accessRoutes, leaveRoutes, signedIn } from './access.js'
import { overviewRoutes } from './overview.js'
import type { StaffEnv, StaffSite } from './site.js'

/** `/staff…`: the pages of group heads and ward staff. Every page stands in a file of its own and is added below. */
export function staffRoutes(context: Context, words: PageTexts): Hono<StaffEnv> {
  const files = createFiles('/staff', { 'staff.css': 'text/css', 'staff.js': 'text/javascript' })
  const site: StaffSite = { context, words, file: files.address }
  const app = new Hono<StaffEnv>()
  app.route('/', files.routes)
  app.route('/', accessRoutes(site))
  app.use(signedIn(site))
  app.route('/', leaveRoutes(site))
  for (const routes of [overviewRoutes]) app.route('/', routes(site))
  return app
}
