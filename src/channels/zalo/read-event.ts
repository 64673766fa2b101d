import { shield } from '../../core/language/shield.js'
import type { Content, Inbound } from '../../core/model/message.js'
import type { Parsed } from '../channel.js'
import { tapIn } from './render.js'
import type { MessageEvent, ZaloEvent } from './sdk/event.js'
import { parseEvent } from './sdk/parse-event.js'

/** An event with its key, as `parseEvent` gives it or as it is made from a page of a conversation. */
export interface KeyedEvent {
  event: ZaloEvent
  key: string
}

/** Older events are no retry of Zalo's (which end within two hours) but somebody's replay; shorter than the inbox keeps their keys, ms. */
const OLD_MS = 7 * 24 * 3_600_000

const MEDIA: Readonly<Record<string, Extract<Content, { kind: 'media' }>['what']>> = {
  image: 'picture',
  gif: 'picture',
  sticker: 'sticker',
  audio: 'voice',
  video: 'file',
  file: 'file',
}

/** Reads one event: the raw bytes of a webhook that was verified, or an event of the catch-up. Events of other accounts are ignored. */
export function readEvent(raw: unknown, at: number, oaId: string): Parsed {
  const keyed = keyedOf(raw)
  if (typeof keyed === 'string') return { kind: 'refused', why: keyed }
  const { event, key } = keyed
  if (event.at !== null && at - event.at > OLD_MS) return { kind: 'refused', why: 'old' }
  if ('oaId' in event && event.oaId !== null && event.oaId !== oaId) return { kind: 'ignored', why: 'another account' }
  // Zalo's clock may be ahead of ours, never a day.
  const when = Math.min(event.at ?? at, at)
  const base = { channel: 'zalo' as const, externalId: key, at, secrets: [] }
  switch (event.kind) {
    case 'message': {
      const { content, secrets } = contentOf(event)
      return read([{ ...base, address: event.userId, content, secrets }], event.userId, when)
    }
    case 'follow':
      return read([{ ...base, address: event.userId, content: { kind: 'start', payload: '' } }], event.userId, when)
    case 'unfollow':
      return { kind: 'read', inbound: [], news: [{ address: event.userId, state: 'blocked', at: when }] }
    case 'interaction':
      return read([], event.userId, when)
    case 'submitted-info': {
      const { userId: address, fullName: name, phone } = event
      return { ...read([], address, when), details: { id: key, address, name, phone, at: when } }
    }
    case 'oa-message': {
      const { userId: address, messageId, text, adminId } = event
      return { kind: 'read', inbound: [], news: [], echo: { address, messageId, text, byPerson: adminId !== null, at: when } } // prettier-ignore
    }
    case 'anonymous-message':
      return { kind: 'ignored', why: 'anonymous' }
    case 'received':
    case 'seen':
    case 'template-received':
      return { kind: 'ignored', why: 'receipt' }
    case 'group':
      return { kind: 'ignored', why: 'group' }
    case 'template-change':
      return { kind: 'ignored', why: 'template' }
    case 'unknown':
      return { kind: 'ignored', why: 'kind' }
  }
}

function read(inbound: Inbound[], address: string, at: number): Extract<Parsed, { kind: 'read' }> {
  return { kind: 'read', inbound, news: [], seen: [{ address, at }] }
}

function keyedOf(raw: unknown): KeyedEvent | string {
  if (ArrayBuffer.isView(raw)) {
    const parsed = parseEvent(new Uint8Array(raw.buffer, raw.byteOffset, raw.byteLength))
    return parsed.ok ? parsed : parsed.refusal
  }
  return isKeyed(raw) ? raw : 'no event'
}

function isKeyed(raw: unknown): raw is KeyedEvent {
  return typeof raw === 'object' && raw !== null && 'event' in raw && 'key' in raw && typeof raw.key === 'string'
}

/** Words, a tap (which Zalo posts as words), or something that cannot be read; secrets in the words under a picture are found too. */
function contentOf({ name, text, attachments }: MessageEvent): Pick<Inbound, 'content' | 'secrets'> {
  const sort = attachments[0]?.type ?? name.replace(/^user_send_/, '')
  if (name !== 'user_send_text' || text === null) {
    const content: Content = { kind: 'media', what: MEDIA[sort] ?? 'unknown' }
    return { content, secrets: shield(text ?? '').secrets }
  }
  const data = tapIn(text)
  return { content: data === null ? { kind: 'text', text } : { kind: 'tap', data }, secrets: [] }
}
