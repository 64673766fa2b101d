import type { Json } from './json.js'

/** Somebody who gets a message: a user id, or a visitor of a website who chats without an account. */
export type Recipient = string | { anonymousId: string; conversationId: string }

/** What a tap does. A query comes back as an ordinary text message whose text is the payload; `hidden` keeps it out of the user's chat. */
export type Action =
  | { kind: 'query'; payload: string; hidden?: boolean }
  | { kind: 'url'; url: string }
  /** `84…` */
  | { kind: 'phone'; phone: string }
  | { kind: 'sms'; phone: string; content: string }

export interface Button {
  title: string
  action: Action
  iconUrl?: string
}

export interface ListRow {
  title: string
  /** Zalo refuses an empty one. */
  subtitle: string
  imageUrl?: string
  action?: Action
}

/** Exactly one of both. */
export type Picture = { attachmentId: string } | { url: string }

const ACTION_TYPES = { url: 'oa.open.url', phone: 'oa.open.phone', sms: 'oa.open.sms' } as const

function actionOf(action: Action): { type: string; payload: unknown } {
  switch (action.kind) {
    case 'query':
      return { type: action.hidden ? 'oa.query.hide' : 'oa.query.show', payload: action.payload }
    case 'url':
      return { type: ACTION_TYPES.url, payload: { url: action.url } }
    case 'phone':
      return { type: ACTION_TYPES.phone, payload: { phone_code: action.phone } }
    case 'sms':
      return { type: ACTION_TYPES.sms, payload: { content: action.content, phone_code: action.phone } }
  }
}

function buttonOf({ title, action, iconUrl }: Button): Json {
  return { title, ...actionOf(action), ...(iconUrl === undefined ? {} : { image_icon: iconUrl }) }
}

function rowOf({ title, subtitle, imageUrl, action }: ListRow): Json {
  // In a row the address stands beside the type, not in a payload.
  const tap = action?.kind === 'url' ? { type: ACTION_TYPES.url, url: action.url } : action && actionOf(action)
  return { title, subtitle, ...(imageUrl ? { image_url: imageUrl } : {}), ...(tap ? { default_action: tap } : {}) }
}

const template = (payload: Json): Json => ({ type: 'template', payload })

const media = (element: Json): Json => template({ template_type: 'media', elements: [element] })

const pictureOf = (picture: Picture): Json =>
  'url' in picture ? { url: picture.url } : { attachment_id: picture.attachmentId }

/** `message` of every sort, as Zalo wants it. Texts are put into NFC. */
export const shapes = {
  text: (text: string, quote?: string): Json => ({ text: nfc(text), ...(quote ? { quote_message_id: quote } : {}) }),
  image: (picture: Picture, text?: string): Json => ({
    ...(text ? { text: nfc(text) } : {}),
    attachment: media({ media_type: 'image', ...pictureOf(picture) }),
  }),
  gif: (picture: Picture, size: { width: number; height: number }, text?: string): Json => ({
    ...(text ? { text: nfc(text) } : {}),
    attachment: media({ media_type: 'gif', ...pictureOf(picture), width: size.width, height: size.height }),
  }),
  file: (token: string): Json => ({ attachment: { type: 'file', payload: { token } } }),
  buttons: (text: string, buttons: readonly Button[]): Json => ({
    text: nfc(text),
    attachment: template({ buttons: buttons.map(buttonOf) }),
  }),
  list: (rows: readonly ListRow[], buttons: readonly Button[] = []): Json => ({
    attachment: template({
      template_type: 'list',
      elements: rows.map(rowOf),
      ...(buttons.length > 0 ? { buttons: buttons.map(buttonOf) } : {}),
    }),
  }),
  requestUserInfo: (ask: { title: string; subtitle: string; imageUrl: string }): Json => ({
    attachment: template({
      template_type: 'request_user_info',
      elements: [{ title: nfc(ask.title), subtitle: nfc(ask.subtitle), image_url: ask.imageUrl }],
    }),
  }),
  articles: (ids: readonly string[]): Json => ({
    attachment: template({
      template_type: 'media',
      elements: ids.map((id) => ({ media_type: 'article', attachment_id: id })),
    }),
  }),
}

export function recipientOf(recipient: Recipient): Json {
  if (typeof recipient === 'string') return { user_id: recipient }
  return { anonymous_id: recipient.anonymousId, conversation_id: recipient.conversationId }
}

function nfc(text: string): string {
  return text.normalize('NFC')
}
