import { fieldsOf, Refusal, required, type Fields, type State } from './state.js'

const UPLOAD_LIFE_MS = 7 * 86_400_000
const ACTIONS = new Set(['oa.query.show', 'oa.query.hide', 'oa.open.url', 'oa.open.phone', 'oa.open.sms'])

/** Whether a message has a shape that this account takes, within its limits. */
export function checkShape(state: State, message: Fields): void {
  const { text, attachment } = message
  if (text !== undefined) {
    required(text, 'text')
    if ([...(text as string)].length > 2000) throw new Refusal(-210, 'text is over the limit')
  }
  if (attachment === undefined) {
    required(text, 'text')
    return
  }
  const { type, payload: given } = fieldsOf(attachment)
  const payload = fieldsOf(given)
  if (type === 'file') {
    required(payload['token'], 'token')
    return
  }
  if (type !== 'template') throw new Refusal(-201, 'attachment type is invalid')
  switch (payload['template_type']) {
    case undefined:
      checkButtons(payload['buttons'])
      refuseIf(state.oa.shapes.buttons)
      required(text, 'text')
      return
    case 'list':
      checkList(payload)
      refuseIf(state.oa.shapes.list)
      return
    case 'request_user_info':
      checkElements(payload['elements'], 1)
      refuseIf(state.oa.shapes.requestUserInfo)
      return
    case 'media':
      checkMedia(payload['elements'])
      return
    default:
      throw new Refusal(-233, 'Message type unsupported')
  }
}

function refuseIf(code: number): void {
  if (code !== 0) throw new Refusal(code, 'Message type unsupported')
}

function checkButtons(buttons: unknown): void {
  if (!Array.isArray(buttons) || buttons.length === 0) throw new Refusal(-201, 'buttons is invalid')
  if (buttons.length > 5) throw new Refusal(-210, 'buttons over limit')
  for (const button of buttons) {
    const { title, type, payload } = fieldsOf(button)
    if ([...required(title, 'title')].length > 100) throw new Refusal(-210, 'title over limit')
    checkAction(type, payload)
  }
}

function checkAction(type: unknown, payload: unknown): void {
  if (typeof type !== 'string' || !ACTIONS.has(type)) throw new Refusal(-201, 'button type is invalid')
  if (type.startsWith('oa.query.')) {
    if ([...required(payload, 'payload')].length > 1000) throw new Refusal(-210, 'payload over limit')
    return
  }
  const fields = fieldsOf(payload)
  if (type === 'oa.open.url') {
    if (!required(fields['url'], 'url').startsWith('https://')) throw new Refusal(-201, 'url is invalid')
    return
  }
  if (!/^84\d{8,10}$/.test(required(fields['phone_code'], 'phone_code')))
    throw new Refusal(-201, 'phone_code is invalid')
  if (type === 'oa.open.sms' && [...required(fields['content'], 'content')].length > 160) throw new Refusal(-210)
}

function checkList(payload: Fields): void {
  checkElements(payload['elements'], 5)
  for (const element of payload['elements'] as Fields[]) {
    const action = element['default_action']
    if (action === undefined) continue
    const fields = fieldsOf(action)
    checkAction(fields['type'], fields['type'] === 'oa.open.url' ? { url: fields['url'] } : fields['payload'])
  }
  if (payload['buttons'] !== undefined) checkButtons(payload['buttons'])
}

function checkElements(elements: unknown, most: number): void {
  if (!Array.isArray(elements) || elements.length === 0) throw new Refusal(-201, 'elements is invalid')
  if (elements.length > most) throw new Refusal(-210, 'elements over limit')
  for (const element of elements) {
    const { title, subtitle } = fieldsOf(element)
    if ([...required(title, 'title')].length > 100) throw new Refusal(-210, 'title over limit')
    if ([...required(subtitle, 'subtitle')].length > 500) throw new Refusal(-210, 'subtitle over limit')
  }
}

function checkMedia(elements: unknown): void {
  if (!Array.isArray(elements) || elements.length !== 1) throw new Refusal(-201, 'elements is invalid')
  const { media_type: type, url, attachment_id: id, width, height } = fieldsOf(elements[0])
  if (type !== 'image' && type !== 'gif' && type !== 'sticker') throw new Refusal(-233, 'Message type unsupported')
  if ((url === undefined) === (id === undefined)) throw new Refusal(-201, 'either url or attachment_id')
  if (url !== undefined && !String(url).startsWith('https://')) throw new Refusal(-201, 'url is invalid')
  if (type === 'gif' && (typeof width !== 'number' || typeof height !== 'number'))
    throw new Refusal(-201, 'width, height')
}

/** Whether the upload that a message uses is still there. */
export function checkAttachment(state: State, message: Fields): void {
  const payload = fieldsOf(fieldsOf(message['attachment'])['payload'])
  const [element] = Array.isArray(payload['elements']) ? payload['elements'] : []
  const { media_type: type, attachment_id } = fieldsOf(element)
  if (type === 'sticker' || type === 'article') return
  const id = payload['token'] ?? attachment_id
  if (id === undefined) return
  const upload = state.uploads.get(String(id))
  if (upload === undefined) throw new Refusal(-201, 'attachment_id is invalid')
  if (upload.kind !== (payload['token'] === undefined ? type : 'file'))
    throw new Refusal(-201, 'attachment_id is invalid')
  if (state.now() - upload.at > UPLOAD_LIFE_MS) throw new Refusal(-100, 'attachment_id has expired')
}
