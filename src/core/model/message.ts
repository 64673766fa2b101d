/** The apps a contact may write from. */
export const CHANNELS = ['web', 'terminal', 'telegram', 'zalo'] as const
export type ChannelName = (typeof CHANNELS)[number]

export const LOCALES = ['vi', 'en'] as const
export type Locale = (typeof LOCALES)[number]

/** How a resident is addressed in Vietnamese; it also decides how the bot calls itself (voice.md). */
export const FORMS = ['bac', 'co', 'chu', 'anh', 'chi', 'ban'] as const
export type Form = (typeof FORMS)[number]

/** What shapes a text besides its key: the reader's language and form of address, and the day it is read on. */
export interface Voice {
  locale: Locale
  form: Form
  /** A day in Asia/Ho_Chi_Minh, `2026-11-23`: names of the ward and its offices change by date. */
  day: string
}

/** A day to be written out in the reader's language: «thứ Năm 26/11». */
export interface DayVar {
  day: string
}

/** A text to be said: a key of `content/` and what stands in its placeholders (texts within texts and days are rendered first). */
export interface Line {
  key: string
  vars?: Readonly<Record<string, string | number | Line | DayVar>>
}

/** Something the resident may answer: by its button, its number or its words. */
export interface Option {
  id: string
  label: Line
}

/** A wish for the reader's phone number, by the app's own way of giving one. */
export interface NumberWish {
  /** On the button, or above the form. */
  label: Line
  /** What the number is for. */
  why: Line
  /** Said where the app turns out not to carry the wish. */
  instead: Line
}

/** One message of the bot before it is put into words. */
export interface Reply {
  /** Paragraphs in order, each of one or more lines. */
  blocks: readonly (readonly Line[])[]
  options: readonly Option[]
  /** Asks for the phone number too. */
  number?: NumberWish
  /** The message before asked for the number: whatever the app put in the place of the keys goes away. */
  endsWish?: true
}

/** What a channel understood of one inbound event. */
export type Content =
  | { kind: 'text'; text: string }
  /** A button of ours; `data` is what `encodeTap` made of it, or a forgery. */
  | { kind: 'tap'; data: string }
  /** The chat was opened, with the payload of a poster, a link or an invitation, or with none (''). */
  | { kind: 'start'; payload: string }
  /** Something the bot cannot read; it is never fetched and never kept. */
  | { kind: 'media'; what: 'sticker' | 'picture' | 'voice' | 'file' | 'contact' | 'unknown' }

/** One inbound event of one address, already masked by the shield. */
export interface Inbound {
  channel: ChannelName
  /** The channel's own id of the event: the same id is the same event, however often it is delivered. */
  externalId: string
  /** Who wrote, in the channel's terms. */
  address: string
  content: Content
  /** When it reached us, ms since the epoch. */
  at: number
  /** The number of the newest message of ours that the writer had seen, where the channel knows it: a typed «1» answers that one. */
  seen?: number
  /** The app's own id of the message, where it can be deleted from the chat: one that carried a secret is. */
  messageId?: string
  /** The language the writer's app or page is in, where the channel knows it: a new contact is greeted in it. */
  locale?: Locale
  /** What the shield took out, most dangerous first. */
  secrets: readonly SecretKind[]
}

/** Kinds of things that must not be kept (domain.md §5 R4, R6). */
export const SECRET_KINDS = ['otp', 'password', 'card', 'id-number'] as const
export type SecretKind = (typeof SECRET_KINDS)[number]

/** Characters of a typed message that are read; a longer one is refused with a sentence (nobody types 2,000 characters at a step). */
export const TEXT_READ_LIMIT = 2000
