import { parseEvent, signatureOf, verifySignature, type ZaloEvent } from '../../../../src/channels/zalo/sdk/index.js'

const APP = '1234567890123456789'
const SECRET = 'OaSecretKeyForTests'
const VECTOR =
  '{"app_id":"1234567890123456789","sender":{"id":"246845883529197922"},"recipient":{"id":"388613280878808645"},"user_id_by_app":"552177279717587730","event_name":"user_send_text","message":{"text":"Xin chào","msg_id":"96d3cdf3af150460909"},"timestamp":"1764000000000"}'
const MAC = '5314faf83bd79236c782d837e99f8e7f49e62198597d8960aa649c32c155c792'

const bytes = (text: string) => new TextEncoder().encode(text)
const parse = (value: unknown) => parseEvent(bytes(typeof value === 'string' ? value : JSON.stringify(value)))
const event = (value: unknown): ZaloEvent => {
  const parsed = parse(value)
  if (!parsed.ok) throw new Error(parsed.refusal)
  return parsed.event
}

describe('the signature', () => {
  test('passes on the published vector, with and without the prefix, in either case', () => {
    expect(bytes(VECTOR)).toHaveLength(267)
    for (const header of [`mac=${MAC}`, `MAC = ${MAC}`, MAC, `mac=${MAC.toUpperCase()}`]) {
      expect(verifySignature(bytes(VECTOR), header, APP, SECRET)).toBe(true)
    }
  })

  test.each([
    ['another body', VECTOR.replace('chào', 'chao'), `mac=${MAC}`, APP, SECRET],
    ['the same JSON in another form', JSON.stringify(JSON.parse(VECTOR), null, 1), `mac=${MAC}`, APP, SECRET],
    ['another app', VECTOR, `mac=${MAC}`, '1', SECRET],
    ['another secret', VECTOR, `mac=${MAC}`, APP, 'x'],
    ['no header', VECTOR, undefined, APP, SECRET],
    ['an empty header', VECTOR, '', APP, SECRET],
    ['a cut header', VECTOR, `mac=${MAC.slice(0, 62)}`, APP, SECRET],
    ['no hex', VECTOR, `mac=${'z'.repeat(64)}`, APP, SECRET],
  ])('fails on %s', (_, body, header, app, secret) => {
    expect(verifySignature(bytes(body), header, app, secret)).toBe(false)
  })

  test('an empty secret never lets anything in', () => {
    const forged = signatureOf(bytes(VECTOR), '1764000000000', APP, '')
    expect(verifySignature(bytes(VECTOR), `mac=${forged}`, APP, '')).toBe(false)
  })

  test('a body that is no JSON object fails without an exception', () => {
    for (const body of ['', 'x', '[]', 'null', '{"timestamp":']) {
      const mac = signatureOf(bytes(body), '', APP, SECRET)
      expect(verifySignature(bytes(body), `mac=${mac}`, APP, SECRET)).toBe(false)
    }
  })

  test('the timestamp may also come as a number', () => {
    const body = bytes('{"event_name":"x","timestamp":1764000000000}')
    expect(verifySignature(body, `mac=${signatureOf(body, '1764000000000', APP, SECRET)}`, APP, SECRET)).toBe(true)
  })
})

