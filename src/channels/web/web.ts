import { createHash } from 'node:crypto'
import { z } from 'zod'
import type { Content } from '../../core/model/message.js'
import type { Said } from '../../core/model/outbox.js'
import { type Channel, UNBOUND } from '../channel.js'

/** The ward's own chat page: it reads its messages itself and numbers the choices it shows. */
export const web: Channel<Said> = {
  name: 'web',
  capabilities: { ...UNBOUND, rewriting: true },
  parse(raw, at) {
    const { address, body } = raw as { address: string; body: unknown }
    const posting = readPosting(body)
    if (typeof posting === 'string') return { kind: 'refused', why: posting }
    const { id, content, seen } = posting
    const from = { channel: 'web' as const, externalId: externalIdOf(address, id), address, content, at, secrets: [] }
    return { kind: 'read', inbound: [{ ...from, ...(seen === undefined ? {} : { seen }) }], news: [] }
  },
  render: (said) => [said],
}

/** What a page posts: long texts pass, because the bot answers them with a sentence. */
const Posted = z.intersection(
  z.object({
    id: z.string().regex(/^[A-Za-z0-9_-]{1,64}$/, 'must be 1 to 64 letters, digits, _ or -'),
    seen: z.int().min(0).max(9_999_999).optional(),
  }),
  z.discriminatedUnion(
    'kind',
    [
      z.object({ kind: z.literal('text'), text: z.string().min(1, 'is empty') }),
      z.object({ kind: z.literal('tap'), data: z.string().min(1, 'is empty') }),
      z.object({ kind: z.literal('start'), payload: z.string().max(200, 'has more than 200 characters').default('') }),
    ],
    'must be text, tap or start',
  ),
)

/** A message of the page as it came in. */
export interface Posting {
  /** Made by the page: the same id is the same message. */
  id: string
  content: Content
  /** Number of the newest message that the page showed. */
  seen: number | undefined
}

/** Reads a posted message; a string says in one sentence which field is wrong. */
export function readPosting(body: unknown): Posting | string {
  const parsed = Posted.safeParse(body)
  if (!parsed.success) {
    const [issue] = parsed.error.issues
    return `Field ${issue?.path.join('.') || '(the whole body)'}: ${issue?.message ?? 'is not valid'}.`
  }
  const { id, seen, ...content } = parsed.data
  return { id, seen, content }
}

/** The address of whoever holds a token: the token itself is kept nowhere. */
export function addressOf(token: string): string {
  return createHash('sha256').update(token).digest('hex')
}

/** The id of a posted message among those of all pages. */
export function externalIdOf(address: string, id: string): string {
  return `${address.slice(0, 16)}:${id}`
}

/** A message of ours as the page gets it. */
export interface PageMessage extends Said {
  n: number
  at: number
}

/** Puts a message of the outbox into the page's form. */
export function pageMessage(row: { n: number; at: number; body: string }): PageMessage {
  const { text, options } = JSON.parse(row.body) as Said
  return { n: row.n, at: row.at, text, options }
}
