/** Part of every event. */
export interface Envelope {
  /** Zalo's `event_name`. */
  name: string
  appId: string | null
  /** Instant in ms as Zalo says it; null when it says none. Events come in any order. */
  at: number | null
}

export interface Attachment {
  /** `image`, `gif`, `audio`, `video`, `file`, `sticker`, `link`, `location`, … */
  type: string
  /** An address of Zalo that dies soon and is sometimes plain http. */
  url: string | null
  thumbnail: string | null
  description: string | null
  name: string | null
  size: number | null
  coordinates: { latitude: number; longitude: number } | null
}

export interface Said {
  messageId: string | null
  /** Of a tapped button: its payload. */
  text: string | null
  quotedMessageId: string | null
  attachments: readonly Attachment[]
}

/** A user wrote, sent something, or tapped a button. Counts as interaction. */
export interface MessageEvent extends Envelope, Said {
  kind: 'message'
  userId: string
  oaId: string
  userIdByApp: string | null
}

/** The account wrote: the echo of our own send, or a colleague in OA Manager. */
export interface OaMessageEvent extends Envelope, Said {
  kind: 'oa-message'
  userId: string
  oaId: string
  /** Given when a person wrote; its absence proves nothing. */
  adminId: string | null
}

/** Somebody on a website without an account; either direction. */
export interface AnonymousEvent extends Envelope, Said {
  kind: 'anonymous-message'
  from: 'visitor' | 'oa'
  anonymousId: string
  conversationId: string | null
}

/** The answer to `requestUserInfo`: what somebody says of themselves. Counts as interaction. */
export interface SubmittedInfoEvent extends Envelope {
  kind: 'submitted-info'
  userId: string
  fullName: string | null
  phone: string | null
  address: string | null
  city: string | null
  ward: string | null
}

/** Follow counts as interaction, unfollow ends what the account may start. */
export interface FollowEvent extends Envelope {
  kind: 'follow' | 'unfollow'
  userId: string
  oaId: string | null
  userIdByApp: string | null
  source: string | null
}

/** Receipts of our messages. Never an interaction. */
export interface ReceiptEvent extends Envelope {
  kind: 'received' | 'seen'
  userId: string
  messageIds: readonly string[]
}

/** Receipt of a template message to a phone number. */
export interface TemplateReceivedEvent extends Envelope {
  kind: 'template-received'
  messageId: string
  trackingId: string | null
}

/** A tap on «Nhắn tin», a reaction, a call, … without words. Opens the window again. */
export interface InteractionEvent extends Envelope {
  kind: 'interaction'
  userId: string
}

/** Something in a group chat (GMF). */
export interface GroupEvent extends Envelope, Said {
  kind: 'group'
  groupId: string | null
  /** Who wrote or joined, when Zalo says it. */
  userId: string | null
}

/** Zalo changed a template's state, quality or quota, or the account's quota. */
export interface TemplateChangeEvent extends Envelope {
  kind: 'template-change'
  templateId: string | null
}

/** A kind we do not know: count it and answer 200. */
export interface UnknownEvent extends Envelope {
  kind: 'unknown'
}

export type ZaloEvent =
  | MessageEvent
  | OaMessageEvent
  | AnonymousEvent
  | SubmittedInfoEvent
  | FollowEvent
  | ReceiptEvent
  | TemplateReceivedEvent
  | InteractionEvent
  | GroupEvent
  | TemplateChangeEvent
  | UnknownEvent

/** Why a body is no event. */
export type Refusal =
  | { refusal: 'not-json' | 'not-an-object' | 'no-event-name' }
  /** An event of a kind that we know without something it cannot do without. */
  | { refusal: 'missing-field'; name: string; field: string }

export type Parsed = { ok: true; event: ZaloEvent; key: string } | ({ ok: false } & Refusal)
