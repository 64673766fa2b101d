import { createHash } from 'node:crypto'
import type { Attachment, Envelope, Parsed, Said, ZaloEvent } from './event.js'
import { isRecord, listOf, numberOf, parseJson, recordOf, textOf, type Json } from './json.js'

/** Reads the body of a webhook whose signature was verified. `key` is the same for every copy of the same event. Never throws. */
export function parseEvent(raw: Uint8Array): Parsed {
  let body: unknown
  try {
    body = parseJson(Buffer.from(raw).toString('utf8'))
  } catch {
    return { ok: false, refusal: 'not-json' }
  }
  if (!isRecord(body)) return { ok: false, refusal: 'not-an-object' }
  const name = textOf(body['event_name'])
  if (name === null) return { ok: false, refusal: 'no-event-name' }
  try {
    const event = readEvent(name, body)
    return { ok: true, event, key: keyOf(event, body, raw) }
  } catch (error) {
    if (error instanceof MissingField) return { ok: false, refusal: 'missing-field', name, field: error.field }
    throw error
  }
}

class MissingField extends Error {
  readonly field: string

  constructor(field: string) {
    super(field)
    this.field = field
  }
}

const USER_SENDS = /^user_send_(text|image|gif|audio|video|file|sticker|link|business_card|location)$/
const OA_SENDS = /^oa_send_(text|image|gif|list|file|sticker|template)$/
const ANONYMOUS = /^(oa_send_anonymous|anonymous_send)_(text|image|file|sticker)$/
const GROUP = /(^|_)group(_|$)/
const INTERACTIONS = new Set([
  'user_click_chatnow',
  'user_reacted_message',
  'user_feedback',
  'user_call_oa',
  'widget_interaction_accepted',
])
const TEMPLATE_CHANGES = new Set([
  'change_template_status',
  'change_oa_daily_quota',
  'change_template_quality',
  'change_template_quota',
  'change_oa_template_tags',
])

function readEvent(name: string, body: Json): ZaloEvent {
  const envelope: Envelope = { name, appId: textOf(body['app_id']), at: numberOf(body['timestamp']) }
  const [sender, recipient] = [idOf(body, 'sender'), idOf(body, 'recipient')]
  const message = recordOf(body['message'])
  const userIdByApp = textOf(body['user_id_by_app'])

  if (USER_SENDS.test(name)) {
    const [userId, oaId] = [need(sender, 'sender.id'), need(recipient, 'recipient.id')]
    return { ...envelope, kind: 'message', userId, oaId, userIdByApp, ...readSaid(message) }
  }
  if (OA_SENDS.test(name)) {
    const [userId, oaId] = [need(recipient, 'recipient.id'), need(sender, 'sender.id')]
    return { ...envelope, kind: 'oa-message', userId, oaId, adminId: adminOf(body), ...readSaid(message) }
  }
  if (ANONYMOUS.test(name)) {
    const from = name.startsWith('oa_') ? 'oa' : 'visitor'
    const anonymousId = from === 'oa' ? need(recipient, 'recipient.id') : need(sender, 'sender.id')
    const conversationId = textOf(message['conversation_id']) ?? textOf(body['conversation_id'])
    return { ...envelope, kind: 'anonymous-message', from, anonymousId, conversationId, ...readSaid(message) }
  }
  if (GROUP.test(name)) {
    const fromOa = name.startsWith('oa_')
    const groupId = textOf(body['group_id']) ?? (name.includes('_send_') ? recipient : null)
    return { ...envelope, kind: 'group', groupId, userId: fromOa ? null : sender, ...readSaid(message) }
  }
  if (TEMPLATE_CHANGES.has(name))
    return { ...envelope, kind: 'template-change', templateId: textOf(body['template_id']) }
  if (INTERACTIONS.has(name)) {
    return { ...envelope, kind: 'interaction', userId: need(textOf(body['user_id']) ?? sender, 'user_id') }
  }

  switch (name) {
    case 'follow':
    case 'unfollow': {
      const userId = need(idOf(body, 'follower'), 'follower.id')
      const [oaId, source] = [textOf(body['oa_id']), textOf(body['source'])]
      return { ...envelope, kind: name, userId, oaId, userIdByApp, source }
    }
    case 'user_received_message': {
      const messageId = need(textOf(message['msg_id']), 'message.msg_id')
      const trackingId = textOf(message['tracking_id'])
      // Of a template the recipient is a phone number, which nobody needs to have here.
      if (trackingId !== null || message['delivery_time'] !== undefined) {
        return { ...envelope, kind: 'template-received', messageId, trackingId }
      }
      return { ...envelope, kind: 'received', userId: need(recipient, 'recipient.id'), messageIds: [messageId] }
    }
    case 'user_seen_message': {
      const ids = listOf(message['msg_ids']).map(textOf)
      const messageIds = ids.filter((id) => id !== null)
      return { ...envelope, kind: 'seen', userId: need(recipient, 'recipient.id'), messageIds }
    }
    case 'user_submit_info':
      return { ...envelope, kind: 'submitted-info', userId: need(sender, 'sender.id'), ...readInfo(body) }
    default:
      return { ...envelope, kind: 'unknown' }
  }
}

function readInfo(body: Json) {
  const info = recordOf(body['info'])
  const full = recordOf(info['full_address'])
  return {
    fullName: textOf(info['name']),
    phone: textOf(info['phone']),
    address: textOf(info['address']) ?? textOf(full['user_address']),
    city: textOf(info['city']) ?? textOf(full['user_city']),
    ward: textOf(info['ward']) ?? textOf(full['user_ward']),
  }
}

function readSaid(message: Json): Said {
  return {
    messageId: textOf(message['msg_id']),
    text: textOf(message['text']),
    quotedMessageId: textOf(message['quote_msg_id']),
    attachments: listOf(message['attachments']).map(readAttachment),
  }
}

function readAttachment(value: unknown): Attachment {
  const attachment = recordOf(value)
  const payload = recordOf(attachment['payload'])
  const place = recordOf(payload['coordinates'])
  const [latitude, longitude] = [numberOf(place['latitude']), numberOf(place['longitude'])]
  return {
    type: textOf(attachment['type']) ?? 'unknown',
    url: textOf(payload['url']),
    thumbnail: textOf(payload['thumbnail']),
    description: textOf(payload['description']),
    name: textOf(payload['name']),
    size: numberOf(payload['size']),
    coordinates: latitude === null || longitude === null ? null : { latitude, longitude },
  }
}

/**
 * The message's id where there is one. Only events that say something new of a message are known by it: a receipt carries the id of the message
 * it is about, and would hide that message's echo.
 */
function keyOf(event: ZaloEvent, body: Json, raw: Uint8Array): string {
  if (event.kind === 'message' && event.messageId !== null) return `user:${event.messageId}`
  if (event.kind === 'oa-message' && event.messageId !== null) return `oa:${event.messageId}`
  const hash = createHash('sha256')
    .update(event.name)
    .update(idOf(body, 'sender') ?? '')
  return hash
    .update(textOf(body['timestamp']) ?? '')
    .update(raw)
    .digest('hex')
}

function idOf(body: Json, field: string): string | null {
  return textOf(recordOf(body[field])['id'])
}

/** Zalo documents `admin_id` beside the sender; some see it inside. */
function adminOf(body: Json): string | null {
  return textOf(body['admin_id']) ?? textOf(recordOf(body['sender'])['admin_id'])
}

function need(value: string | null, field: string): string {
  if (value === null) throw new MissingField(field)
  return value
}
