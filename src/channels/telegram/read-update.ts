import type { CallbackQuery, ChatMemberUpdated, Message, Update, User } from 'grammy/types'
import { shield } from '../../core/language/shield.js'
import type { Content, Inbound, Locale } from '../../core/model/message.js'
import type { Parsed } from '../channel.js'

/** Kinds of updates that are asked for; every other kind would be thrown away. */
export const UPDATE_KINDS = ['message', 'callback_query', 'my_chat_member'] as const

/** Messages that people send and that cannot be read. Others (a pinned message, a timer) are Telegram's own and need no answer. */
const MEDIA: readonly [keyof Message, Extract<Content, { kind: 'media' }>['what']][] = [
  ['sticker', 'sticker'],
  ['photo', 'picture'],
  ['voice', 'voice'],
  ['audio', 'voice'],
  ['video_note', 'voice'],
  ['document', 'file'],
  ['video', 'file'],
  ['animation', 'file'],
  ['contact', 'contact'],
  ['location', 'unknown'],
  ['venue', 'unknown'],
  ['poll', 'unknown'],
  ['dice', 'unknown'],
  ['game', 'unknown'],
  ['story', 'unknown'],
]

/** Reads one update. Private chats only: what is said in a group is not for us. */
export function readUpdate(raw: unknown, at: number): Parsed {
  if (!isUpdate(raw)) return { kind: 'refused', why: 'no update' }
  const base = { channel: 'telegram' as const, externalId: String(raw.update_id), at }
  try {
    if (raw.message) return readMessage(raw.message, base)
    if (raw.callback_query) return readTap(raw.callback_query, base)
    if (raw.my_chat_member) return readMembership(raw.my_chat_member)
  } catch (error) {
    // A field that must be there is not: no update of Telegram.
    if (error instanceof TypeError) return { kind: 'refused', why: 'malformed update' }
    throw error
  }
  return { kind: 'ignored', why: 'kind' }
}

function isUpdate(raw: unknown): raw is Update {
  return typeof raw === 'object' && raw !== null && 'update_id' in raw && Number.isSafeInteger(raw.update_id)
}

/** An id of Telegram as text; anything else is no update. */
function idOf(value: unknown): string {
  if (!Number.isSafeInteger(value)) throw new TypeError('not an id')
  return String(value)
}

type Base = Pick<Inbound, 'channel' | 'externalId' | 'at'>

function readMessage(message: Message, base: Base): Parsed {
  const address = idOf(message.chat.id)
  const messageId = idOf(message.message_id)
  if (message.chat.type !== 'private') return { kind: 'ignored', why: 'group' }
  if (message.from?.is_bot) return { kind: 'ignored', why: 'bot' }
  const content = contentOf(message)
  if (content === null) return { kind: 'ignored', why: 'service' }
  const number = ownNumber(message)
  if (number !== null)
    return { kind: 'read', inbound: [], news: [{ address, state: 'ok' }], details: { id: base.externalId, address, name: null, phone: number, at: base.at } } // prettier-ignore
  // The words under a picture are not read, but what must not be kept is found in them.
  const { secrets } = shield(typeof message.caption === 'string' ? message.caption : '')
  const inbound = { ...base, address, content, messageId, secrets, ...localeOf(message.from) }
  return { kind: 'read', inbound: [inbound], news: [] }
}

/** The sender's own phone number, which Telegram vouches for; a card of anybody else is only something that cannot be read. */
function ownNumber({ contact, from }: Message): string | null {
  if (!contact || contact.user_id === undefined || contact.user_id !== from?.id) return null
  return typeof contact.phone_number === 'string' ? contact.phone_number : null
}

function contentOf(message: Message): Content | null {
  if (message.text !== undefined) {
    if (typeof message.text !== 'string') throw new TypeError('not a text')
    const start = /^\/start(?:@\w+)?(?:\s+(\S{1,64}))?\s*$/.exec(message.text)
    return start ? { kind: 'start', payload: start[1] ?? '' } : { kind: 'text', text: message.text }
  }
  const media = MEDIA.find(([field]) => message[field] !== undefined)
  return media ? { kind: 'media', what: media[1] } : null
}

function readTap(query: CallbackQuery, base: Base): Parsed {
  if (typeof query.id !== 'string') throw new TypeError('not an id')
  const { message } = query
  if (!message || message.chat.type !== 'private' || typeof query.data !== 'string')
    return { kind: 'read', inbound: [], news: [], acknowledge: query.id }
  const address = idOf(message.chat.id)
  const content = { kind: 'tap' as const, data: query.data }
  const inbound = { ...base, address, content, secrets: [], ...localeOf(query.from) }
  return { kind: 'read', inbound: [inbound], news: [], acknowledge: query.id }
}

/** The bot was blocked or let in again. */
function readMembership({ chat, new_chat_member }: ChatMemberUpdated): Parsed {
  const address = idOf(chat.id)
  if (chat.type !== 'private') return { kind: 'ignored', why: 'group' }
  const state = new_chat_member.status === 'kicked' || new_chat_member.status === 'left' ? 'blocked' : 'ok'
  return { kind: 'read', inbound: [], news: [{ address, state }] }
}

/** Vietnamese is what the bot speaks by itself; only an app in English asks for English. */
function localeOf(from: User | undefined): { locale?: Locale } {
  const code = from?.language_code?.toLowerCase().split('-')[0]
  return code === 'en' || code === 'vi' ? { locale: code } : {}
}
