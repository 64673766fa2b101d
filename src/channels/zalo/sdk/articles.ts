import type { Call } from './call.js'
import { recordOf, textOf } from './json.js'
import { readSent, type Sent } from './messages.js'
import { mapResult, type Result } from './result.js'
import { shapes } from './shapes.js'

export type ArticleBlock = { kind: 'text'; html: string } | { kind: 'image'; url: string; caption?: string }

export interface Article {
  /** At most 150 characters. */
  title: string
  /** At most 50 characters. */
  author: string
  /** At most 300 characters. */
  description: string
  coverUrl: string
  /** Only b, i, br, a, ul, ol, li and p are kept [C]. */
  body: readonly ArticleBlock[]
  /** Default hidden. */
  show?: boolean
  comments?: boolean
}

/** Whom a broadcast is for, in Zalo's numbers (comma lists). There is no way to name a ward or a tag. */
export interface BroadcastTarget {
  gender?: string
  ages?: string
  cities?: string
  locations?: string
  platform?: string
}

export interface Articles {
  /** Gives a token: Zalo makes the article later. */
  createArticle(article: Article): Promise<Result<string>>
  /** The article's id, once it is made; until then refused with `article-processing` (-214). */
  verifyArticle(token: string): Promise<Result<string>>
  /** Sends one to five articles to everybody of the target, after a review by Zalo. Counts on the month's quota; not at night. */
  broadcast(articleIds: readonly string[], target?: BroadcastTarget): Promise<Result<Sent>>
}

export function createArticles(call: Call): Articles {
  /** The one field that matters of an answer; without it nobody knows what became of the call. */
  const field = async (path: string, data: Record<string, unknown>, name: string): Promise<Result<string>> => {
    const result = await call({ path, data })
    if (!result.ok) return result
    const value = textOf(recordOf(result.data)[name])
    return value === null ? { ok: false, outcome: 'unknown', cause: 'unreadable' } : mapResult(result, () => value)
  }
  return {
    createArticle: ({ title, author, description, coverUrl, body, show = false, comments = false }) =>
      field(
        '/v2.0/article/create',
        {
          type: 'normal',
          title: title.normalize('NFC'),
          author: author.normalize('NFC'),
          cover: { cover_type: 'photo', photo_url: coverUrl, status: 'show' },
          description: description.normalize('NFC'),
          body: body.map((block) =>
            block.kind === 'text'
              ? { type: 'text', content: block.html.normalize('NFC') }
              : { type: 'image', url: block.url, caption: block.caption ?? '' },
          ),
          status: show ? 'show' : 'hide',
          comment: comments ? 'show' : 'hide',
        },
        'token',
      ),
    verifyArticle: (token) => field('/v2.0/article/verify', { token }, 'id'),
    async broadcast(articleIds, target = {}) {
      const data = { recipient: { target }, message: shapes.articles(articleIds) }
      return mapResult(await call({ path: '/v2.0/oa/message', data }), readSent)
    },
  }
}
