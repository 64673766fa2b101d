import { Hono } from 'hono'
import { bodyLimit } from 'hono/body-limit'
import type { Context } from '../../context.js'
import { FILE_LIMIT } from '../../roster/read.js'
import { createFiles } from '../files.js'
import { pageLocale } from '../identity.js'
import type { PageTexts } from '../words.js'
import { accessRoutes, leaveRoutes, signedIn } from './access.js'
import { articleRoutes } from './articles.js'
import { broadcastRoutes } from './broadcasts.js'
import { composeRoutes } from './compose.js'
import { contactRoutes } from './contacts.js'
import { draftRoutes } from './drafts.js'
import { doorRoutes } from './door.js'
import { exportRoutes } from './exports.js'
import { findRoutes } from './find.js'
import { guideRoutes } from './guides.js'
import { healthRoutes } from './health.js'
import { logRoutes } from './log.js'
import { officialRoutes } from './officials.js'
import { radarRoutes } from './radar.js'
import { roleRoutes } from './roles.js'
import { groupPaperRoutes } from './group-papers.js'
import { groupRoutes } from './group.js'
import { householdSlipRoutes } from './household-slips.js'
import { householdRoutes } from './households.js'
import { incidentRoutes } from './incidents.js'
import { IMPORT_PATH, importRoutes } from './import.js'
import { overviewRoutes } from './overview.js'
import { questionRoutes } from './questions.js'
import { tallyEntryRoutes } from './tally-entry.js'
import { tallyRoutes } from './tally.js'
import { ticketRoutes } from './tickets.js'
import { personChangeRoutes } from './person-change.js'
import { personNewRoutes } from './person-new.js'
import { personHelperRoutes } from './person-helpers.js'
import { personMergeRoutes } from './person-merges.js'
import { personRoutes } from './person.js'
import { ruleRoutes } from './rules.js'
import { slipRoutes } from './slip.js'
import type { StaffEnv, StaffSite } from './site.js'
import { visitDeedRoutes } from './visit-deeds.js'
import { visitRoutes } from './visits.js'

const PAGES = [
  overviewRoutes,
  groupRoutes,
  doorRoutes,
  householdRoutes,
  visitRoutes,
  visitDeedRoutes,
  contactRoutes,
  findRoutes,
  personRoutes,
  personChangeRoutes,
  personNewRoutes,
  personMergeRoutes,
  personHelperRoutes,
  slipRoutes,
  groupPaperRoutes,
  householdSlipRoutes,
  tallyRoutes,
  tallyEntryRoutes,
  importRoutes,
  exportRoutes,
  draftRoutes,
  radarRoutes,
  composeRoutes,
  ruleRoutes,
  articleRoutes,
  broadcastRoutes,
  ticketRoutes,
  questionRoutes,
  incidentRoutes,
  officialRoutes,
  guideRoutes,
  roleRoutes,
  logRoutes,
  healthRoutes,
]

/** Bytes of a form; a list of the roster has a limit of its own. */
const FORM_LIMIT = 256 * 1024
/** … and what stands around the file in the form. */
const LIST_LIMIT = FILE_LIMIT + FORM_LIMIT

/** `/staff…`: the pages of group heads and ward staff. Every page stands in a file of its own and is added below. */
export function staffRoutes(context: Context, words: PageTexts): Hono<StaffEnv> {
  const files = createFiles('/staff', { 'staff.css': 'text/css', 'staff.js': 'text/javascript' })
  const site: StaffSite = { context, words, file: files.address }
  const app = new Hono<StaffEnv>()
  app.route('/', files.routes)
  // Before anything reads a body: what is too large is refused unread.
  const small = bodyLimit({ maxSize: FORM_LIMIT, onError: (c) => c.text('413', 413) })
  const list = bodyLimit({
    maxSize: LIST_LIMIT,
    onError: (c) => c.text(words.say(pageLocale(c, false, '/staff'), 'phrases:staff.error.too-large'), 413),
  })
  app.use((c, next) => (c.req.path === IMPORT_PATH ? list : small)(c, next))
  app.route('/', accessRoutes(site))
  app.use(signedIn(site))
  app.route('/', leaveRoutes(site))
  for (const routes of PAGES) app.route('/', routes(site))
  return app
}
