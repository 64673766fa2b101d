import type { Dialog } from '../dialogue.js'

/** `/xuat`: files with names never leave by the chat, so the command opens the page. */
export function exportDialog(): Dialog {
  return {
    name: 'export',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      d.goTo('trang', '/staff/exports')
    },
  }
}
