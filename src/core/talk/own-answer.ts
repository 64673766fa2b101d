import type { Allowed } from '../broadcast/allowed.js'
import { checkOwnText } from '../broadcast/own-text.js'
import { shield } from '../language/shield.js'
import { type Locale, LOCALES } from '../model/message.js'
import { OWN_ANSWER_LIMIT, PHRASINGS_LIMIT, QUESTION_LIMIT } from '../model/question.js'

/** Where an answer may lead: the State's own sites and the two shops that the app comes from (domain.md 3.6, §5). */
export const OFFICIAL_HOSTS: readonly string[] = [
  'vneid.gov.vn',
  'dichvucong.gov.vn',
  'play.google.com',
  'apps.apple.com',
]

/** What is wrong with what staff wrote; `what` is the piece that it is about, and no secret. */
export interface OwnAnswerProblem {
  kind:
    'empty' | 'too-long' | 'braces' | 'secret' | 'asks-for-secret' | 'link' | 'phone' | 'mention' | 'too-many-phrasings'
  what?: string | undefined
}

/** Checks an answer in one language before anybody sees it; the official hosts are allowed beside what the ward allows. */
export function checkOwnAnswer(text: string, { hosts, numbers }: Allowed): OwnAnswerProblem[] {
  if (/\{\{|\}\}|\$t\(/.test(text)) return [{ kind: 'braces' }]
  return checkOwnText(text, { hosts: [...OFFICIAL_HOSTS, ...hosts], numbers }, OWN_ANSWER_LIMIT).map((problem) => {
    if (problem.kind === 'too-long') return { kind: 'too-long', what: `${problem.length}/${problem.limit}` }
    if (problem.kind === 'unknown-variable') return { kind: 'braces' }
    return 'what' in problem ? { kind: problem.kind, what: problem.what } : { kind: problem.kind }
  })
}

/** Checks both languages, of which one may be missing, and other ways of asking. */
export function checkTaught(
  texts: Readonly<Record<Locale, string | null>>,
  phrasings: readonly string[],
  allowed: Allowed,
): OwnAnswerProblem[] {
  const written = LOCALES.map((locale) => texts[locale]).filter((text) => text !== null)
  if (written.length === 0) return [{ kind: 'empty' }]
  const long = phrasings.find((text) => [...text].length > QUESTION_LIMIT)
  return [
    ...written.flatMap((text) => checkOwnAnswer(text, allowed)),
    ...checkPhrasings(phrasings),
    ...(long === undefined ? [] : [{ kind: 'too-long' as const, what: `${[...long].length}/${QUESTION_LIMIT}` }]),
  ]
}

function checkPhrasings(phrasings: readonly string[]): OwnAnswerProblem[] {
  return [
    ...(phrasings.length > PHRASINGS_LIMIT
      ? [{ kind: 'too-many-phrasings' as const, what: String(PHRASINGS_LIMIT) }]
      : []),
    ...(phrasings.some((text) => shield(text).secrets.length > 0) ? [{ kind: 'secret' as const }] : []),
  ]
}

/** Other ways of asking, a line each. */
export function phrasingsIn(text: string): string[] {
  return [
    ...new Set(
      text
        .normalize('NFC')
        .split(/\n|;/)
        .map((line) => line.trim()),
    ),
  ].filter((line) => line !== '')
}