describe('an event', () => {
  const ends = { app_id: APP, sender: { id: '2468' }, recipient: { id: '3886' }, timestamp: '1764000000000' }

  test('of a user who wrote', () => {
    expect(event(VECTOR)).toEqual({
      kind: 'message',
      name: 'user_send_text',
      appId: APP,
      at: 1764000000000,
      userId: '246845883529197922',
      oaId: '388613280878808645',
      userIdByApp: '552177279717587730',
      messageId: '96d3cdf3af150460909',
      text: 'Xin chào',
      quotedMessageId: null,
      attachments: [],
    })
  })

  test('keeps every digit of ids that come as numbers', () => {
    expect(event(VECTOR.replaceAll(/"id":"(\d+)"/g, '"id":$1'))).toMatchObject({ userId: '246845883529197922' })
  })

  test('with a picture and with a place', () => {
    const payload = { url: 'https://b-f1.zdn.vn/x', thumbnail: 'https://b-f1.zdn.vn/t', size: '1024' }
    expect(
      event({
        ...ends,
        event_name: 'user_send_image',
        message: { msg_id: '1', attachments: [{ type: 'image', payload }] },
      }),
    ).toMatchObject({
      kind: 'message',
      attachments: [{ type: 'image', url: payload.url, size: 1024, coordinates: null }],
    })
    const coordinates = { latitude: '21.4', longitude: '105.8' }
    expect(
      event({
        ...ends,
        event_name: 'user_send_location',
        message: { msg_id: '1', attachments: [{ type: 'location', payload: { coordinates } }] },
      }),
    ).toMatchObject({ attachments: [{ type: 'location', coordinates: { latitude: 21.4, longitude: 105.8 } }] })
  })

  test('of our own send and of a colleague', () => {
    const echo = { ...ends, event_name: 'oa_send_text', message: { msg_id: '7', text: 'a' } }
    expect(event(echo)).toMatchObject({
      kind: 'oa-message',
      userId: '3886',
      oaId: '2468',
      adminId: null,
      messageId: '7',
    })
    expect(event({ ...echo, admin_id: '99' })).toMatchObject({ adminId: '99' })
    expect(event({ ...echo, sender: { id: '2468', admin_id: '99' } })).toMatchObject({ adminId: '99' })
  })

  test('of following and leaving, which have no sender', () => {
    const follow = {
      oa_id: '3886',
      follower: { id: '2468' },
      event_name: 'follow',
      source: 'oa_profile',
      app_id: APP,
      timestamp: '1',
    }
    expect(event(follow)).toMatchObject({ kind: 'follow', userId: '2468', oaId: '3886', source: 'oa_profile' })
    expect(event({ ...follow, event_name: 'unfollow' })).toMatchObject({ kind: 'unfollow' })
  })

  test('with contact data in either form of address', () => {
    const info = {
      name: 'Tư',
      phone: '84912345678',
      full_address: { user_city: 'Thái Nguyên', user_ward: 'Phổ Yên', user_address: 'Tổ 5' },
    }
    expect(event({ ...ends, event_name: 'user_submit_info', info })).toMatchObject({
      kind: 'submitted-info',
      userId: '2468',
      fullName: 'Tư',
      phone: '84912345678',
      ward: 'Phổ Yên',
      address: 'Tổ 5',
    })
  })

  test('of receipts, where a template is told from a message', () => {
    const received = { ...ends, event_name: 'user_received_message', message: { msg_id: '7' } }
    expect(event(received)).toMatchObject({ kind: 'received', userId: '3886', messageIds: ['7'] })
    const template = {
      ...received,
      recipient: { id: '84912345678' },
      message: { msg_id: '7', tracking_id: 'u17', delivery_time: '1' },
    }
    expect(event(template)).toEqual({
      kind: 'template-received',
      name: 'user_received_message',
      appId: APP,
      at: 1764000000000,
      messageId: '7',
      trackingId: 'u17',
    })
    expect(event({ ...ends, event_name: 'user_seen_message', message: { msg_ids: ['7', '8'] } })).toMatchObject({
      kind: 'seen',
      messageIds: ['7', '8'],
    })
  })

  test.each([
    [
      { event_name: 'user_click_chatnow', oa_id: '3886', user_id: '2468' },
      { kind: 'interaction', userId: '2468' },
    ],
    [
      { ...ends, event_name: 'user_reacted_message' },
      { kind: 'interaction', userId: '2468' },
    ],
    [
      { ...ends, event_name: 'anonymous_send_text', message: { text: 'a', conversation_id: 'c' } },
      { kind: 'anonymous-message', from: 'visitor', anonymousId: '2468', conversationId: 'c' },
    ],
    [
      { ...ends, event_name: 'oa_send_anonymous_text', message: {} },
      { kind: 'anonymous-message', from: 'oa', anonymousId: '3886' },
    ],
    [
      { ...ends, event_name: 'user_send_group_text', message: { text: 'a' } },
      { kind: 'group', groupId: '3886', userId: '2468', text: 'a' },
    ],
    [
      { event_name: 'create_group', group_id: 'g' },
      { kind: 'group', groupId: 'g', userId: null },
    ],
    [
      { event_name: 'change_template_status', template_id: 't' },
      { kind: 'template-change', templateId: 't' },
    ],
    [
      { event_name: 'something_new', sender: 5 },
      { kind: 'unknown', name: 'something_new' },
    ],
  ])('is read: %j', (body, expected) => {
    expect(event(body)).toMatchObject(expected)
  })

  test.each([
    ['not JSON', '{', { refusal: 'not-json' }],
    ['no object', '[1]', { refusal: 'not-an-object' }],
    ['no name', '{"timestamp":"1"}', { refusal: 'no-event-name' }],
    ['no sender', '{"event_name":"user_send_text","message":{}}', { refusal: 'missing-field', field: 'sender.id' }],
    [
      'no recipient',
      '{"event_name":"user_send_text","sender":{"id":"1"}}',
      { refusal: 'missing-field', field: 'recipient.id' },
    ],
    ['no follower', '{"event_name":"follow","follower":7}', { refusal: 'missing-field', field: 'follower.id' }],
  ])('is refused with a reason: %s', (_, body, expected) => {
    expect(parse(body)).toMatchObject({ ok: false, ...expected })
  })
})

describe('the key of an event', () => {
  const key = (value: unknown) => {
    const parsed = parse(value)
    return parsed.ok ? parsed.key : null
  }
  const echo = {
    sender: { id: '3' },
    recipient: { id: '2' },
    timestamp: '1',
    event_name: 'oa_send_text',
    message: { msg_id: '7' },
  }

  test('is the message id, however the copy differs', () => {
    expect(key(VECTOR)).toBe('user:96d3cdf3af150460909')
    expect(key(VECTOR.replace('1764000000000', '1764000000001'))).toBe(key(VECTOR))
  })

  test('of a receipt does not hide the echo it is about', () => {
    expect(key({ ...echo, event_name: 'user_received_message' })).not.toBe(key(echo))
  })

  test('of an event without a message id comes from its bytes', () => {
    const follow = { follower: { id: '1' }, event_name: 'follow', timestamp: '1' }
    expect(key(follow)).toBe(key(follow))
    expect(key(follow)).not.toBe(key({ ...follow, timestamp: '2' }))
    expect(key(follow)).toMatch(/^[0-9a-f]{64}$/)
  })
})
