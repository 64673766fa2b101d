import type { Config } from '../config.js'
import { letIn } from '../access/page-link.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { withStore } from './open.js'
import { roleOf } from './role.js'
import type { Values } from './usage.js'

/** A one-time link to the staff pages for somebody who does not chat with the bot. */
export async function makeLink(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const { role, group } = roleOf(config, values, loadContent(config).ward.value.groups)
  const link = await withStore(config, (store) =>
    store.transaction((tx) =>
      letIn(tx, { publicUrl: config.publicUrl, role, group, newId: randomId, now: Date.now() }),
    ),
  )
  out(values['json'] ? `${JSON.stringify({ role, group, link })}\n` : `${link}\nOne use, 10 minutes.\n`)
  return 0
}
