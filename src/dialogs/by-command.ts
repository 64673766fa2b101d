import type { Command } from '../core/language/commands.js'
import type { Ward } from '../core/model/ward.js'
import type { World } from '../core/talk/world.js'
import type { Dialog } from './dialogue.js'
import { joinDialog } from './join.js'
import { auditDialog } from './leaders/audit.js'
import { exportDialog } from './leaders/export.js'
import { groupDialog } from './leaders/group.js'
import { inviteDialog } from './leaders/invite.js'
import { unfinishedDialog } from './leaders/unfinished.js'
import { pageDialog } from './page.js'

/** What the forms need besides the talk. */
export interface FormParts {
  world: World
  ward: Ward
  publicUrl: string
  random: (bytes: number) => Uint8Array
}

/** Which form works a command off. */
export function dialogsByCommand(parts: FormParts): Partial<Record<Command, Dialog>> {
  return {
    lienket: joinDialog(parts),
    to: groupDialog(parts),
    chuaxong: unfinishedDialog(parts),
    moi: inviteDialog({ ...parts, groups: parts.ward.groups }),
    nhatky: auditDialog(),
    xuat: exportDialog(),
    trang: pageDialog(parts),
  }
}
