import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { invitationPayload, invite } from '../turns/invite.js'
import { withStore } from './open.js'
import { UsageError, wholeNumber, type Values } from './usage.js'

export const inviteOptions = { role: { type: 'string' }, group: { type: 'string' }, json: { type: 'boolean' } } as const

const ROLES = ['leader', 'staff', 'admin'] as const

/** Makes a one-time invitation and prints the link; the code is shown here and never again. */
export async function makeInvitation(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const role = ROLES.find((known) => known === values['role'])
  if (!role) throw new UsageError(`--role must be one of ${ROLES.join(', ')}`)
  const group = values['group'] === undefined ? null : wholeNumber('group', String(values['group']), 1, 999)
  if (role === 'leader' && group === null) throw new UsageError('--group N is needed for a leader')
  if (role !== 'leader' && group !== null) throw new UsageError('--group belongs to the role leader')
  const { groups } = loadContent(config).ward.value
  if (group !== null && groups.length > 0 && !groups.includes(group))
    throw new UsageError(`--group ${group} is not among the groups of ${config.wardFile}`)
  const code = await withStore(config, ({ db }) => invite(db, role, group, Date.now()))
  const payload = invitationPayload(code)
  const link = `${config.publicUrl}/chat?start=${payload}`
  out(
    values['json']
      ? `${JSON.stringify({ role, group, payload, link })}\n`
      : `${link}\nor send to the bot: /start ${payload}\nOne use, 7 days.\n`,
  )
  return 0
}
