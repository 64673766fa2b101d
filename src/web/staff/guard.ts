import { html } from 'hono/html'
import type { AuditDeed } from '../../core/model/audit.js'
import { DAY_MS } from '../../core/policy/calendar.js'
import { type Deed, may } from '../../core/policy/roles.js'
import { audit, hasSeen } from '../../store/audit.js'
import { smallGroups } from '../../store/scope.js'
import { page } from './layout.js'
import type { StaffCall, StaffSite } from './site.js'

/** What a page shows or does to others' data: one line in the audit log. */
export interface Look {
  deed?: AuditDeed
  kind: string
  subject?: string | null
  group?: number | null
  count?: number | null
}

/** Writes down that the viewer saw, took or changed something. */
export async function note({ context }: StaffSite, c: StaffCall, look: Look): Promise<void> {
  const { deed = 'saw', kind, subject = null, group = null, count = null } = look
  await audit(context.store.db, c.get('viewer').scope, [
    { id: context.newId(), at: context.clock(), deed, kind, subject, group, count },
  ])
}

/** Looks at one thing within so long are one visit, ms. */
const VISIT_MS = 10 * 60_000

/** Writes down a visit, and not every time that its page asks for the newest numbers by itself. */
export async function noteVisit(site: StaffSite, c: StaffCall, look: Look & { subject: string }): Promise<void> {
  const { store, clock } = site.context
  const since = clock() - (c.req.header('x-refresh') === '1' ? DAY_MS : VISIT_MS)
  const { kind, subject } = look
  if (!(await hasSeen(store.db, c.get('viewer').scope, { kind, subject, since }))) await note(site, c, look)
}

/** The answer to somebody who asks for what is not theirs; the log keeps that they asked. */
export async function refuse(site: StaffSite, c: StaffCall, kind: string, group: number | null = null) {
  await note(site, c, { deed: 'refused', kind, group })
  const text = c.get('say')('error.not-yours')
  return c.html(page(site, c, text, html``), 403)
}

export function missing(site: StaffSite, c: StaffCall) {
  return c.html(page(site, c, c.get('say')('error.not-found'), html``), 404)
}

/** The answer to a form that names a guide which is none, or is none any more. */
export function unknownGuide(site: StaffSite, c: StaffCall) {
  return c.html(page(site, c, c.get('say')('error.no-guide'), html``), 400)
}

/** The group in the address when the viewer may do this with it; null otherwise. */
export function groupOf(c: StaffCall, deed: Deed): number | null {
  const group = Number(c.req.param('group'))
  const { scope } = c.get('viewer')
  return Number.isInteger(group) && group > 0 && group < 1000 && scope.holds(group) && may(scope.role, deed)
    ? group
    : null
}

/** Whether the people of a group are too few for the viewer to learn who of them stands where. */
export async function isTooSmall({ context }: StaffSite, c: StaffCall, group: number | null): Promise<boolean> {
  return group !== null && (await smallGroups(context.store.db, c.get('viewer').scope)).has(group)
}
