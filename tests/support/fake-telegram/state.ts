/** A refusal of the Bot API in its own words. */
export class Refusal extends Error {
  readonly code: number
  readonly parameters: { retry_after?: number } | undefined
  constructor(code: number, description: string, parameters?: { retry_after?: number }) {
    super(description)
    this.code = code
    this.parameters = parameters
  }
}

export interface Button {
  text: string
  callback_data?: string
  url?: string
}

/** A key in the place of the keyboard: what it types, or a request for the phone number. */
export interface Key {
  text: string
  request_contact?: boolean
}

/** A message in a chat as both sides see it. */
export interface ChatMessage {
  id: number
  from: 'bot' | 'person'
  text: string
  /** Rows of buttons that hang on it now. */
  keyboard: Button[][]
  /** It brought or took keys: it can then have no buttons, and cannot be edited. */
  keyed?: boolean
  /** ms. */
  at: number
}

export interface Chat {
  id: number
  language: string | undefined
  /** The person has pressed «Start»: before that the bot may not write. */
  started: boolean
  blocked: boolean
  deactivated: boolean
  /** Those that are still there, oldest first. */
  messages: ChatMessage[]
  /** Keys that stand in the place of the keyboard now; they stay until a message takes them away. */
  keys: Key[]
}

/** An update that has not been confirmed. `queue` is the line it stands in when it is brought by webhook. */
export interface Pending {
  queue: string
  update: { update_id: number } & Record<string, unknown>
}

export interface Webhook {
  url: string
  secret: string | undefined
  allowed: readonly string[]
}

/** Everything the fake knows. */
export interface State {
  token: string
  clock: () => number
  chats: Map<number, Chat>
  pending: Pending[]
  webhook: Webhook | null
  callbacks: Map<string, { at: number; answered: boolean }>
  /** By scope and language: `en`, `vi chat 77`. */
  menus: Map<string, { command: string; description: string }[]>
  /** Calls by method, refused ones too. */
  calls: Map<string, number>
  nextUpdate: number
  nextMessage: number
  /** Rings when an update comes in. */
  onUpdate: () => void
}

export const newState = (token: string, clock: () => number): State => ({
  token,
  clock,
  chats: new Map(),
  pending: [],
  webhook: null,
  callbacks: new Map(),
  menus: new Map(),
  calls: new Map(),
  nextUpdate: 700_000_001,
  nextMessage: 1,
  onUpdate: () => {},
})

/** Puts an update in line: messages of a chat in one, callbacks of a person in another. */
export function enqueue(state: State, queue: string, body: Record<string, unknown>): void {
  state.pending.push({ queue, update: { update_id: state.nextUpdate++, ...body } })
  state.onUpdate()
}
