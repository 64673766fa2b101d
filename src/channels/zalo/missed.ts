import type { KeyedEvent } from './read-event.js'
import type { ChatRow, Conversations } from './sdk/conversations.js'
import { CHAT_PAGE_LIMIT } from './sdk/limits.js'

export interface MissedParts {
  client: Conversations
  oaId: string
  /** Waits until one more call may be made; false: not now. */
  allowed: () => Promise<boolean>
}

/** Pages of the list of chats, and of one chat, that are looked through: a day without webhooks in a whole ward. */
const PAGES = 200
const CHAT_PAGES = 5

/** Zalo's words for kinds of messages where they differ from those of its webhooks. */
const SORTS: Readonly<Record<string, string>> = { photo: 'image', voice: 'audio' }

/**
 * What residents sent since then and nobody has answered, oldest first, as the events of a webhook would have it. What stands before a
 * message of the account is left alone: a person or the bot went on from there. Null: Zalo does not say.
 */
export async function missedSince({ client, oaId, allowed }: MissedParts, since: number): Promise<KeyedEvent[] | null> {
  const missed: ChatRow[] = []
  for (let page = 0; page < PAGES; page++) {
    if (!(await allowed())) return null
    const answer = await client.recentChats({ offset: page * CHAT_PAGE_LIMIT })
    if (!answer.ok) return null
    for (const newest of answer.data) {
      if ((newest.at ?? 0) < since || newest.from === 'oa' || newest.fromId === null) continue
      const rows = await unanswered({ client, oaId, allowed }, newest.fromId, since)
      if (rows === null) return null
      missed.push(...rows)
    }
    if (answer.data.length < CHAT_PAGE_LIMIT || answer.data.every(({ at }) => (at ?? 0) < since)) break
  }
  return missed.sort((a, b) => (a.at ?? 0) - (b.at ?? 0)).flatMap((row) => eventOf(row, oaId))
}

async function unanswered({ client, allowed }: MissedParts, userId: string, since: number): Promise<ChatRow[] | null> {
  const found: ChatRow[] = []
  for (let page = 0; page < CHAT_PAGES; page++) {
    if (!(await allowed())) return null
    const answer = await client.conversation(userId, { offset: page * CHAT_PAGE_LIMIT })
    if (!answer.ok) return null
    for (const row of answer.data) {
      if (row.from === 'oa' || (row.at ?? 0) < since) return found
      found.push(row)
    }
    if (answer.data.length < CHAT_PAGE_LIMIT) break
  }
  return found
}

/** The key is the one that the webhook of the same message has, so that whichever comes second changes nothing. */
function eventOf({ messageId, fromId, type, text, at }: ChatRow, oaId: string): KeyedEvent[] {
  if (messageId === null || fromId === null) return []
  const sort = SORTS[type ?? ''] ?? type ?? 'unknown'
  const event = {
    kind: 'message' as const,
    name: `user_send_${sort}`,
    appId: null,
    at,
    userId: fromId,
    oaId,
    userIdByApp: null,
    messageId,
    text,
    quotedMessageId: null,
    attachments: [],
  }
  return [{ event, key: `user:${messageId}` }]
}
