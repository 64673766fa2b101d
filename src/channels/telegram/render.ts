import type { InlineKeyboardMarkup, ReplyKeyboardMarkup, ReplyKeyboardRemove } from 'grammy/types'
import type { Said } from '../../core/model/outbox.js'
import type { Capabilities } from '../channel.js'
import { layOut } from '../layout.js'

/** A message in Telegram's form. */
export interface TelegramMessage {
  text: string
  reply_markup?: InlineKeyboardMarkup | ReplyKeyboardMarkup | ReplyKeyboardRemove
}

export function renderTelegram(said: Said, capabilities: Capabilities): TelegramMessage[] {
  if (said.number) return asking(said, said.number.label, capabilities)
  if (said.endsWish) return ending(said, capabilities)
  return layOut(said, capabilities).map(({ text, buttons }) => ({
    text,
    ...(buttons.length === 0
      ? {}
      : {
          reply_markup: { inline_keyboard: buttons.map(({ label, data }) => [{ text: label, callback_data: data }]) },
        }),
  }))
}

/** Only a key in the place of the keyboard can give the number. The choices stand below it, and a tap comes back as typed words. */
function asking({ text, options }: Said, label: string, capabilities: Capabilities): TelegramMessage[] {
  const pieces: TelegramMessage[] = layOut({ text, options: [] }, capabilities)
  const rows = options.map((option, i) => [{ text: `${i + 1} ${option.label.normalize('NFC')}` }])
  const keyboard = [[{ text: label.normalize('NFC'), request_contact: true as const }], ...rows]
  return pieces.map(({ text }, i) => ({
    text,
    ...(i === pieces.length - 1 ? { reply_markup: { keyboard, resize_keyboard: true, one_time_keyboard: true } } : {}),
  }))
}

/** A message takes the keys away or has buttons, never both: what was said first takes them away, what is asked has the buttons. */
function ending(said: Said, capabilities: Capabilities): TelegramMessage[] {
  const gone = { remove_keyboard: true as const }
  const cut = said.text.lastIndexOf('\n\n')
  if (said.options.length > 0 && cut > 0) {
    const first = layOut({ text: said.text.slice(0, cut), options: [] }, capabilities)
    const rest = renderTelegram({ text: said.text.slice(cut + 2), options: said.options }, capabilities)
    return [...first.map(({ text }) => ({ text, reply_markup: gone })), ...rest]
  }
  // One paragraph alone: its choices are numbered lines this once.
  return layOut(said, { ...capabilities, buttons: 0 }).map(({ text }) => ({ text, reply_markup: gone }))
}
