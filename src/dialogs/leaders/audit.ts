import type { Line } from '../../core/model/message.js'
import { dayOf, isoLocal } from '../../core/policy/calendar.js'
import { MACHINE, OPERATOR } from '../../core/policy/roles.js'
import { auditKind } from '../../core/talk/audit.js'
import { phrase } from '../../core/talk/draft.js'
import type { World } from '../../core/talk/world.js'
import { auditLog, type NamedEntry } from '../../store/audit.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog } from '../dialogue.js'

/** Lines that one message shows; the page shows all. */
const SHOWN = 10

/** `/nhatky`: who did what lately – of everybody for staff, of oneself for a group head. */
export function auditDialog({ world }: { world: World }): Dialog {
  return {
    name: 'audit',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const lines = await d.act('read', async ({ tx, contact }) =>
        auditLog(tx, await scopeOfContact(tx, contact.contact), { limit: SHOWN }),
      )
      if (lines.length === 0) return d.say(phrase('audit.none'))
      d.say(phrase('audit.heading'), ...lines.map((line) => lineOf(world, line)))
    },
  }
}

function lineOf(world: World, line: NamedEntry): Line {
  const { at, deed, kind, group, count, subjectLabel } = line
  return phrase('audit.line', {
    day: { day: dayOf(at) },
    time: isoLocal(at).slice(11, 16),
    who: whoOf(line),
    deed: phrase(`staff.log.deeds.${deed}`),
    kind: auditKind(line, world.flows) ?? kind,
    about:
      subjectLabel === null || subjectLabel === line.whoLabel ? '' : phrase('audit.about', { label: subjectLabel }),
    group: group === null ? '' : phrase('audit.in-group', { group }),
    count: count === null ? '' : phrase('audit.people', { count }),
  })
}

function whoOf({ who, whoLabel, role }: NamedEntry): Line {
  if (who === OPERATOR.id) return phrase('staff.log.operator')
  if (who === MACHINE.id) return phrase('staff.log.machine')
  const called = phrase(`audit.roles.${role}`)
  return whoLabel === null ? called : phrase('audit.who', { label: whoLabel, role: called })
}
