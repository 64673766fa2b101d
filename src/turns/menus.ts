import { type Command, mayGive } from '../core/language/commands.js'
import type { Role } from '../core/model/contact.js'
import { LOCALES } from '../core/model/message.js'
import { phrase } from '../core/talk/draft.js'
import type { Texts } from '../texts.js'

/** Commands that an app shows in its menu, the most useful first. The others are typed by those who know them. */
const MENU: readonly Command[] = [
  'tieptuc', 'huongdan', 'tiendo', 'giup', 'nguoithan', 'lienket', 'dulieu', 'dung', 'ngonngu', 'trogiup',
] // prettier-ignore

/** What stands before them for whoever leads or works for the ward: what may be done with it is judged when it is given. */
const WORK: readonly Command[] = [
  'to', 'chuaxong', 'nhac', 'viec', 'hangcho', 'thongke', 'cauhoi', 'moi', 'xuat', 'nhatky', 'trang',
] // prettier-ignore

export interface Menu {
  /** Null is for everybody whose app is in another language: they read Vietnamese. */
  language: string | null
  menu: { command: string; description: string }[]
}

/** The menu of commands of a role, by language. */
export function menusOf(texts: Texts, day: string, role: Role = 'resident'): Menu[] {
  const commands = role === 'resident' || role === 'helper' ? MENU : [...WORK.filter((command) => mayGive(role, command)), ...MENU] // prettier-ignore
  return [null, ...LOCALES].map((language) => ({
    language,
    menu: commands.map((command) => ({
      command,
      description: texts.render(phrase(`menu.${command}`), { locale: language ?? 'vi', form: 'bac', day }),
    })),
  }))
}
