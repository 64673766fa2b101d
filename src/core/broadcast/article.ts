import type { Allowed } from './allowed.js'
import { checkOwnText, type OwnTextProblem } from './own-text.js'

/** A text for everybody who follows the ward's Official Account, as staff write it: lines, no markup. */
export interface ArticleDraft {
  title: string
  author: string
  description: string
  /** Zalo makes no article without a picture on top. */
  coverUrl: string
  body: string
}

/** Characters of each part: Zalo's own limits, and for the body what somebody reads on a phone. */
export const ARTICLE_LIMITS = { title: 150, author: 50, description: 300, body: 4000 } as const
export const ARTICLE_PARTS = ['title', 'author', 'description', 'body'] as const

export type ArticleProblem =
  | { part: (typeof ARTICLE_PARTS)[number]; problem: OwnTextProblem }
  | { part: 'coverUrl'; problem: { kind: 'no-address' } }

/** Checks an article before anybody sees a preview of it: what a reminder must not say, an article must not either. */
export function checkArticle(draft: ArticleDraft, allowed: Allowed): ArticleProblem[] {
  const problems: ArticleProblem[] = ARTICLE_PARTS.flatMap((part) => {
    const text = draft[part]
    const found = checkOwnText(text, allowed, ARTICLE_LIMITS[part])
    // An article speaks to all: there is nobody whose name or step could be filled in.
    const filled = /\{\{\s*([^}]*?)\s*\}\}/.exec(text)
    const unfillable = filled && !found.some(({ kind }) => kind === 'unknown-variable')
    const all: OwnTextProblem[] = unfillable ? [...found, { kind: 'unknown-variable', what: filled[1]! }] : found
    return all.map((problem) => ({ part, problem }))
  })
  if (!/^https:\/\/[^\s/]+\.[^\s/]+\/\S+$/i.test(draft.coverUrl)) problems.push({ part: 'coverUrl', problem: { kind: 'no-address' } }) // prettier-ignore
  return problems
}

const ESCAPED: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }
const LINK = /https?:\/\/[^\s<]+[^\s<.,;:!?)]/g

/** The lines in the only markup that Zalo keeps: a paragraph behind each blank line, links that can be tapped. */
export function articleHtml(body: string): string {
  return body
    .normalize('NFC')
    .trim()
    .split(/\n\s*\n/)
    .map((paragraph) => {
      const safe = paragraph.trim().replace(/[&<>"]/g, (sign) => ESCAPED[sign]!)
      return `<p>${safe.replace(LINK, (link) => `<a href="${link}">${link}</a>`).replace(/\n/g, '<br>')}</p>`
    })
    .join('')
}
