import type { Role } from '../model/contact.js'
import { fold } from './fold.js'
import { wantsSilence } from './silence.js'

/** Commands of the chat (interfaces.md, «Words in the chat»). */
export const COMMANDS = [
  'start',
  'huongdan',
  'tieptuc',
  'tiendo',
  'giup',
  'nguoithan',
  'lienket',
  'dulieu',
  'xoa',
  'dung',
  'nhan',
  'gionhan',
  'ngonngu',
  'trogiup',
  'nguon',
  'to',
  'chuaxong',
  'nhac',
  'viec',
  'thongke',
  'xuat',
  'hangcho',
  'cauhoi',
  'moi',
  'nhatky',
  'trang',
] as const
export type Command = (typeof COMMANDS)[number]

/** The words of each command as they are typed, folded: without the slash a command must be the whole message. */
const SPELLINGS: Record<Command, readonly string[]> = {
  start: ['start', 'bat dau', 'bat dau lai'],
  huongdan: ['huongdan', 'huong dan', 'cac huong dan', 'guides'],
  tieptuc: ['tieptuc', 'tiep tuc', 'lam tiep', 'resume'],
  tiendo: ['tiendo', 'tien do', 'progress'],
  giup: ['giup', 'giup toi', 'giup voi', 'cuu', 'can giup'],
  nguoithan: ['nguoithan', 'nguoi than', 'lam ho', 'lam ho nguoi than', 'lam cho nguoi khac', 'relative', 'relatives'],
  lienket: ['lienket', 'lien ket', 'noi tai khoan', 'link'],
  dulieu: ['dulieu', 'du lieu', 'du lieu cua toi', 'my data'],
  xoa: ['xoa', 'xoa du lieu', 'xoa het du lieu', 'xoa du lieu cua toi', 'delete my data', 'erase my data'],
  // «dung» alone is «đúng» at least as often as «dừng»: without its slash it is told apart by the diacritics (STOP).
  dung: [
    'dung nhac',
    'dung nhan',
    'dung nhan tin',
    'dung gui tin',
    'khong nhan nhac',
    'tat nhac',
    'stop',
    'unsubscribe',
    'stop reminders',
    'stop messages',
    'no more reminders',
  ],
  nhan: ['nhan', 'nhan nhac', 'nhan tin nhac', 'nhan lai', 'nhac lai toi', 'bat nhac', 'subscribe'],
  gionhan: [
    'gionhan',
    'gio nhan',
    'gio nhan tin',
    'gio nhac',
    'gio gui tin',
    'chon gio nhan',
    'chon gio nhan tin',
    'doi gio nhan',
    'doi gio nhan tin',
    'nhan gio khac',
    'message hours',
    'quiet hours',
    'reminder hours',
  ],
  ngonngu: ['ngonngu', 'ngon ngu', 'language', 'english', 'tieng anh', 'tieng viet', 'vietnamese'],
  trogiup: ['trogiup', 'tro giup', 'help', 'menu'],
  nguon: ['nguon', 'source', 'sources'],
  to: ['to', 'to toi', 'to cua toi', 'my group'],
  chuaxong: ['chuaxong', 'chua xong', 'ai chua xong', 'unfinished'],
  nhac: ['nhac', 'nhac nho', 'gui nhac', 'remind'],
  viec: ['viec', 'viec cua toi', 'viec can lam', 'tasks'],
  thongke: ['thongke', 'thong ke', 'stats'],
  xuat: ['xuat', 'xuat file', 'xuat danh sach', 'export'],
  hangcho: ['hangcho', 'hang cho', 'queue'],
  cauhoi: ['cauhoi', 'cau hoi', 'questions'],
  moi: ['moi', 'moi nguoi', 'invite'],
  nhatky: ['nhatky', 'nhat ky', 'audit log'],
  trang: ['trang', 'xem trang', 'mo trang', 'page', 'pages'],
}
/** The last word of «stop», where its diacritics are typed. */
const STOP = /^(dừng|dừng lại nhé)[\s.!]*$/iu

/** «Chỉ nhắn buổi tối thôi nhé»: the part of the day in which reminders may come. */
const HOURS =
  /^(?:xin |nho )?(?:chi (?:nen )?(?:nhan|nhac|gui)(?: tin)?(?: cho (?:toi|bac|minh|em))?|(?:nhan|nhac)(?: tin)? cho (?:toi|bac|minh|em))(?: vao)? buoi (sang|chieu|toi)(?: thoi)?(?: nhe| a| nha)?$|^(?:please )?(?:only )?(?:message|remind|write to) me (?:only )?in the (morning|afternoon|evening)s?(?: only)?$/
