import type { Call } from './call.js'
import { listOf, numberOf, recordOf, textOf } from './json.js'
import { CHAT_PAGE_LIMIT } from './limits.js'
import { mapResult, type Result } from './result.js'

export interface ChatRow {
  messageId: string | null
  from: 'oa' | 'user'
  /** Instant in ms. */
  at: number | null
  /** `text`, `photo`, … */
  type: string | null
  text: string | null
  url: string | null
  fromId: string | null
  toId: string | null
}

/** At most 10 rows a call. */
export interface Page {
  offset?: number
  count?: number
}

/** What was said, newest first: to catch up after the webhook was down, or to see whether a send of unknown outcome arrived. */
export interface Conversations {
  /** The last message of each recent chat. */
  recentChats(page?: Page): Promise<Result<readonly ChatRow[]>>
  conversation(userId: string, page?: Page): Promise<Result<readonly ChatRow[]>>
}

export function createConversations(call: Call): Conversations {
  return {
    async recentChats({ offset = 0, count = CHAT_PAGE_LIMIT } = {}) {
      return mapResult(await call({ path: '/v2.0/oa/listrecentchat', read: true, data: { offset, count } }), readRows)
    },
    async conversation(userId, { offset = 0, count = CHAT_PAGE_LIMIT } = {}) {
      const data = { user_id: userId, offset, count }
      return mapResult(await call({ path: '/v2.0/oa/conversation', read: true, data }), readRows)
    },
  }
}

function readRows(data: unknown): readonly ChatRow[] {
  return listOf(data).map((value) => {
    const row = recordOf(value)
    return {
      messageId: textOf(row['message_id']),
      from: numberOf(row['src']) === 0 ? 'oa' : 'user',
      at: numberOf(row['time']),
      type: textOf(row['type']),
      text: textOf(row['message']),
      url: textOf(row['url']),
      fromId: textOf(row['from_id']),
      toId: textOf(row['to_id']),
    }
  })
}
