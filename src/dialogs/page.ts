import { makePageLink } from '../access/page-link.js'
import { phrase } from '../core/talk/draft.js'
import type { Dialog } from './dialogue.js'

/** `/trang`: a one-time link to the staff pages, where names may be seen that are kept out of chat apps. */
export function pageDialog({ publicUrl }: { publicUrl: string }): Dialog {
  return {
    name: 'page',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      // Another form may name the page; whatever a person typed behind the command opens the first one.
      const path = /^\/staff(\/[\w-]+)*(\?broadcast=[\w-]+)?$/.test(d.args) ? d.args : '/staff'
      const url = await d.act('link', ({ tx, at, contact }) =>
        makePageLink(tx, { publicUrl, contact: contact.contact, path, now: at }),
      )
      d.say(phrase('page-link.open', { url }))
    },
  }
}
