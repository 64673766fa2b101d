import { Hono } from 'hono'
import { may } from '../../core/policy/roles.js'
import { dayOf } from '../../core/policy/calendar.js'
import { draftFile, type DraftName, DRAFTS } from '../../exports/drafts.js'
import { missing, note, refuse } from './guard.js'
import type { StaffEnv, StaffSite } from './site.js'

const TYPE = 'application/vnd.openxmlformats-officedocument.wordprocessingml.document'

/** `/staff/drafts/report.docx`, `card-team.docx`: official letters with the ward's figures filled in, for those who may see the whole ward. */
export function draftRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  app.get('/drafts/:file', async (c) => {
    const { scope, role } = c.get('viewer')
    const asked = /^([a-z-]+)\.docx$/.exec(c.req.param('file'))?.[1]
    const name = DRAFTS.find((one): one is DraftName => one === asked)
    if (name === undefined) return missing(site, c)
    if (!may(role, 'export') || scope.groups !== 'ward') return refuse(site, c, name)
    const day = dayOf(context.clock())
    const { store, world, ward, texts } = context
    const { bytes, count } = await draftFile(name, { db: store.db, scope, flows: world.flows, ward, texts, day })
    await note(site, c, { deed: 'exported', kind: name, count })
    c.header('Content-Type', TYPE)
    c.header('Content-Disposition', `attachment; filename="${name}-${day}.docx"`)
    return c.body(new Uint8Array(bytes))
  })
  return app
}
