import { dayOf } from '../../core/policy/calendar.js'
import { kindKey } from '../../core/model/audit.js'
import { phrase } from '../../core/talk/draft.js'
import { auditLog } from '../../store/audit.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog } from '../dialogue.js'

/** Lines that one message shows; the page shows all. */
const SHOWN = 10

/** `/nhatky`: who did what lately – of everybody for staff, of oneself for a group head. */
export function auditDialog(): Dialog {
  return {
    name: 'audit',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const lines = await d.act('read', async ({ tx, contact }) =>
        auditLog(tx, await scopeOfContact(tx, contact.contact), { limit: SHOWN }),
      )
      if (lines.length === 0) return d.say(phrase('audit.none'))
      d.say(
        phrase('audit.heading'),
        ...lines.map(({ at, role, deed, kind, group, count }) =>
          phrase('audit.line', {
            day: { day: dayOf(at) },
            role: phrase(`audit.roles.${role}`),
            deed: phrase(`audit.deeds.${deed}`),
            kind: kindKey(kind) === null ? kind : { key: kindKey(kind)! },
            group: group === null ? '' : phrase('audit.in-group', { group }),
            count: count === null ? '' : phrase('audit.people', { count }),
          }),
        ),
      )
    },
  }
}
