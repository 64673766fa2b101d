import { type Button, type Chat, type ChatMessage, enqueue, type State } from './state.js'

/** Somebody with the app: does what a finger can, and sees what is on the screen. */
export interface Person {
  id: number
  start(payload?: string): void
  say(text: string): void
  media(what: 'sticker' | 'picture' | 'voice' | 'file' | 'unknown', caption?: string): void
  /** Presses the button with this number on the newest message that has buttons. */
  press(number: number): void
  /** Presses the button whose label contains these words, on the newest message that has buttons. */
  tap(words: string): void
  /** Sends what a button once carried: pressed the moment before it went away, or forged. */
  tapData(data: string, message?: number): void
  /** Presses the key with these words, in the place of the keyboard: types it, or gives the own phone number. */
  key(words: string): void
  /** Sends a card of the address book; `user`: whose it is, where the app knows. */
  sendsCard(phone: string, user?: number): void
  block(): void
  unblock(): void
  leave(): void
  chat: Chat
  /** Messages of the bot that are there. */
  heard(): ChatMessage[]
  last(): ChatMessage
  /** Buttons of the newest message that has any. */
  buttons(): Button[]
}

const FIELDS = {
  sticker: { sticker: { file_id: 's', type: 'regular' } },
  picture: { photo: [{ file_id: 'p', width: 90, height: 90 }] },
  voice: { voice: { file_id: 'v', duration: 3 } },
  file: { document: { file_id: 'd' } },
  unknown: { dice: { emoji: '🎲', value: 3 } },
}

export function createPerson(state: State, id: number, language?: string): Person {
  const chat: Chat = { id, language, started: false, blocked: false, deactivated: false, messages: [], keys: [] }
  state.chats.set(id, chat)
  let callbacks = 0
  const from = () => ({ id, is_bot: false, first_name: 'A', ...(language ? { language_code: language } : {}) })
  const where = () => ({ id, type: 'private', first_name: 'A' })
  const write = (text: string, fields: Record<string, unknown>) => {
    chat.started = true
    const message: ChatMessage = { id: state.nextMessage++, from: 'person', text, keyboard: [], at: state.clock() }
    chat.messages.push(message)
    const date = Math.floor(message.at / 1000)
    enqueue(state, `chat ${id}`, { message: { message_id: message.id, date, chat: where(), from: from(), ...fields } })
  }
  const membership = (status: 'kicked' | 'member') => {
    const user = { id: Number(state.token.split(':')[0]), is_bot: true, first_name: 'Ward' }
    enqueue(state, `chat ${id}`, {
      my_chat_member: {
        chat: where(),
        from: from(),
        date: Math.floor(state.clock() / 1000),
        old_chat_member: { user, status: status === 'kicked' ? 'member' : 'kicked' },
        new_chat_member: { user, status },
      },
    })
  }
  const asking = () => chat.messages.findLast(({ keyboard }) => keyboard.length > 0)
  const person: Person = {
    id,
    chat,
    start: (payload = '') => {
      const text = payload === '' ? '/start' : `/start ${payload}`
      write(text, { text, entities: [{ type: 'bot_command', offset: 0, length: 6 }] })
    },
    say: (text) => write(text, { text }),
    media: (what, caption) => write(caption ?? '', { ...FIELDS[what], ...(caption === undefined ? {} : { caption }) }),
    press: (number) => {
      const button = person.buttons()[number - 1]
      if (!button?.callback_data) throw new Error(`no button ${number} on ${JSON.stringify(person.last().text)}`)
      person.tapData(button.callback_data, asking()!.id)
    },
    tap: (words) => {
      const button = person.buttons().find(({ text }) => text.includes(words))
      if (!button?.callback_data) throw new Error(`no button «${words}» among ${JSON.stringify(person.buttons())}`)
      person.tapData(button.callback_data, asking()!.id)
    },
    tapData: (data, message = asking()?.id ?? 1) => {
      const query = `${id}-${++callbacks}`
      state.callbacks.set(query, { at: state.clock(), answered: false })
      const of = { message_id: message, date: 0, chat: where() }
      enqueue(state, `callbacks ${id}`, {
        callback_query: { id: query, from: from(), chat_instance: 'x', data, message: of },
      })
    },
    key: (words) => {
      const key = chat.keys.find(({ text }) => text.includes(words))
      if (!key) throw new Error(`no key «${words}» among ${JSON.stringify(chat.keys)}`)
      if (key.request_contact) person.sendsCard(`84912${String(id).padStart(6, '0')}`, id)
      else person.say(key.text)
    },
    sendsCard: (phone, user) =>
      write('', {
        contact: {
          phone_number: phone,
          first_name: 'Nguyễn',
          last_name: 'Thị Tư',
          ...(user === undefined ? {} : { user_id: user }),
        },
      }),
    block: () => {
      chat.blocked = true
      membership('kicked')
    },
    unblock: () => {
      chat.blocked = false
      membership('member')
    },
    leave: () => {
      chat.deactivated = true
    },
    heard: () => chat.messages.filter((message) => message.from === 'bot'),
    last: () => {
      const last = person.heard().at(-1)
      if (!last) throw new Error(`${id} has heard nothing`)
      return last
    },
    buttons: () => asking()?.keyboard.flat() ?? [],
  }
  return person
}
