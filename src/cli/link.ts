import { letIn } from '../access/page-link.js'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { endLinkContacts } from '../store/link-contacts.js'
import { labelRole } from '../store/contacts.js'
import { withStore } from './open.js'
import { labelOf, roleOf } from './role.js'
import type { Values } from './usage.js'

/** A one-time link to the staff pages for somebody who does not chat with the bot. */
export async function makeLink(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const { role, group } = roleOf(config, values, loadContent(config).ward.value.groups)
  const label = labelOf(values)
  const contact = randomId()
  const now = Date.now()
  const link = await withStore(config, (store) =>
    store.transaction(async (tx) => {
      // Who came by an earlier link and is gone holds no role any more.
      await endLinkContacts(tx, now)
      const made = await letIn(tx, { publicUrl: config.publicUrl, role, group, newId: randomId, now, contact })
      if (label !== null) await labelRole(tx, contact, label)
      const line = { deed: 'invited', kind: role, subject: contact, group, count: null } as const
      await audit(tx, scopeOf(OPERATOR), [{ id: randomId(), at: now, ...line }])
      return made
    }),
  )
  out(values['json'] ? `${JSON.stringify({ role, group, label, link })}\n` : `${link}\nOne use, 10 minutes.\n`)
  return 0
}
