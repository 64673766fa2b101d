import { fold } from './fold.js'

/** Commands of this edition of the bot (interfaces.md, «Words in the chat»). */
export const COMMANDS = [
  'start',
  'huongdan',
  'tieptuc',
  'tiendo',
  'giup',
  'ngonngu',
  'trogiup',
  'thongke',
  'nguon',
] as const
export type Command = (typeof COMMANDS)[number]

/** The words of each command as they are typed, folded: without the slash a command must be the whole message. */
const SPELLINGS: Record<Command, readonly string[]> = {
  start: ['start', 'bat dau', 'bat dau lai'],
  huongdan: ['huongdan', 'huong dan', 'cac huong dan', 'guides'],
  tieptuc: ['tieptuc', 'tiep tuc', 'lam tiep', 'resume'],
  tiendo: ['tiendo', 'tien do', 'progress'],
  giup: ['giup', 'giup toi', 'giup voi', 'cuu', 'can giup'],
  ngonngu: ['ngonngu', 'ngon ngu', 'language', 'english', 'tieng anh', 'tieng viet', 'vietnamese'],
  trogiup: ['trogiup', 'tro giup', 'help', 'menu'],
  thongke: ['thongke', 'thong ke'],
  nguon: ['nguon', 'source', 'sources'],
}

const BY_SPELLING = new Map(COMMANDS.flatMap((command) => SPELLINGS[command].map((words) => [words, command] as const)))

export interface CommandCall {
  command: Command
  /** The rest of the line, as typed. */
  args: string
  /** True when it was written with its slash: then it is never an answer to a question. */
  slashed: boolean
}

/**
 * A command with or without the slash, diacritics or capitals; null when the text is none. An unknown word behind a slash is none either.
 * `/thongke vneid-level-1 5` → `{command: 'thongke', args: 'vneid-level-1 5', slashed: true}`.
 */
export function readCommand(text: string): CommandCall | null {
  const trimmed = text.trim()
  const slashed = /^[/／]/.test(trimmed)
  if (slashed) {
    const [, word = '', args = ''] = /^[/／](\S+)\s*([\s\S]*)$/.exec(trimmed) ?? []
    const command = BY_SPELLING.get(fold(word.replace(/@.*$/, '')))
    return command ? { command, args: args.trim(), slashed } : null
  }
  const folded = fold(trimmed)
  const whole = BY_SPELLING.get(folded)
  if (whole) return { command: whole, args: whole === 'ngonngu' ? folded : '', slashed }
  const figures = /^thong ?ke (.+)$/.exec(folded)
  return figures?.[1] ? { command: 'thongke', args: figures[1], slashed } : null
}