const TIMES: Partial<Record<string, string>> = { sang: 'morning', chieu: 'afternoon', toi: 'evening' }

/** Somebody is wanted at the house (domain.md §4: the police and the team make home visits for old, sick and disabled people). */
const VISIT =
  /^(xin|nho|muon|can)( co)?( nguoi| can bo| to truong| ai do)? (den|qua|toi) (tan )?(nha|noi)( toi| bac| minh| em| giup| ho)*$/

/** A call back is wanted. */
const CALL =
  /^(xin |nho |muon |can )?(co ai |nguoi |can bo |phuong )?goi (dien )?(lai )?cho (toi|bac|minh|em|tui)( voi| nhe| nha| a| di)?$|^(xin |nho |muon )?(duoc )?goi lai( giup| cho)?( toi| bac)?( nhe| a)?$|^(please )?call me( back)?( please)?$/

/** Commands that only some may give; everybody may give the others. */
const ONLY_FOR: Partial<Record<Command, readonly Role[]>> = {
  ...Object.fromEntries(
    (['to', 'chuaxong', 'nhac', 'viec', 'xuat', 'hangcho', 'nhatky', 'trang'] as const).map((command) => [
      command,
      ['leader', 'staff', 'admin'] as const,
    ]),
  ),
  cauhoi: ['staff', 'admin'],
  // A helper invites nobody; the same command is where a role is given up.
  moi: ['helper', 'leader', 'staff', 'admin'],
}

/** Whether a role may give a command at all; what it may see by it is another matter (policy/roles). */
export function mayGive(role: Role, command: Command): boolean {
  return ONLY_FOR[command]?.includes(role) ?? true
}

/** What somebody is told who may not give a command: a phrase below `command`, which names those who may. */
export function refusalOf(roles: readonly Role[] | undefined): 'not-yours' | 'ward-only' {
  return roles === undefined || roles.includes('leader') ? 'not-yours' : 'ward-only'
}

/** Who may give a command; undefined: everybody. */
export function rolesFor(command: Command): readonly Role[] | undefined {
  return ONLY_FOR[command]
}

/** Commands whose words without a slash are also answers: they give way where the question in front has a use for them. */
export const ALSO_ANSWERS: ReadonlySet<Command> = new Set(['chuaxong', 'nhan', 'to', 'moi', 'viec', 'xoa', 'tieptuc'])

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
    const folded = fold(word.replace(/@.*$/, ''))
    const command = folded === 'dung' ? 'dung' : BY_SPELLING.get(folded)
    return command ? { command, args: args.trim(), slashed } : null
  }
  const folded = fold(trimmed)
  if (STOP.test(trimmed.normalize('NFC')) || wantsSilence(trimmed)) return { command: 'dung', args: '', slashed }
  const [, part, english] = HOURS.exec(folded) ?? []
  if (part ?? english) return { command: 'gionhan', args: TIMES[part ?? ''] ?? english ?? '', slashed }
  const whole = BY_SPELLING.get(folded)
  if (VISIT.test(folded)) return { command: 'giup', args: 'visit', slashed }
  if (CALL.test(folded)) return { command: 'giup', args: 'call', slashed }
  if (whole) return { command: whole, args: whole === 'ngonngu' ? folded : '', slashed }
  const [, ticket] = /^(?:nhan|take) (?:phieu|ticket) (?:so )?(\d{1,7})$/.exec(folded) ?? []
  if (ticket !== undefined) return { command: 'hangcho', args: ticket, slashed }
  const [, first, rest] = /^(thong ?ke|chua ?xong|nhac nho) (.+)$/.exec(folded) ?? []
  if (first === undefined || rest === undefined) return null
  const command = first.startsWith('thong') ? 'thongke' : first.startsWith('chua') ? 'chuaxong' : 'nhac'
  // «Chưa xong được đâu» is an answer; «chưa xong vneid-level-1» and «chưa xong tổ 5» ask for a list.
  if (command !== 'thongke' && !/^(to \d+|(vneid|portal|id card)\b.*)$/.test(rest)) return null
  return { command, args: rest, slashed }
}
