import { Hono } from 'hono'
import { externalIdOf, type Posting, readPosting } from '../channels/web/web.js'
import { shield } from '../core/language/shield.js'
import type { Content } from '../core/model/message.js'
import type { Context } from '../context.js'
import { storeFailure } from '../store/errors.js'
import { readBody } from './body.js'
import type { Feeds } from './feeds.js'
import { pageLocale, visitor } from './identity.js'
import { ipOf, type Newcomers } from './newcomers.js'
import { isOwnOrigin, SECURITY_HEADERS } from './security.js'
import type { PageTexts } from './words.js'

/** The largest body that is read: 10,000 characters of Vietnamese, escaped, and room to spare. */
export const BODY_LIMIT = 64 * 1024

/** `POST /chat/messages`: takes a message of the page in; answered once it is stored and handled. */
export function messageRoutes(context: Context, feeds: Feeds, newcomers: Newcomers, words: PageTexts): Hono {
  const { config, turns, clock, log } = context
  const app = new Hono()

  app.post('/messages', async (c) => {
    if (!isOwnOrigin(c, config.publicUrl)) return answer({ error: 'Header Origin: is not of this site.' }, 403)
    if (!/^application\/json(;|$)/i.test(c.req.header('content-type') ?? ''))
      return answer({ error: 'Header Content-Type: must be application/json.' }, 403)
    const body = await readBody(c, BODY_LIMIT)
    if (body === null) return answer({ error: `The body has more than ${BODY_LIMIT} bytes.` }, 413)
    const posting = parse(body)
    if (typeof posting === 'string') return answer({ error: posting }, 400)
    const locale = pageLocale(c, false)
    const later = (status: 429 | 503, key: string) =>
      answer({ error: 'later', text: words.say(locale, key) }, status, { 'Retry-After': '5' })
    const address = visitor(c)
    if (address === null) return answer({ error: 'cookie', text: words.say(locale, 'chat:no-cookie') }, 403)
    const at = clock()
    if (!newcomers.admit(address, ipOf(c), at)) return later(429, 'phrases:failure.busy')
    const { id, content, seen } = posting
    const externalId = externalIdOf(address, id)
    try {
      const { said, kind, contact, hides } = await turns.accept({
        channel: 'web',
        externalId,
        address,
        content,
        at,
        ...(seen === undefined ? {} : { seen }),
        locale,
        secrets: [],
      })
      feeds.met(address, contact)
      return answer({ said, kind, ...masked(content, hides) }, 200)
    } catch (error) {
      const failure = storeFailure(error)
      log.warn({ failure, id: externalId }, 'chat: not stored, the page sends it again')
      const busy = failure === 'locked' || failure === 'conflict' || failure === 'unreachable'
      return later(503, busy ? 'phrases:failure.busy' : 'phrases:failure.not-stored')
    }
  })
  return app
}

/** Built with plain headers on purpose: node-server writes them as they are, where every `c.header()` would build a Headers object. */
function answer(body: object, status: number, more?: Readonly<Record<string, string>>): Response {
  return new Response(JSON.stringify(body), {
    status,
    headers: { ...SECURITY_HEADERS, 'Content-Type': 'application/json', 'Cache-Control': 'no-store', ...more },
  })
}

function parse(body: string): Posting | string {
  try {
    return readPosting(JSON.parse(body))
  } catch {
    return 'The body is not JSON.'
  }
}

/** What the page shows in the place of a message that held a secret, so that it does not stay on the screen either. */
function masked(content: Content, hides: boolean | undefined): { shown?: string } {
  if (content.kind !== 'text' || hides === false) return {}
  const { text, secrets } = shield(content.text)
  return secrets.length > 0 ? { shown: text.replace(/⟦[a-z-]+⟧/g, '••••••') } : {}
}
