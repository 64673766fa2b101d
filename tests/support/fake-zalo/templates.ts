import { accept } from './messages.js'
import { fieldsOf, isNight, Refusal, required, type Fields, type State } from './state.js'

const YEAR_MS = 365 * 86_400_000

/** `/v3.0/oa/message/template`: an approved template to a user id. */
export function sendTemplate(state: State, body: Fields) {
  if (!state.oa.permissions.has('templates')) throw new Refusal(-223, 'OA has not granted this API')
  const userId = required(body['user_id'], 'user_id')
  const template = state.templates.get(required(body['template_id'], 'template_id'))
  if (template === undefined) throw new Refusal(-249, 'Template cannot be sent')
  checkData(template.params, body, -201)
  const person = state.people.get(userId)
  if (person === undefined) throw new Refusal(-201, 'user_id is invalid')
  if (person.blocked) throw new Refusal(-217, 'User has blocked invitations from the OA')
  if (template.tag === 3) {
    if (!person.follower) throw new Refusal(-213, 'User has not followed the OA')
    if (isNight(state.now())) throw new Refusal(-234, 'Not allowed between 22:00 and 06:00')
  } else if (person.lastInteraction === null || state.now() - person.lastInteraction > YEAR_MS) {
    throw new Refusal(-232, 'User has not interacted with the OA')
  }
  pay(state, -320, -321, 200)
  return accept(state, { kind: 'template', api: 'v3', to: userId, message: body, charged: 'cloud' })
}

/** `/message/template` of the business host: to a phone number. */
export function sendTemplateByPhone(state: State, body: Fields) {
  if (!state.oa.permissions.has('templates')) throw new Refusal(-138, 'App lacks the permission')
  const phone = String(body['phone'] ?? '')
  if (!/^84\d{9}$/.test(phone)) throw new Refusal(-108, 'Phone number is invalid')
  const template = state.templates.get(String(body['template_id']))
  if (template === undefined) throw new Refusal(-109, 'Template id is invalid')
  if (typeof body['tracking_id'] !== 'string' || body['tracking_id'].length > 48) throw new Refusal(-132)
  checkData(template.params, body, -1122)
  if (isNight(state.now())) throw new Refusal(-133, 'Not allowed between 22:00 and 06:00')
  pay(state, -136, -115, 300)
  const sent = accept(state, { kind: 'template-by-phone', api: 'zbs', to: phone, message: body, charged: 'cloud' })
  const quota = { dailyQuota: '500', remainingQuota: '499' }
  return { msg_id: sent.message_id, sent_time: sent.sent_time, sending_mode: '1', quota }
}

function checkData(params: readonly string[], body: Fields, code: number): void {
  const data = fieldsOf(body['template_data'])
  for (const name of params) if (typeof data[name] !== 'string') throw new Refusal(code, `${name} is missing`)
}

function pay(state: State, notLinked: number, empty: number, price: number): void {
  const { cloudAccount } = state.oa
  if (cloudAccount === null) throw new Refusal(notLinked, 'ZCA is not linked')
  if (cloudAccount.balance < price) throw new Refusal(empty, 'ZCA is out of money')
  cloudAccount.balance -= price
}
