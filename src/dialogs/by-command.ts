import type { WaysIn } from '../access/ways-in.js'
import type { ReminderParts } from '../reminders/parts.js'
import type { TicketParts } from '../tickets/tickets.js'
import type { Dialog } from './dialogue.js'
import type { Opener } from './dialogs.js'
import type { ChannelName } from '../core/model/message.js'
import { disownDialog } from './is-me.js'
import { joinDialog } from './join.js'
import { acceptDialog } from './leaders/accept.js'
import { auditDialog } from './leaders/audit.js'
import { exportDialog } from './leaders/export.js'
import { groupDialog } from './leaders/group.js'
import { inviteDialog } from './leaders/invite.js'
import { unfinishedDialog } from './leaders/unfinished.js'
import { pageDialog } from './page.js'
import { type QuestionFormParts, questionsDialog } from './questions.js'
import { ownHoursDialog } from './reminders/own-hours.js'
import { optInDialog, optOutDialog } from './reminders/opt-out.js'
import { remindDialog } from './reminders/remind.js'
import { type EraseParts, eraseDialog } from './rights/erase.js'
import { heldDataDialog } from './rights/held.js'
import { type RelativesParts, relativesDialog } from './relatives.js'
import { askForPersonDialog } from './tickets/ask.js'
import { deskDialog } from './tickets/desk.js'
import { workDialog } from './leaders/work.js'

/** What the forms need besides the talk. */
export interface FormParts extends TicketParts, RelativesParts, EraseParts, QuestionFormParts {
  publicUrl: string
  waysIn: WaysIn
  random: (bytes: number) => Uint8Array
  /** Whether an app has a way of its own to give the phone number. */
  asksNumber: (channel: ChannelName) => boolean
  /** Asked for when it is needed: the apps are set up after the forms. */
  reminding: () => ReminderParts
}

/** Which form works a command off. */
export function dialogsByCommand(parts: FormParts): Partial<Record<Opener, Dialog>> {
  return {
    giup: askForPersonDialog(parts),
    nguoithan: relativesDialog(parts),
    dulieu: heldDataDialog(parts),
    xoa: eraseDialog(parts),
    lienket: joinDialog(parts),
    to: groupDialog(parts),
    chuaxong: unfinishedDialog(parts),
    nhac: remindDialog(parts.reminding),
    dung: optOutDialog(),
    nhan: optInDialog(),
    gionhan: ownHoursDialog(),
    invitation: acceptDialog(),
    disown: disownDialog(),
    moi: inviteDialog(parts),
    hangcho: deskDialog(parts),
    viec: workDialog(parts),
    cauhoi: questionsDialog(parts),
    nhatky: auditDialog(parts),
    xuat: exportDialog(),
    trang: pageDialog(parts),
  }
}
