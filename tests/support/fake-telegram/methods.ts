import { type Button, type Chat, type ChatMessage, type Key, Refusal, type State } from './state.js'

type Params = Record<string, unknown>

const HOUR = 3_600_000
/** How long a callback may be answered, ms. */
const CALLBACK_MS = 150_000

/** The methods that are offered, each as strict as the real one. `getUpdates` waits and lives in the server. */
export const METHODS: Readonly<Record<string, (state: State, params: Params) => unknown>> = {
  getMe: (state) => ({ id: Number(state.token.split(':')[0]), is_bot: true, first_name: 'Ward', username: 'ward_bot' }),

  sendMessage(state, params) {
    known(params, ['chat_id', 'text', 'reply_markup', 'link_preview_options'])
    const chat = open(state, params['chat_id'])
    const text = textOf(params['text'])
    const markup = params['reply_markup']
    const keys = keysOf(markup)
    const keyboard = keys === null ? keyboardOf(markup) : []
    const message: ChatMessage = { id: state.nextMessage++, from: 'bot', text, keyboard, at: state.clock() }
    if (keys !== null) {
      chat.keys = keys
      message.keyed = true
    }
    chat.messages.push(message)
    return shown(chat, message)
  },

  editMessageReplyMarkup(state, params) {
    known(params, ['chat_id', 'message_id', 'reply_markup'])
    const { chat, message } = own(state, params)
    const keyboard = keyboardOf(params['reply_markup'])
    if (JSON.stringify(keyboard) === JSON.stringify(message.keyboard)) throw unmodified()
    message.keyboard = keyboard
    return shown(chat, message)
  },

  editMessageText(state, params) {
    known(params, ['chat_id', 'message_id', 'text', 'reply_markup', 'link_preview_options'])
    const { chat, message } = own(state, params)
    const text = textOf(params['text'])
    const keyboard = keyboardOf(params['reply_markup'])
    if (text === message.text && JSON.stringify(keyboard) === JSON.stringify(message.keyboard)) throw unmodified()
    Object.assign(message, { text, keyboard })
    return shown(chat, message)
  },

  deleteMessage(state, params) {
    known(params, ['chat_id', 'message_id'])
    const chat = open(state, params['chat_id'])
    const message = chat.messages.find(({ id }) => id === params['message_id'])
    if (!message) throw bad('message to delete not found')
    if (state.clock() - message.at > 48 * HOUR) throw bad("message can't be deleted for everyone")
    chat.messages = chat.messages.filter((kept) => kept !== message)
    return true
  },

  answerCallbackQuery(state, params) {
    known(params, ['callback_query_id', 'text', 'show_alert'])
    const callback = state.callbacks.get(String(params['callback_query_id']))
    if (!callback || callback.answered || state.clock() - callback.at > CALLBACK_MS)
      throw bad('query is too old and response timeout expired or query ID is invalid')
    callback.answered = true
    return true
  },

  setMyCommands(state, params) {
    known(params, ['commands', 'language_code', 'scope'])
    const commands = params['commands'] as { command: string; description: string }[]
    if (!Array.isArray(commands) || commands.length > 100) throw bad('BOT_COMMANDS_TOO_MUCH')
    for (const { command, description } of commands) {
      if (!/^[a-z0-9_]{1,32}$/.test(command)) throw bad('BOT_COMMAND_INVALID')
      if (description.length < 1 || description.length > 256) throw bad('BOT_COMMAND_DESCRIPTION_INVALID')
    }
    const language = String(params['language_code'] ?? '')
    if (!/^([a-z]{2})?$/.test(language)) throw bad('LANG_CODE_INVALID')
    state.menus.set(`${language}${scopeOf(state, params['scope'])}`, commands)
    return true
  },

  deleteMyCommands(state, params) {
    known(params, ['language_code', 'scope'])
    state.menus.delete(`${String(params['language_code'] ?? '')}${scopeOf(state, params['scope'])}`)
    return true
  },

  setWebhook(state, params) {
    known(params, ['url', 'secret_token', 'allowed_updates', 'max_connections', 'drop_pending_updates'])
    const url = String(params['url'] ?? '')
    const secret = params['secret_token']
    if (!url.startsWith('https://') && !url.startsWith('http://127.0.0.1:'))
      throw bad('bad webhook: An HTTPS URL must be provided for webhook')
    if (secret !== undefined && !/^[\w-]{1,256}$/.test(String(secret)))
      throw bad('secret token contains unallowed characters')
    const connections = Number(params['max_connections'] ?? 40)
    if (connections < 1 || connections > 100) throw bad('max_connections out of range')
    state.webhook = {
      url,
      secret: secret === undefined ? undefined : String(secret),
      allowed: (params['allowed_updates'] as string[] | undefined) ?? [],
    }
    return true
  },

  deleteWebhook(state, params) {
    known(params, ['drop_pending_updates'])
    state.webhook = null
    return true
  },

  getWebhookInfo: (state) => ({
    url: state.webhook?.url ?? '',
    has_custom_certificate: false,
    pending_update_count: state.pending.length,
  }),
}

