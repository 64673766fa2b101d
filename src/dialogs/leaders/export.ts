import type { Dialog } from '../dialogue.js'

/** `/xuat`: files with names leave by the page alone, so the command opens it. */
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
