import type { ChannelName, Inbound } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'

/** What an app can show and allows, in data: rules that differ between apps are read here and nowhere else. Characters are counted after NFC. */
export interface Capabilities {
  /** Longest label of a button, its number included. */
  labelLimit: number
  /** Longest message. */
  textLimit: number
  /** Most buttons under one message; 0: choices are a numbered list in the text. */
  buttons: number
  /** Most bytes that a button may carry back. */
  dataLimit: number
  /** Whether the app can ask for a phone number by a button of its own. */
  contactRequest: boolean
  /** Whether the buttons of a message that was sent can be taken away. */
  editing: boolean
  /** Whether the text of a message that was sent can be changed: then one message follows what goes on. */
  rewriting: boolean
  /** Whether a resident's message can be deleted from the chat. */
  erasing: boolean
  /** Until when after a resident's last message we may write; null: always and free. */
  window: ReplyWindow | null
  /** Hours (Asia/Ho_Chi_Minh) in which the app refuses what nobody asked for; null: none. Our own quiet hours are a matter of policy. */
  quiet: { from: string; until: string } | null
}

/** Writing is free for `free` ms after a resident's last interaction, costs `price` đồng until `paid` ms after it, and is not done then. */
export interface ReplyWindow {
  free: number
  paid: number
  price: number
}

/** The capabilities of an app that shows whatever it is given and forbids nothing. */
export const UNBOUND: Capabilities = {
  labelLimit: 60,
  textLimit: 4000,
  buttons: 40,
  dataLimit: 64,
  contactRequest: false,
  editing: false,
  rewriting: false,
  erasing: false,
  window: null,
  quiet: null,
}

/** A message to a resident that left our account; `byPerson` when the app says that a colleague wrote it (its silence proves nothing). */
export interface Echo {
  address: string
  messageId: string | null
  text: string | null
  byPerson: boolean
  /** By the app's clock. */
  at: number
}

/** Name and phone number as somebody gave them: not verified, and never to be logged. */
export interface Details {
  /** The app's own id of the event. */
  id: string
  address: string
  name: string | null
  phone: string | null
  at: number
}

/** What an event of an app came to. */
export type Parsed =
  | {
      kind: 'read'
      inbound: Inbound[]
      /** Addresses that may be written to again, or no longer; `at`: since when, by the app's clock. */
      news: { address: string; state: 'ok' | 'blocked'; at?: number }[]
      /** Who was there and when, by the app's clock: a reply window counts from it. */
      seen?: { address: string; at: number }[]
      /** A message that left our account: one of ours, or a colleague's. */
      echo?: Echo
      /** What somebody said of themselves by the app's own form. */
      details?: Details
      /** A button that waits for a sign that it was pressed. */
      acknowledge?: string
    }
  /** Nothing of ours: taken without a word, and counted by its reason. */
  | { kind: 'ignored'; why: string }
  /** Not the app's form: nothing is stored, and the sender is told. */
  | { kind: 'refused'; why: string }

/** What the app said to a message of ours. `delivery/outcomes.ts` holds what follows from each. */
export type Outcome =
  | { kind: 'sent'; providerId: string | null }
  /** Too fast: the same message again after `ms`; `channel`: nothing at all until then. */
  | { kind: 'retry-after'; ms: number; scope: 'channel' | 'address' }
  /** Nothing is taken before the resident writes again. `quota`: because our account's own allowance or money is used up, by the app's code. */
  | { kind: 'window-closed'; quota?: string }
  /** The resident wants nothing from us. */
  | { kind: 'blocked' }
  /** Nobody is there. */
  | { kind: 'dead-address' }
  /** This message will never be taken; `code` holds no word of it. */
  | { kind: 'rejected'; code: string }
  /** Nothing will be taken until an operator has done something. */
  | { kind: 'auth-lost'; reason: string }
  /** It may have arrived, or not. */
  | { kind: 'unknown'; reason: string }
  /** It surely did not arrive; later it may. */
  | { kind: 'not-sent'; reason: string }

export const OUTCOME_KINDS = [
  'sent',
  'retry-after',
  'window-closed',
  'blocked',
  'dead-address',
  'rejected',
  'auth-lost',
  'unknown',
  'not-sent',
] as const satisfies readonly Outcome['kind'][]

/** An app that people write from. */
export interface Channel<Rendered = unknown> {
  name: ChannelName
  capabilities: Capabilities
  /** Reads one event of the app; `at` is when it reached us. Never throws. */
  parse(raw: unknown, at: number): Parsed
  /** A message in the app's own form: one or more, in order. */
  render(said: Said): readonly Rendered[]
}

/** An app that messages are sent to. Nothing here throws: what goes wrong is an outcome. */
export interface SendingChannel<Rendered = unknown> extends Channel<Rendered> {
  /** Sends one of the rendered messages. */
  send(address: string, rendered: Rendered, how: { kind: 'reply' | 'reminder' | 'bulk' }): Promise<Outcome>
  /** Whether the app takes calls at all: asked after an outcome that may be the network's fault, before anything else is sent. */
  alive(): Promise<boolean>
  /** Takes the buttons of a message of ours away; false when it is worth trying later. Only with `capabilities.editing`. */
  retire?(address: string, providerId: string): Promise<boolean>
  /**
   * Puts other words, and the buttons given with them or none, in the place of a message of ours; `sent` too where they stand there already. Only with
   * `capabilities.rewriting`.
   */
  edit?(address: string, providerId: string, rendered: Rendered): Promise<Outcome>
  /** Deletes a resident's message from the chat; true when it is gone. Only with `capabilities.erasing`. */
  erase?(address: string, messageId: string): Promise<boolean>
  /** Posts a text to a group chat that the account made. */
  sendToGroup?(groupId: string, text: string): Promise<Outcome>
  /** Every text by which a message may be seen in the chat: for apps that tell us what left our account. */
  shows?(said: Said): readonly string[]
  /** Tells the app that a button was pressed. */
  acknowledge?(id: string): Promise<void>
}
