import { invitationPayload, invite } from '../../access/invite.js'
import type { Role } from '../../core/model/contact.js'
import { mayInvite } from '../../core/policy/roles.js'
import { phrase } from '../../core/talk/draft.js'
import { audit } from '../../store/audit.js'
import { setRole } from '../../store/contacts.js'
import { endPageAccess } from '../../store/page-access.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog, Dialogue } from '../dialogue.js'
import { whichGroup } from './scope.js'

const WITH_GROUP: ReadonlySet<Role> = new Set(['leader', 'helper'])

/** `/moi`: a one-time invitation to a role, as a link to pass on; and giving up one's own role. */
export function inviteDialog({ publicUrl, groups }: { publicUrl: string; groups: readonly number[] }): Dialog {
  return {
    name: 'invite',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const own = await d.act('own', async ({ contact }) => contact.role)
      const what = await d.choose('role', {
        block: [phrase('invite.ask')],
        options: [
          ...mayInvite(own).map((role) => ({ id: role, label: phrase(`invite.roles.${role}`) })),
          { id: 'leave', label: phrase('invite.leave') },
          { id: 'cancel', label: phrase('invite.cancel') },
        ],
      })
      if (what === 'cancel') return d.say(phrase('dialog.left'))
      if (what === 'leave') return leave(d)
      const role = mayInvite(own).find((known) => known === what)
      if (!role) return
      let group: number | null = null
      if (WITH_GROUP.has(role)) {
        const chosen = await whichGroup(d, { all: false, known: groups })
        if (!chosen) return
        group = chosen.group
      }
      const code = await d.act('code', async ({ tx, at, newId, contact }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        if (!mayInvite(scope.role).includes(role) || (group !== null && !scope.holds(group))) return null
        await audit(tx, scope, [{ id: newId(), at, deed: 'invited', kind: role, subject: null, group, count: null }])
        return invite(tx, role, group, at, contact.contact)
      })
      if (code === null) return d.say(phrase('command.not-yours'))
      const payload = invitationPayload(code)
      d.say(
        phrase('invite.made', {
          role: phrase(`invite.roles.${role}`),
          where: group === null ? '' : phrase('leaders.group', { group }),
          url: `${publicUrl}/chat?start=${payload}`,
          payload,
        }),
      )
    },
  }
}

async function leave(d: Dialogue): Promise<void> {
  const sure = await d.choose('sure', {
    block: [phrase('invite.leave-sure')],
    options: [
      { id: 'yes', label: phrase('invite.leave-yes') },
      { id: 'cancel', label: phrase('invite.cancel') },
    ],
  })
  if (sure !== 'yes') return d.say(phrase('dialog.left'))
  await d.act('leave', async ({ tx, at, newId, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    await audit(tx, scope, [
      { id: newId(), at, deed: 'revoked', kind: contact.role, subject: contact.contact, group: null, count: null },
    ])
    await setRole(tx, contact.contact, 'resident', [], at)
    await endPageAccess(tx, contact.contact)
  })
  d.say(phrase('invite.left'))
}
