import type { Api } from 'grammy'
import type { Update } from 'grammy/types'
import { type Capabilities, type SendingChannel, UNBOUND } from '../channel.js'
import { isRefusal, outcomeOf } from './outcome.js'
import { readUpdate, UPDATE_KINDS } from './read-update.js'
import { renderTelegram, type TelegramMessage } from './render.js'

/** Telegram's rules. A text may have 4096 characters, counted in a way that nobody has written down: some stay free. */
export const TELEGRAM_CAPABILITIES: Capabilities = {
  ...UNBOUND,
  buttons: 40,
  contactRequest: true,
  editing: true,
  rewriting: true,
  erasing: true,
}

export interface TelegramSettings {
  token: string
  /** Without a slash at the end. */
  apiRoot: string
  /** How long a question for updates stays open, seconds. */
  pollSeconds?: number
  /**
   * How long any other call may take, seconds. An answer whose body was cut short is noticed by nothing else: node-fetch waits for the
   * rest for ever.
   */
  callSeconds?: number
}

/** A command of the menu, in the reader's words. */
export interface MenuEntry {
  command: string
  description: string
}

/** Telegram as a channel, and what an operator's start needs of it. Calls behind `set…` and `updates` reject with grammY's errors (outcome.ts). */
export interface Telegram extends SendingChannel<TelegramMessage> {
  /** Updates from `offset` on, at most 100; waits for the first one. */
  updates(offset: number, signal: AbortSignal): Promise<Update[]>
  /** The bot's user name: shows that the token is good. */
  me(): Promise<string>
  /** Where updates are brought to ('': they are asked for), how many wait, and when bringing them last failed, ms. */
  webhookInfo(): Promise<{ url: string; pending: number; failedAt: number | null }>
  setWebhook(url: string, secret: string): Promise<void>
  /** From now on updates are asked for; what waits is kept. */
  deleteWebhook(): Promise<void>
  /** The menu of commands for readers of a language; null: for everybody else; `address`: of one chat alone. */
  setMenu(language: string | null, menu: readonly MenuEntry[], address?: string): Promise<void>
  /** Takes the menu of one chat away: the one for everybody is there again. */
  dropMenu(language: string | null, address: string): Promise<void>
}

/** How much longer than Telegram holds a question we wait for its answer, seconds. */
const POLL_MARGIN = 10

export function createTelegram({ token, apiRoot, pollSeconds = 30, callSeconds = 15 }: TelegramSettings): Telegram {
  const calls = lazily(token, apiRoot, callSeconds)
  const polls = lazily(token, apiRoot, pollSeconds + Math.min(POLL_MARGIN, callSeconds))
  return {
    name: 'telegram',
    capabilities: TELEGRAM_CAPABILITIES,
    parse: readUpdate,
    render: (said) => renderTelegram(said, TELEGRAM_CAPABILITIES),

    async send(address, { text, reply_markup }) {
      try {
        const options = { link_preview_options: { is_disabled: true }, ...(reply_markup ? { reply_markup } : {}) }
        const { message_id } = await (await calls()).sendMessage(Number(address), text, options)
        return { kind: 'sent', providerId: String(message_id) }
      } catch (error) {
        return outcomeOf(error)
      }
    },

    alive: () =>
      calls()
        .then((api) => api.getMe())
        .then(
          () => true,
          // Any answer of Telegram's own shows that calls reach it; what it refuses shows at the next message.
          (error: unknown) => isRefusal(error) && error.error_code < 500,
        ),

    retire: (address, providerId) =>
      calls()
        .then((api) => api.editMessageReplyMarkup(Number(address), Number(providerId)))
        .then(() => true, isFinal),

    async edit(address, providerId, { text, reply_markup: markup }) {
      // Keys in the place of the keyboard belong to a message that is sent, not to one that is changed.
      if (markup && !('inline_keyboard' in markup)) return { kind: 'rejected', code: 'keys cannot be edited' }
      try {
        const options = { link_preview_options: { is_disabled: true }, ...(markup ? { reply_markup: markup } : {}) }
        await (await calls()).editMessageText(Number(address), Number(providerId), text, options)
        return { kind: 'sent', providerId }
      } catch (error) {
        if (isRefusal(error) && /message is not modified/i.test(error.description)) return { kind: 'sent', providerId }
        return outcomeOf(error)
      }
    },

    erase: (address, messageId) =>
      calls()
        .then((api) => api.deleteMessage(Number(address), Number(messageId)))
        .then(
          () => true,
          (error: unknown) => isRefusal(error) && /message to delete not found/i.test(error.description),
        ),

    // An expired one is no matter: the tap itself was taken in.
    acknowledge: (id) =>
      calls()
        .then((api) => api.answerCallbackQuery(id))
        .then(
          () => {},
          () => {},
        ),

    async updates(offset, signal) {
      const api = await polls()
      const asked = { offset, limit: 100, timeout: pollSeconds, allowed_updates: UPDATE_KINDS }
      return api.getUpdates(asked, signal as Parameters<typeof api.getUpdates>[1])
    },

    me: async () => (await (await calls()).getMe()).username,
    async webhookInfo() {
      const { url = '', pending_update_count, last_error_date } = await (await calls()).getWebhookInfo()
      return {
        url,
        pending: pending_update_count,
        failedAt: last_error_date === undefined ? null : last_error_date * 1000,
      }
    },
    async setWebhook(url, secret) {
      await (
        await calls()
      ).setWebhook(url, { secret_token: secret, allowed_updates: UPDATE_KINDS, max_connections: 40 })
    },
    async deleteWebhook() {
      await (await calls()).deleteWebhook()
    },
    async setMenu(language, menu, address) {
      const commands = menu.map(({ command, description }) => ({ command, description }))
      await (await calls()).setMyCommands(commands, menuKey(language, address))
    },
    async dropMenu(language, address) {
      await (await calls()).deleteMyCommands(menuKey(language, address))
    },
  }
}

/** Which of the menus is meant. */
function menuKey(language: string | null, address: string | undefined) {
  return {
    ...(language === null ? {} : { language_code: language as 'en' }),
    ...(address === undefined ? {} : { scope: { type: 'chat' as const, chat_id: Number(address) } }),
  }
}

/** Whether trying again would change nothing: «message is not modified», or a message that is gone. */
function isFinal(error: unknown): boolean {
  return isRefusal(error) && error.error_code === 400
}

/** grammY's client, loaded at the first call: a bot without Telegram does not carry it (17 MB). */
function lazily(token: string, apiRoot: string, timeoutSeconds: number): () => Promise<Api> {
  let made: Promise<Api> | undefined
  return () => (made ??= import('grammy').then(({ Api }) => new Api(token, { apiRoot, timeoutSeconds })))
}
