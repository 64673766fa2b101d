import { checkAttachment, checkShape } from './shapes.js'
import {
  fieldsOf,
  isNight,
  newId,
  nextOrder,
  Refusal,
  required,
  type Accepted,
  type Fields,
  type State,
} from './state.js'

const HOUR = 3_600_000
const WELCOMES = 3
/** Dong for one message outside the free window. */
const PRICE = 55

/** `/v3.0/oa/message/cs` and `/v2.0/oa/message`: one message to one user, or a reaction, or a broadcast. */
export function sendMessage(state: State, api: 'v2' | 'v3', body: Fields) {
  const recipient = fieldsOf(body['recipient'])
  if (api === 'v2' && recipient['target'] !== undefined) return broadcast(state, body)
  if (api === 'v2' && body['sender_action'] !== undefined) return react(state, body)
  // The account's sort decides before anything else: nothing of the message is looked at.
  if (api === 'v3' && state.oa.type === 'state') throw new Refusal(-235, 'This API does not support this type of OA')
  if (api === 'v2' && state.oa.type === 'business' && recipient['anonymous_id'] === undefined) {
    throw new Refusal(-240, 'MessageV2 is closed, please use MessageV3')
  }
  const message = fieldsOf(body['message'])
  checkShape(state, message)
  checkAttachment(state, message)
  if (recipient['anonymous_id'] !== undefined) {
    required(recipient['conversation_id'], 'conversation_id')
    return accept(state, { kind: 'message', api, to: String(recipient['anonymous_id']), message, charged: 'none' })
  }
  const userId = required(recipient['user_id'], 'user_id')
  const quote = message['quote_message_id']
  if (quote !== undefined && !state.chat.some((line) => line.messageId === quote && line.userId === userId)) {
    throw new Refusal(-201, 'quote_message_id is invalid')
  }
  const charge = chargeFor(state, userId)
  return accept(state, { kind: 'message', api, to: userId, message, charged: charge.type }, charge.quota)
}

/** Who may be written to now, and what it costs. */
function chargeFor(state: State, userId: string): { type: Accepted['charged']; quota: Fields | null } {
  const { oa } = state
  const person = state.people.get(userId)
  if (person === undefined) throw new Refusal(-201, 'user_id is invalid')
  if (person.banned) throw new Refusal(-227, 'User is banned or has been inactive')
  if (person.blocked) throw new Refusal(-217, 'User has blocked invitations from the OA')
  if (person.restricted) throw new Refusal(-244, 'User has restricted this message type')
  if (person.lastInteraction === null) {
    if (!person.follower) throw new Refusal(-213, 'User has not followed the OA')
    if (person.welcomes >= WELCOMES) throw new Refusal(-232, 'User has not interacted with the OA')
    person.welcomes++
    return {
      type: 'welcome_msg',
      quota: { quota_type: 'welcome_msg', remain: WELCOMES - person.welcomes, total: WELCOMES },
    }
  }
  const age = state.now() - person.lastInteraction
  if (age <= 48 * HOUR) return { type: 'reply', quota: { quota_type: 'reply' } }
  if (age > 7 * 24 * HOUR) throw new Refusal(-230, 'User has not interacted with the OA in the past 7 days')
  if (!oa.paid) throw new Refusal(-211, 'Out of quota')
  if (oa.allowance > 0) {
    oa.allowance--
    const quota = { quota_type: 'sub_quota', remain: String(oa.allowance), total: '500', expired_date: '31/12/2026' }
    return { type: 'sub_quota', quota }
  }
  if (oa.cloudAccount === null) throw new Refusal(-320, 'ZCA is not linked')
  if (oa.cloudAccount.balance < PRICE) throw new Refusal(-321, 'ZCA is out of money')
  oa.cloudAccount.balance -= PRICE
  return { type: 'cloud', quota: null }
}

function react(state: State, body: Fields) {
  const userId = required(fieldsOf(body['recipient'])['user_id'], 'user_id')
  const action = fieldsOf(body['sender_action'])
  required(action['react_icon'], 'react_icon')
  const id = required(action['react_message_id'], 'react_message_id')
  if (!state.chat.some((line) => line.messageId === id && line.userId === userId)) {
    throw new Refusal(-201, 'react_message_id is invalid')
  }
  return accept(state, { kind: 'reaction', api: 'v2', to: userId, message: action, charged: 'none' })
}

function broadcast(state: State, body: Fields) {
  const { oa } = state
  if (!oa.permissions.has('articles')) throw new Refusal(-223, 'OA has not granted this API')
  const message = fieldsOf(body['message'])
  const payload = fieldsOf(fieldsOf(message['attachment'])['payload'])
  const elements = payload['elements']
  if (payload['template_type'] !== 'media' || !Array.isArray(elements))
    throw new Refusal(-233, 'Message type unsupported')
  if (elements.length < 1 || elements.length > 5) throw new Refusal(-210, 'elements over limit')
  for (const element of elements) {
    const { media_type: type, attachment_id: id } = fieldsOf(element)
    if (type !== 'article') throw new Refusal(-233, 'Message type unsupported')
    if (![...state.articles.values()].some((a) => a.id === id && a.readyAt <= state.now())) {
      throw new Refusal(-201, 'attachment_id is invalid')
    }
  }
  if (isNight(state.now())) throw new Refusal(-234, 'Not allowed between 22:00 and 06:00')
  if (oa.broadcastQuota <= 0) throw new Refusal(-211, 'Out of quota')
  oa.broadcastQuota--
  return accept(state, { kind: 'broadcast', api: 'v2', to: '', message, charged: 'none' })
}

/** `/v3.0/oa/group/message` */
export function sendToGroup(state: State, body: Fields) {
  const { oa } = state
  if (!oa.permissions.has('groups')) throw new Refusal(-223, 'OA has not granted this API')
  const groupId = required(fieldsOf(body['recipient'])['group_id'], 'group_id')
  if (!state.groups.has(groupId)) throw new Refusal(-403, 'OA is not in the group')
  const message = fieldsOf(body['message'])
  if (fieldsOf(fieldsOf(message['attachment'])['payload'])['buttons'] !== undefined) throw new Refusal(-233)
  checkShape(state, message)
  checkAttachment(state, message)
  return accept(state, { kind: 'group', api: 'v3', to: groupId, message, charged: 'none' })
}

type What = Pick<Accepted, 'kind' | 'api' | 'to' | 'charged'> & { message: Fields }

/** Writes down what was accepted and says so. */
export function accept(state: State, what: What, quota: Fields | null = null) {
  const text = typeof what.message['text'] === 'string' ? what.message['text'] : null
  const messageId = newId(state)
  const at = state.now()
  state.accepted.push({ ...what, order: nextOrder(state), at, monotonicMs: performance.now(), messageId, text })
  if (what.kind === 'message') {
    state.chat.push({
      messageId,
      src: 0,
      userId: what.to,
      at,
      type: text === null ? 'photo' : 'text',
      text: text ?? '',
    })
  }
  return { message_id: messageId, user_id: what.to, sent_time: String(at), ...(quota === null ? {} : { quota }) }
}
