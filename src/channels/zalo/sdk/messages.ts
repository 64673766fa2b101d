import type { Call } from './call.js'
import { numberOf, recordOf, textOf, type Json } from './json.js'
import { mapResult, type Result } from './result.js'
import { recipientOf, shapes, type Button, type ListRow, type Picture, type Recipient } from './shapes.js'

/**
 * Which version of the API a message goes by: `v3` is documented, `v2` is what state agencies' accounts take. -235 and -240 say «the other one»;
 * whoever calls keeps the answer.
 */
export type ApiVersion = 'v3' | 'v2'

export interface SendOptions {
  /** Default `v3`. Anonymous visitors are always reached by `v2`. */
  api?: ApiVersion
}

export interface Sent {
  /** The echo (`oa_send_…`) carries the same id. */
  messageId: string | null
  userId: string | null
  /** Instant in ms. */
  sentAt: number | null
}

/** Messages to one user («tin tư vấn», CS): free within 48 hours of the user's last interaction, paid until 7 days, impossible later. */
export interface Messages {
  sendText(to: Recipient, text: string, options?: SendOptions & { quoteMessageId?: string }): Promise<Result<Sent>>
  sendImage(to: Recipient, picture: Picture, options?: SendOptions & { text?: string }): Promise<Result<Sent>>
  sendGif(
    to: Recipient,
    picture: Picture,
    size: { width: number; height: number },
    options?: SendOptions & { text?: string },
  ): Promise<Result<Sent>>
  /** `token` is what `uploadFile` gave. */
  sendFile(to: Recipient, token: string, options?: SendOptions): Promise<Result<Sent>>
  /** A text with buttons under it (shape A; not in Zalo's documentation of v3: be ready for -233, -201 and for a plain text instead). */
  sendButtons(to: Recipient, text: string, buttons: readonly Button[], options?: SendOptions): Promise<Result<Sent>>
  /** A list of rows, which may have buttons under it (shape B; the same caution). */
  sendList(
    to: Recipient,
    rows: readonly ListRow[],
    options?: SendOptions & { buttons?: readonly Button[] },
  ): Promise<Result<Sent>>
  /** Asks for name and phone number. The answer is the event `user_submit_info`: what somebody says of themselves, not verified. */
  requestUserInfo(
    to: Recipient,
    ask: { title: string; subtitle: string; imageUrl: string },
    options?: SendOptions,
  ): Promise<Result<Sent>>
  /** Reacts to a message, for example with `/-strong` or `/-heart`; `/-remove` takes it back. */
  react(to: string, messageId: string, icon: string): Promise<Result<Sent>>
}

export function createMessages(call: Call): Messages {
  const send = async (to: Recipient, message: Json, options: SendOptions = {}): Promise<Result<Sent>> => {
    const v2 = options.api === 'v2' || typeof to !== 'string'
    const path = v2 ? '/v2.0/oa/message' : '/v3.0/oa/message/cs'
    return mapResult(await call({ path, data: { recipient: recipientOf(to), message } }), readSent)
  }
  return {
    sendText: (to, text, options) => send(to, shapes.text(text, options?.quoteMessageId), options),
    sendImage: (to, picture, options) => send(to, shapes.image(picture, options?.text), options),
    sendGif: (to, picture, size, options) => send(to, shapes.gif(picture, size, options?.text), options),
    sendFile: (to, token, options) => send(to, shapes.file(token), options),
    sendButtons: (to, text, buttons, options) => send(to, shapes.buttons(text, buttons), options),
    sendList: (to, rows, options) => send(to, shapes.list(rows, options?.buttons), options),
    requestUserInfo: (to, ask, options) => send(to, shapes.requestUserInfo(ask), options),
    async react(to, messageId, icon) {
      const action = { react_icon: icon, react_message_id: messageId }
      const data = { recipient: { user_id: to }, sender_action: action }
      return mapResult(await call({ path: '/v2.0/oa/message', data }), readSent)
    },
  }
}

export function readSent(data: unknown): Sent {
  const sent = recordOf(data)
  return { messageId: textOf(sent['message_id']), userId: textOf(sent['user_id']), sentAt: numberOf(sent['sent_time']) }
}
