import type { Said } from '../../core/model/outbox.js'
import type { Capabilities } from '../channel.js'
import { cutText, layOut, lengthOf, type Sheet } from '../layout.js'
import { ELEMENT_SUBTITLE_LIMIT, ELEMENT_TITLE_LIMIT } from './sdk/limits.js'

/** A message in every form that an account may take; which one it becomes is known when it is sent. */
export interface ZaloMessage {
  text: string
  buttons: Sheet['buttons']
  /** The text with its choices as numbered lines: what every account takes. The same as `text` where there are no buttons. */
  numbered: string
  /** The text as the one row of a list, where it fits. */
  row: { title: string; subtitle: string } | null
  /** The form by which Zalo asks for name and phone number; `text` is what is said where the account may not show it. */
  form?: { title: string; subtitle: string }
}

/** Taps come back as text messages: by this a payload is told from what somebody typed. */
const TAP_MARK = '#w:'

export function payloadOf(data: string): string {
  return TAP_MARK + data
}

/** What a button of ours carried; null for a text that somebody typed. */
export function tapIn(text: string): string | null {
  return text.startsWith(TAP_MARK) ? text.slice(TAP_MARK.length) : null
}

export function renderZalo(said: Said, capabilities: Capabilities): ZaloMessage[] {
  if (said.number) {
    const { number, ...asked } = said
    return [...renderZalo(asked, capabilities), formOf(number)]
  }
  const sheets = layOut(said, capabilities)
  const messages = sheets.map(({ text, buttons }) => ({ text, buttons, numbered: numbered(text, buttons), row: rowOf(text, buttons) })) // prettier-ignore
  const fits = messages.every((message) => lengthOf(message.numbered) <= capabilities.textLimit)
  return fits ? messages : renderZalo(said, { ...capabilities, buttons: 0 })
}

/** Every text by which a message of ours may be seen in the chat: its echo is known by it before its id is. */
export function textsOf(said: Said, capabilities: Capabilities): string[] {
  return renderZalo(said, capabilities).flatMap(({ text, numbered }) => [text, numbered])
}

function formOf({ label, why, instead }: NonNullable<Said['number']>): ZaloMessage {
  const [title, subtitle] = [cutText(label, ELEMENT_TITLE_LIMIT)[0]!, cutText(why, ELEMENT_SUBTITLE_LIMIT)[0]!]
  return { text: instead, buttons: [], numbered: instead, row: null, form: { title, subtitle } }
}

function numbered(text: string, buttons: Sheet['buttons']): string {
  if (buttons.length === 0) return text
  const lines = buttons.map(({ label }) => label).join('\n')
  return text === '' ? lines : `${text}\n\n${lines}`
}

/** A list shows no text but that of its rows: the heading, or the first sentence, and what follows, which must not be empty. */
function rowOf(text: string, buttons: Sheet['buttons']): ZaloMessage['row'] {
  if (buttons.length === 0) return null
  const cut = /^(.+?)(?:\n+|(?<=[.!?…:])\s+)([\s\S]+)$/u.exec(text)
  const [title = '', subtitle = ''] = [cut?.[1]?.trim(), cut?.[2]?.trim()]
  const fits = lengthOf(title) <= ELEMENT_TITLE_LIMIT && lengthOf(subtitle) <= ELEMENT_SUBTITLE_LIMIT
  return title !== '' && subtitle !== '' && fits ? { title, subtitle } : null
}