/** The scope of a menu, as its key: '' for everybody. A chat must be one that the bot knows. */
function scopeOf(state: State, scope: unknown): string {
  if (scope === undefined) return ''
  const { type, chat_id: id, ...rest } = scope as Params
  known(rest, [])
  if (type === 'default' && id === undefined) return ''
  if (type !== 'chat') throw bad(`the fake knows no scope ${String(type)}`)
  return ` chat ${open(state, id).id}`
}

/** Nobody may rely on a parameter that the fake would pass over in silence. */
function known(params: Params, names: readonly string[]): void {
  const strange = Object.keys(params).filter((name) => !names.includes(name))
  if (strange.length > 0) throw bad(`the fake knows no parameter ${strange.join(', ')}`)
}

function open(state: State, id: unknown): Chat {
  const chat = typeof id === 'number' ? state.chats.get(id) : undefined
  if (!chat) throw bad('chat not found')
  if (chat.deactivated) throw new Refusal(403, 'Forbidden: user is deactivated')
  if (chat.blocked) throw new Refusal(403, 'Forbidden: bot was blocked by the user')
  if (!chat.started) throw new Refusal(403, "Forbidden: bot can't initiate conversation with a user")
  return chat
}

function own(state: State, params: Params): { chat: Chat; message: ChatMessage } {
  const chat = open(state, params['chat_id'])
  const message = chat.messages.find(({ id, from }) => id === params['message_id'] && from === 'bot')
  if (!message) throw bad('message to edit not found')
  // What has no inline keyboard can be changed for two days.
  const old = message.keyboard.length === 0 && state.clock() - message.at > 48 * HOUR
  if (message.keyed || old) throw bad("message can't be edited")
  return { chat, message }
}

/** The keys that a message puts in the place of the keyboard, none for one that takes them away; null: it says nothing of them. */
function keysOf(markup: unknown): Key[] | null {
  if (typeof markup !== 'object' || markup === null) return null
  const { keyboard, remove_keyboard: gone, ...rest } = markup as Params
  if (gone === undefined && keyboard === undefined) return null
  known(rest, gone === undefined ? ['resize_keyboard', 'one_time_keyboard', 'is_persistent'] : ['selective'])
  if (gone !== undefined) {
    if (gone !== true || keyboard !== undefined) throw bad("can't parse reply keyboard markup JSON object")
    return []
  }
  if (!Array.isArray(keyboard) || !keyboard.every((row) => Array.isArray(row) && row.length > 0))
    throw bad("can't parse reply keyboard markup JSON object")
  const keys = keyboard.flat() as Key[]
  if (keys.length > 300) throw bad('reply markup is too long')
  for (const { text, request_contact: asks, ...rest } of keys) {
    known(rest, [])
    if (typeof text !== 'string' || text.trim() === '') throw bad("can't parse keyboard button: text must be non-empty")
    if (asks !== undefined && typeof asks !== 'boolean') throw bad("can't parse keyboard button: request_contact")
  }
  return keys
}

function textOf(value: unknown): string {
  if (typeof value !== 'string' || value.trim() === '') throw bad('message text is empty')
  if (value.length > 4096) throw bad('message is too long')
  return value
}

function keyboardOf(markup: unknown): Button[][] {
  if (markup === undefined) return []
  const rows = (markup as { inline_keyboard?: unknown }).inline_keyboard
  if (!Array.isArray(rows) || !rows.every((row) => Array.isArray(row)))
    throw bad("can't parse reply keyboard markup JSON object")
  const buttons = rows.flat() as Button[]
  if (buttons.length > 100) throw bad('reply markup is too long')
  for (const { text, callback_data, url } of buttons) {
    if (typeof text !== 'string' || text.trim() === '')
      throw bad("can't parse inline keyboard button: Text buttons are unallowed in the inline keyboard")
    if (
      url === undefined &&
      (typeof callback_data !== 'string' || callback_data === '' || Buffer.byteLength(callback_data) > 64)
    )
      throw bad('BUTTON_DATA_INVALID')
  }
  return rows as Button[][]
}

function shown(chat: Chat, message: ChatMessage) {
  return {
    message_id: message.id,
    date: Math.floor(message.at / 1000),
    chat: { id: chat.id, type: 'private', first_name: 'A' },
    text: message.text,
    ...(message.keyboard.length > 0 ? { reply_markup: { inline_keyboard: message.keyboard } } : {}),
  }
}

const bad = (what: string) => new Refusal(400, `Bad Request: ${what}`)
const unmodified = () =>
  bad(
    'message is not modified: specified new message content and reply markup are exactly the same as a current content and reply markup of the message',
  )
