import { shield } from '../language/shield.js'

/** Placeholders that a sender may use in their own text; each is filled for every reader. */
export const OWN_VARIABLES = ['you', 'You', 'ward', 'guide', 'step', 'number', 'total'] as const
export type OwnVariable = (typeof OWN_VARIABLES)[number]

/** Characters of a sender's own text: with the sender's name, the place in the guide and the choices it stays one message on every channel. */
export const OWN_TEXT_LIMIT = 600

/** What is wrong with a sender's own text; `what` is the piece that it is about, and no secret. */
export type OwnTextProblem =
  | { kind: 'empty' }
  | { kind: 'too-long'; length: number; limit: number }
  | { kind: 'unknown-variable'; what: string }
  /** A number, code or password that nobody may send around. */
  | { kind: 'secret' }
  /** It asks for a code, a password, an ID number or a picture of a card: nobody of ours does, so that whoever does is a scammer. */
  | { kind: 'asks-for-secret'; what: string }
  | { kind: 'link'; what: string }
  /** A mention of a group chat would call people by their accounts. */
  | { kind: 'mention' }

const ASKS =
  /(gửi|đọc|cho|nhắn|báo|cung cấp|nhập)\s+(\S+\s+){0,4}?(mã\s*otp|otp|mật khẩu|số căn cước|số cccd|số định danh|ảnh thẻ|ảnh căn cước|số thẻ|password)/iu
/** A link with or without its protocol. A full stop behind the last word of a sentence is none. */
const LINK = /(?:https?:\/\/)?(?<![\p{L}\p{N}@])(?:[a-z0-9-]+\.)+[a-z]{2,}(?:[/:?#]\S*)?/giu

/** Checks a sender's own text before anybody sees a preview of it. */
export function checkOwnText(text: string, hosts: readonly string[], limit: number = OWN_TEXT_LIMIT): OwnTextProblem[] {
  const plain = text.normalize('NFC').trim()
  if (plain === '') return [{ kind: 'empty' }]
  const problems: OwnTextProblem[] = []
  const length = [...plain].length
  if (length > limit) problems.push({ kind: 'too-long', length, limit })
  for (const [, name] of plain.matchAll(/\{\{\s*([^}]*?)\s*\}\}/g))
    if (!(OWN_VARIABLES as readonly string[]).includes(name!)) problems.push({ kind: 'unknown-variable', what: name! })
  if (shield(plain).secrets.length > 0) problems.push({ kind: 'secret' })
  // «Đừng gửi mã OTP cho ai» is a warning, not a request.
  for (const sentence of plain.split(/[.!?\n]+/)) {
    const asks = ASKS.exec(sentence)
    if (asks && !/(đừng|không|chớ|tuyệt đối)/iu.test(sentence.slice(0, asks.index)))
      problems.push({ kind: 'asks-for-secret', what: asks[3]! })
  }
  for (const [link] of plain.matchAll(LINK)) {
    const host = link
      .replace(/^https?:\/\//i, '')
      .split(/[/:?#]/)[0]!
      .toLowerCase()
    if (!hosts.some((allowed) => host === allowed || host.endsWith(`.${allowed}`)))
      problems.push({ kind: 'link', what: host })
  }
  if (/\[@[^\]]*\]/.test(plain)) problems.push({ kind: 'mention' })
  return problems
}

/** The text for one reader; a placeholder without a value is left out. */
export function fillOwnText(text: string, vars: Readonly<Record<OwnVariable, string>>): string {
  return text
    .normalize('NFC')
    .trim()
    .replace(/\{\{\s*(\w+)\s*\}\}/g, (_, name: string) => vars[name as OwnVariable] ?? '')
}
