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

/** The text for one reader; a placeholder without a value is left out. */
export function fillOwnText(text: string, vars: Readonly<Record<OwnVariable, string>>): string {
  return text
    .normalize('NFC')
    .trim()
    .replace(PLACE, (_, name: string) => vars[name as OwnVariable] ?? '')
}
