import type { Command } from '../core/language/commands.js'
import { LOCALES } from '../core/model/message.js'
import { phrase } from '../core/talk/draft.js'
import type { Texts } from '../texts.js'

/** Commands that an app shows in its menu, the most useful first. The others are typed by those who know them. */
const MENU: readonly Command[] = ['tieptuc', 'huongdan', 'tiendo', 'giup', 'ngonngu', 'trogiup']

/** The menu of commands by language; `null` is for everybody whose app is in another one: they read Vietnamese. */
export function menusOf(
  texts: Texts,
  day: string,
): { language: string | null; menu: { command: string; description: string }[] }[] {
  return [null, ...LOCALES].map((language) => ({
    language,
    menu: MENU.map((command) => ({
      command,
      description: texts.render(phrase(`menu.${command}`), { locale: language ?? 'vi', form: 'bac', day }),
    })),
  }))
}
