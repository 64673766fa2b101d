import { invitationPage, invitationPayload, invite } from '../../access/invite.js'
import type { WayIn, WaysIn } from '../../access/ways-in.js'
import type { Role } from '../../core/model/contact.js'
import { mayInvite } from '../../core/policy/roles.js'
import type { Line } from '../../core/model/message.js'
import { phrase } from '../../core/talk/draft.js'
import { audit } from '../../store/audit.js'
import { ROLE_LABEL_MAX } from '../../store/invitations.js'
import { scopeOfContact } from '../../store/scope.js'
import { giveUpRole } from '../../tickets/role-end.js'
import type { TicketParts } from '../../tickets/tickets.js'
import type { Dialog, Dialogue } from '../dialogue.js'
import { whichGroup } from './scope.js'

const WITH_GROUP: ReadonlySet<Role> = new Set(['leader', 'helper'])

/** `/moi`: a one-time invitation to a role, as a link to pass on; and giving up one's own role. */
export function inviteDialog(parts: TicketParts & { waysIn: WaysIn; publicUrl: string }): Dialog {
  return {
    name: 'invite',
    version: 2,
    roles: ['helper', 'leader', 'staff', 'admin'],
    async run(d) {
      const own = await d.act('own', async ({ contact }) => contact.role)
      const what = await d.choose('role', {
        block: [
          mayInvite(own).length > 0
            ? phrase('invite.ask')
            : phrase('invite.ask-own', { role: phrase(`invite.roles.${own}`) }),
        ],
        options: [
          ...mayInvite(own).map((role) => ({ id: role, label: phrase(`invite.roles.${role}`) })),
          { id: 'leave', label: phrase('invite.leave') },
          { id: 'cancel', label: phrase('invite.cancel') },
        ],
      })
      if (what === 'cancel') return d.say(phrase('dialog.left'))
      if (what === 'leave') return leave(d, parts)
      const role = mayInvite(own).find((known) => known === what)
      if (!role) return
      let group: number | null = null
      if (WITH_GROUP.has(role)) {
        const chosen = await whichGroup(d, { all: false, known: parts.ward.groups })
        if (!chosen) return
        group = chosen.group
      }
      const label = await labelOf(d)
      if (label === null) return d.say(phrase('dialog.left'))
      const code = await d.act('code', async ({ tx, at, newId, contact }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        if (!mayInvite(scope.role).includes(role) || (group !== null && !scope.holds(group))) return null
        await audit(tx, scope, [{ id: newId(), at, deed: 'invited', kind: role, subject: null, group, count: null }])
        return invite(tx, role, group, at, { by: contact.contact, label })
      })
      if (code === null) return d.say(phrase('command.not-yours'))
      d.say(
        phrase('invite.made', {
          role: phrase(`invite.roles.${role}`),
          where: group === null ? '' : phrase('leaders.in-group', { group }),
          label,
        }),
        ...parts.waysIn.of(invitationPayload(code)).map(wayLine),
        phrase('invite.picture', { url: invitationPage(parts.publicUrl, code) }),
        phrase('invite.only-to-them'),
      )
    },
  }
}

function wayLine(way: WayIn): Line {
  const app = phrase(`staff.ways.apps.${way.app}`)
  return 'url' in way
    ? phrase('invite.by-link', { app, url: way.url })
    : phrase('invite.by-words', { app, words: way.words })
}

/** Whom the invitation is for: the log and the page call them by it. Null: left. */
async function labelOf(d: Dialogue): Promise<string | null> {
  const label = await d.text(
    'label',
    { block: [phrase('invite.label')], options: [{ id: 'cancel', label: phrase('invite.cancel') }] },
    (text) =>
      [...text.trim()].length > ROLE_LABEL_MAX
        ? { no: phrase('invite.label-long', { most: ROLE_LABEL_MAX }) }
        : { ok: text.trim() },
  )
  return typeof label === 'string' ? label : null
}

async function leave(d: Dialogue, parts: TicketParts): Promise<void> {
  const sure = await d.choose('sure', {
    block: [phrase('invite.leave-sure')],
    options: [
      { id: 'yes', label: phrase('invite.leave-yes') },
      { id: 'cancel', label: phrase('invite.cancel') },
    ],
  })
  if (sure !== 'yes') return d.say(phrase('dialog.left'))
  await d.act('leave', async ({ tx, contact, wake }) => wake(await giveUpRole(tx, parts, contact.contact)))
  d.say(phrase('invite.left'))
}
