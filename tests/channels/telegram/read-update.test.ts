import { readUpdate } from '../../../src/channels/telegram/read-update.js'

const chat = { id: 12, type: 'private' }
const from = { id: 12, is_bot: false, first_name: 'Tư', language_code: 'vi' }
const message = (fields: object) => ({ update_id: 7, message: { message_id: 5, date: 1, chat, from, ...fields } })
const content = (fields: object) => {
  const parsed = readUpdate(message(fields), 1)
  return parsed.kind === 'read' ? parsed.inbound[0]?.content : parsed
}

describe('an update', () => {
  test('of somebody who writes', () => {
    expect(readUpdate(message({ text: 'xong' }), 99)).toEqual({
      kind: 'read',
      inbound: [
        {
          channel: 'telegram',
          externalId: '7',
          address: '12',
          messageId: '5',
          at: 99,
          content: { kind: 'text', text: 'xong' },
          secrets: [],
          locale: 'vi',
        },
      ],
      news: [],
    })
  })

  test.each([
    ['/start', { kind: 'start', payload: '' }],
    ['/start vneid-level-1_g5', { kind: 'start', payload: 'vneid-level-1_g5' }],
    ['/start@ward_bot inv_abc', { kind: 'start', payload: 'inv_abc' }],
    ['/start hai từ', { kind: 'text', text: '/start hai từ' }],
    ['/tiendo', { kind: 'text', text: '/tiendo' }],
    ['', { kind: 'text', text: '' }],
  ])('with the text «%s»', (text, wanted) => expect(content({ text })).toEqual(wanted))

  test.each([
    ['sticker', { sticker: {} }],
    ['picture', { photo: [] }],
    ['voice', { voice: {} }],
    ['voice', { video_note: {} }],
    ['file', { document: {} }],
    ['file', { animation: {}, document: {} }],
    ['contact', { contact: {} }],
    ['unknown', { location: {} }],
  ])('with a %s is media', (what, fields) => expect(content(fields)).toEqual({ kind: 'media', what }))

  test('with a secret under a picture says which, and keeps no word of it', () => {
    const parsed = readUpdate(message({ photo: [], caption: 'căn cước 079203004567' }), 1)
    expect(parsed).toMatchObject({ inbound: [{ content: { kind: 'media', what: 'picture' }, secrets: ['id-number'] }] })
    expect(JSON.stringify(parsed)).not.toContain('079203004567')
  })

  test('of a button carries what was on it, and what waits to be acknowledged', () => {
    const query = { id: 'q1', from, data: '3:done:vneid-level-1:2', message: { message_id: 5, date: 0, chat } }
    expect(readUpdate({ update_id: 8, callback_query: query }, 1)).toMatchObject({
      inbound: [{ address: '12', content: { kind: 'tap', data: query.data } }],
      acknowledge: 'q1',
    })
    expect(
      readUpdate({ update_id: 8, callback_query: { id: 'q1', from, inline_message_id: 'x', data: 'a' } }, 1),
    ).toEqual({
      kind: 'read',
      inbound: [],
      news: [],
      acknowledge: 'q1',
    })
  })

  test('of a block or its end is news of the address', () => {
    const member = (status: string) => ({
      update_id: 9,
      my_chat_member: { chat, from, date: 1, new_chat_member: { status } },
    })
    expect(readUpdate(member('kicked'), 1)).toMatchObject({ inbound: [], news: [{ address: '12', state: 'blocked' }] })
    expect(readUpdate(member('member'), 1)).toMatchObject({ inbound: [], news: [{ address: '12', state: 'ok' }] })
  })

  test.each([
    ['group', message({ chat: { id: -5, type: 'supergroup' }, text: 'chào' })],
    [
      'group',
      { update_id: 1, my_chat_member: { chat: { id: -5, type: 'group' }, new_chat_member: { status: 'member' } } },
    ],
    ['bot', message({ from: { ...from, is_bot: true }, text: 'chào' })],
    ['service', message({ pinned_message: {} })],
    ['kind', { update_id: 1, edited_message: {} }],
    ['kind', { update_id: 1, something_of_tomorrow: {} }],
  ])('is passed over: %s', (why, update) => expect(readUpdate(update, 1)).toEqual({ kind: 'ignored', why }))

  test.each([
    [{ update_id: 1, message: null }, 'ignored'],
    [{ update_id: 1, message: 'x' }, 'refused'],
    [{ update_id: 1, message: { chat: null } }, 'refused'],
    [message({ text: 5 }), 'refused'],
    [message({ chat: { id: '12', type: 'private' } }), 'refused'],
    [{ update_id: 1, callback_query: { data: 'x' } }, 'refused'],
    [{ update_id: 1, my_chat_member: { chat } }, 'refused'],
  ])('that Telegram never sent is no matter: %j', (update, kind) => expect(readUpdate(update, 1).kind).toBe(kind))

  test('asks for English only where the app is in English', () => {
    const locale = (language_code?: string) => {
      const parsed = readUpdate(message({ text: 'a', from: { ...from, language_code } }), 1)
      return parsed.kind === 'read' ? parsed.inbound[0]!.locale : null
    }
    expect([locale('en-GB'), locale('vi'), locale('ko'), locale()]).toEqual(['en', 'vi', undefined, undefined])
  })
})
