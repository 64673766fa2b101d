import { newId, nextOrder, type FakePerson, type State } from './state.js'
import type { Webhooks } from './webhooks.js'

/** Somebody with Zalo on the phone. What they do goes into the webhook's queue; `deliver` sends it. */
export interface FakeUser {
  id: string
  /** Gives the id of the message. */
  says(text: string): string
  /** Taps a button of a message: Zalo posts its payload as a text. */
  taps(payload: string): string
  sends(kind: 'image' | 'gif' | 'audio' | 'video' | 'file' | 'sticker' | 'link', attachments?: unknown[]): string
  sharesLocation(latitude: number, longitude: number): string
  submitsInfo(info: { name: string; phone: string; address?: string }): void
  opensChat(): void
  reads(messageIds: readonly string[]): void
  follows(): void
  unfollows(): void
  blocks(): void
  unblocks(): void
  restricts(): void
  /** Everything accepted for this user, texts only. */
  heard(): string[]
  state: FakePerson
}

export function createUser(
  state: State,
  webhooks: Webhooks,
  id: string,
  displayName: string,
  follower: boolean,
): FakeUser {
  const person: FakePerson = {
    id,
    displayName,
    follower,
    lastInteraction: null,
    blocked: false,
    banned: false,
    restricted: false,
    welcomes: 0,
    tags: new Set(),
    shared: {},
  }
  state.people.set(id, person)

  const interacts = () => {
    person.lastInteraction = state.now()
    state.spoke.push({ order: nextOrder(state), userId: id })
  }
  const ends = () => ({ sender: { id }, recipient: { id: state.oa.oaId }, user_id_by_app: `9${id}` })
  const says = (name: string, message: Record<string, unknown>): string => {
    interacts()
    const messageId = newId(state)
    const text = typeof message['text'] === 'string' ? message['text'] : ''
    const type = name === 'user_send_text' ? 'text' : name.replace('user_send_', '')
    state.chat.push({ messageId, src: 1, userId: id, at: state.now(), type, text })
    webhooks.queue(name, { ...ends(), message: { ...message, msg_id: messageId } })
    return messageId
  }
  const follow = (name: 'follow' | 'unfollow') => {
    person.follower = name === 'follow'
    if (name === 'follow') interacts()
    const fields = { oa_id: state.oa.oaId, follower: { id }, user_id_by_app: `9${id}`, source: 'oa_profile' }
    webhooks.queue(name, fields)
  }

  return {
    id,
    state: person,
    says: (text) => says('user_send_text', { text }),
    taps: (payload) => says('user_send_text', { text: payload }),
    sends: (
      kind,
      attachments = [{ type: kind, payload: { url: 'https://b-f1.zdn.vn/x', thumbnail: 'https://b-f1.zdn.vn/t' } }],
    ) => says(`user_send_${kind}`, { attachments }),
    sharesLocation: (latitude, longitude) =>
      says('user_send_location', {
        attachments: [
          { type: 'location', payload: { coordinates: { latitude: String(latitude), longitude: String(longitude) } } },
        ],
      }),
    submitsInfo(info) {
      interacts()
      person.shared = info
      webhooks.queue('user_submit_info', { ...ends(), info })
    },
    opensChat() {
      interacts()
      webhooks.queue('user_click_chatnow', { oa_id: state.oa.oaId, user_id: id })
    },
    reads(messageIds) {
      const fields = { sender: { id: state.oa.oaId }, recipient: { id }, message: { msg_ids: messageIds } }
      webhooks.queue('user_seen_message', fields)
    },
    follows: () => follow('follow'),
    unfollows() {
      follow('unfollow')
      // Until they interact again the account may start nothing.
      person.lastInteraction = null
      person.welcomes = 3
    },
    blocks() {
      person.blocked = true
    },
    unblocks() {
      person.blocked = false
    },
    restricts() {
      person.restricted = true
    },
    heard: () => state.accepted.filter(({ to, text }) => to === id && text !== null).map(({ text }) => text as string),
  }
}
