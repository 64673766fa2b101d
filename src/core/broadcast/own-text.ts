import { shieldPublished } from '../language/published.js'
import type { Allowed } from './allowed.js'
import { linksOutside, plainSigns } from './links.js'
import { secretRequests } from './secret-requests.js'

/** Placeholders that a sender may use in their own text; each is filled for every reader. */
export const OWN_VARIABLES = ['you', 'You', 'ward', 'guide', 'step', 'number', 'total'] as const
export type OwnVariable = (typeof OWN_VARIABLES)[number]

/** Characters of a sender's own text, whatever a channel holds: more is not read. */
export const OWN_TEXT_LIMIT = 600

/** What a reminder holds besides the sender's own text where the choices have to be listed in it, characters. */
const BESIDES = 500

/** The longest own text that stays one message on each of these channels. */
export function ownTextLimit(channels: readonly { capabilities: { textLimit: number } }[]): number {
  return Math.max(0, Math.min(OWN_TEXT_LIMIT, ...channels.map(({ capabilities }) => capabilities.textLimit - BESIDES)))
}

/** What is wrong with a sender's own text; `what` is the piece that it is about, and no secret. */
export type OwnTextProblem =
  | { kind: 'empty' }
  | { kind: 'too-long'; length: number; limit: number }
  | { kind: 'unknown-variable'; what: string }
  /** A number, code or password that nobody may send around; a text of which the shield took one is refused too. */
  | { kind: 'secret' }
  /** It asks for a code, a password, an ID number or a picture of a card: nobody of ours does, so that whoever does is a scammer. */
  | { kind: 'asks-for-secret'; what: string }
  | { kind: 'link'; what: string }
  /** A phone number that the ward's settings do not name: whoever sends it around may be a scammer. `what`: its end. */
  | { kind: 'phone'; what: string }
  /** A mention of a group chat would call people by their accounts. */
  | { kind: 'mention' }

/** A place that is filled in: `{{step}}`. */
const PLACE = /(?<!\{)\{\{\s*(\w+)\s*\}\}(?!\})/g

/** Checks a sender's own text before anybody sees a preview of it. */
export function checkOwnText(
  text: string,
  { hosts, numbers }: Allowed,
  limit: number = OWN_TEXT_LIMIT,
): OwnTextProblem[] {
  const plain = text.normalize('NFC').trim()
  if (plain === '') return [{ kind: 'empty' }]
  const problems: OwnTextProblem[] = []
  const length = [...plain].length
  if (length > limit) problems.push({ kind: 'too-long', length, limit })
  // Not even looked at: what it says is nothing that one could mend in place.
  if (length > 4 * limit) return problems
  const signs = plainSigns(plain)
  for (const what of strangePlaces(plain)) problems.push({ kind: 'unknown-variable', what })
  const { secrets, phones } = shieldPublished(signs, numbers)
  if (secrets.length > 0) problems.push({ kind: 'secret' })
  for (const what of secretRequests(plain)) problems.push({ kind: 'asks-for-secret', what })
  for (const what of linksOutside(plain, hosts)) problems.push({ kind: 'link', what })
  for (const what of phones) problems.push({ kind: 'phone', what })
  if (/\[@[^\]]*\]/.test(signs)) problems.push({ kind: 'mention' })
  return problems
}

/** Places to be filled in that nothing fills: an unknown name, or braces that are not two and two. */
function strangePlaces(text: string): string[] {
  const rest = text.replace(PLACE, (all, name: string) => ((OWN_VARIABLES as readonly string[]).includes(name) ? '' : all))
  return [...rest.normalize('NFKC').matchAll(/\{+\s*([^{}]*?)\s*\}+|[{}]+/gu)].map(([all, name]) => name || all)
} // prettier-ignore

const NUMBER = String.raw`\{\{\s*number\s*\}\}(?:\s*(?:\/|trên|trong|of)\s*(?:tổng số\s+)?\{\{\s*total\s*\}\}(?:\s*(?:bước|steps))?)?`
/** «… đang dừng ở bước {{number}}/{{total}}»: with the words that say nothing without the number. */
const NUMBERED = new RegExp(
  String.raw`\s*[([]?\s*(?<!\p{L})(?:(?:(?:đang|đã|mới|còn|hiện)\s+)*(?:(?:dừng|đứng|làm|xong|là|stopped|standing)\s+)?(?:(?:lại\s+)?(?:ở|tại|từ|vào|sang|đến|tới|at|on|to|from|in)\s+)?(?:bước|step)(?:\s+(?:số|thứ|number|no\.?))?\s*)?` +
    String.raw`${NUMBER}\s*[)\]]?`,
  'giu',
)

/**
 * The text for one reader. Whoever stands at no step with a number reads no «bước /8»: what says the number is left out as a whole, and the line below the
 * text says where they stand.
 */
export function fillOwnText(text: string, vars: Readonly<Record<OwnVariable, string>>): string {
  const plain = text.normalize('NFC').trim()
  const fill = (some: string) => some.replace(PLACE, (_, name: string) => vars[name as OwnVariable] ?? '')
  if (vars.number !== '' || plain.search(NUMBERED) < 0) return fill(plain)
  const [first = '', ...rest] = fill(tidy(plain.replace(NUMBERED, '')))
  return `${first.toUpperCase()}${rest.join('')}`
}

/** Signs and blanks that stood around what was left out. */
function tidy(text: string): string {
  return text
    .replace(/[ \t]{2,}/g, ' ')
    .replace(/ +([,.;:!?])/g, '$1')
    .replace(/([,.;:])(?:\s*[,.;:])+/g, '$1')
    .replace(/^[\s,.;:–-]+/gm, '')
    .trim()
}
