import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { invitationPayload, invite } from '../access/invite.js'
import { withStore } from './open.js'
import { roleOf } from './role.js'
import type { Values } from './usage.js'

export const inviteOptions = { role: { type: 'string' }, group: { type: 'string' }, json: { type: 'boolean' } } as const

/** Makes a one-time invitation and prints the link; the code is shown here and never again. */
export async function makeInvitation(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const { role, group } = roleOf(config, values, loadContent(config).ward.value.groups)
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
