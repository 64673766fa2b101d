import { type Channel, OUTCOME_KINDS, type SendingChannel, UNBOUND } from '../../src/channels/channel.js'
import { cutText, lengthOf } from '../../src/channels/layout.js'
import { createTelegram } from '../../src/channels/telegram/telegram.js'
import { terminal } from '../../src/channels/terminal/terminal.js'
import { web } from '../../src/channels/web/web.js'
import type { ZaloMessage } from '../../src/channels/zalo/render.js'
import { createZaloClient } from '../../src/channels/zalo/sdk/index.js'
import { createZalo } from '../../src/channels/zalo/zalo.js'
import type { Said } from '../../src/core/model/outbox.js'
import { encodeTap } from '../../src/core/talk/tap.js'
import { OUTCOMES } from '../../src/delivery/outcomes.js'

/** A channel under the contract: how its messages look to whoever reads them, and an event with a text and one that is none. */
interface Case {
  channel: Channel
  shown(rendered: unknown): { text: string; buttons: { label: string; data: string }[] }
  text: unknown
  junk: unknown[]
}

const telegram = createTelegram({ token: '1:a', apiRoot: 'http://127.0.0.1:1' })

const zaloWith = (buttons: 'auto' | 'off') =>
  createZalo({
    client: createZaloClient({ tokens: { accessToken: async () => ({ ok: false, reason: 'no-grant' }) } }),
    appId: '1',
    oaId: '2',
    oaSecret: 'x',
    rules: { buttons, paid: false },
    pins: { load: async () => null, save: async () => {} },
    now: () => 1000,
  })
const bytes = (event: unknown) => Buffer.from(typeof event === 'string' ? event : JSON.stringify(event))
const zaloEvent = { event_name: 'user_send_text', sender: { id: '246845883529197922' }, recipient: { id: '2' }, timestamp: '900' } // prettier-ignore

const CASES: Case[] = [
  {
    channel: web,
    // The page puts the numbers in front itself.
    shown: (rendered) => {
      const { text, options } = rendered as Said
      return { text, buttons: options.map(({ label, data }, i) => ({ label: `${i + 1} ${label}`, data })) }
    },
    text: { address: 'a'.repeat(64), body: { id: 'm1', kind: 'text', text: 'xong rồi' } },
    junk: [
      { address: 'a', body: null },
      { address: 'a', body: { id: 'm1', kind: 'text' } },
    ],
  },
  {
    channel: terminal,
    shown: (rendered) => ({ text: rendered as string, buttons: [] }),
    text: { id: 't-1', content: { kind: 'text', text: 'xong rồi' } },
    junk: [null, 'xong', {}],
  },
  {
    channel: telegram,
    shown: (rendered) => {
      const { text, reply_markup } = rendered as ReturnType<typeof telegram.render>[number]
      const rows = reply_markup && 'inline_keyboard' in reply_markup ? reply_markup.inline_keyboard : []
      // One button a row: a thumb finds it.
      expect(rows.every((row) => row.length === 1)).toBe(true)
      return {
        text,
        buttons: rows
          .flat()
          .map((button) => ({ label: button.text, data: 'callback_data' in button ? button.callback_data : '' })),
      }
    },
    text: {
      update_id: 7,
      message: {
        message_id: 5,
        date: 1,
        chat: { id: 12, type: 'private' },
        from: { id: 12, is_bot: false, language_code: 'vi' },
        text: 'xong rồi',
      },
    },
    junk: [
      null,
      [],
      'x',
      {},
      { update_id: 'x' },
      { update_id: 1.5 },
      { update_id: 1, message: {} },
      { update_id: 1, message: { chat: { id: 'a', type: 'private' }, message_id: 1, text: 'a' } },
    ],
  },
]

for (const buttons of ['auto', 'off'] as const)
  CASES.push({
    channel: zaloWith(buttons),
    shown: (rendered) => {
      const { text, buttons: shown, numbered } = rendered as ZaloMessage
      // What every account takes holds all of it too.
      for (const { label } of shown) expect(numbered.split('\n')).toContain(label)
      return { text, buttons: shown }
    },
    text: bytes({ ...zaloEvent, message: { msg_id: 'm', text: 'xong rồi' } }),
    junk: [null, [], 'x', {}, bytes(''), bytes('{'), bytes('5'), bytes('[]'), bytes({}), bytes({ ...zaloEvent, sender: {} })], // prettier-ignore
  })

const said = (choices: number, text = 'Bước 1/8 · Cài VNeID', label = 'Xong rồi'): Said => ({
  text,
  options: Array.from({ length: choices }, (_, i) => ({
    label: `${label}${i === 0 ? '' : ` ${i}`}`,
    data: encodeTap({ n: 9_999_999, option: `${'o'.repeat(22)}${i % 10}`, flow: 'f'.repeat(24), number: 14 }),
  })),
})

describe.each(CASES.map((each) => [each.channel.name, each] as const))(
  'the %s channel',
  (_, { channel, shown, text, junk }) => {
    const { capabilities } = channel
    const render = (message: Said) => channel.render(message).map(shown)
    const whole = (message: Said) =>
      render(message)
        .map((each) => each.text)
        .join('\n')

    test('reads an event with a text, and gives the same event the same id', () => {
      const parsed = channel.parse(text, 1000)
      expect(parsed).toMatchObject({
        kind: 'read',
        inbound: [{ channel: channel.name, content: { kind: 'text', text: 'xong rồi' }, at: 1000, secrets: [] }],
      })
      expect(channel.parse(structuredClone(text), 1000)).toEqual(parsed)
    })

    test('has a way for everything that it says it can do', () => {
      const { edit, retire, erase } = channel as Partial<SendingChannel>
      if (!('send' in channel)) return expect([edit, retire, erase]).toEqual([undefined, undefined, undefined])
      expect([edit, retire, erase].map((way) => way !== undefined)).toEqual([capabilities.rewriting, capabilities.editing, capabilities.erasing]) // prettier-ignore
    })

    test('refuses what is not in its form, and throws nothing', () => {
      for (const raw of junk) expect(channel.parse(raw, 1000)).toMatchObject({ kind: 'refused' })
    })

    test('shows every choice with its number, as a button or as a line', () => {
      for (const choices of [1, 3, 9, 12]) {
        const pages = render(said(choices))
        const labels = pages.flatMap(({ buttons }) => buttons.map(({ label }) => label))
        const text = pages.map((page) => page.text).join('\n')
        for (let i = 0; i < choices; i++) {
          const label = `${i + 1} Xong rồi${i === 0 ? '' : ` ${i}`}`
          expect(labels.length > 0 ? labels[i] : text.split('\n').find((line) => line === label)).toBe(label)
        }
      }
    })

    test('keeps texts and labels within its limits, and buttons under the last piece only', () => {
      const sentence = 'Bác mở mặt sau của thẻ, áp sát vào lưng điện thoại, giữ yên đến khi máy báo xong. '
      for (const message of [
        said(3, sentence.repeat(400)),
        said(0, 'x'.repeat(9000)),
        said(3, 'Bước 1', 'Một nhãn rất dài '.repeat(9)),
        said(45),
      ]) {
        const pages = render(message)
        if (channel.name !== 'web')
          for (const page of pages) expect(lengthOf(page.text)).toBeLessThanOrEqual(capabilities.textLimit)
        for (const { label, data } of pages.flatMap(({ buttons }) => buttons)) {
          if (channel.name !== 'web') expect(lengthOf(label)).toBeLessThanOrEqual(capabilities.labelLimit)
          expect(Buffer.byteLength(data)).toBeLessThanOrEqual(channel.name === 'web' ? 64 : capabilities.dataLimit)
        }
        expect(pages.slice(0, -1).every(({ buttons }) => buttons.length === 0)).toBe(true)
        // Whatever the form, the last choice can be named by its number.
        const last = message.options.length
        const labels = pages.flatMap(({ buttons }) => buttons.map(({ label }) => label))
        if (last > 0) expect(labels.at(-1) ?? pages.at(-1)!.text.split('\n').at(-1)).toMatch(new RegExp(`^${last} `))
      }
      expect(whole(said(0, 'Chào bác.'))).toBe('Chào bác.')
    })
  },
)

describe('choices that buttons cannot carry', () => {
  const bound = (more: Partial<typeof UNBOUND>) => ({ ...UNBOUND, ...more })
  test.each([
    ['too many', bound({ buttons: 2 }), said(3)],
    ['too long a label', bound({ labelLimit: 8 }), said(3)],
    ['too many bytes', bound({ dataLimit: 20 }), said(3)],
    ['no buttons at all', bound({ buttons: 0 }), said(3)],
  ])('become numbered lines: %s', async (_, capabilities, message) => {
    const { layOut } = await import('../../src/channels/layout.js')
    expect(layOut(message, capabilities)).toEqual([
      { text: 'Bước 1/8 · Cài VNeID\n\n1 Xong rồi\n2 Xong rồi 1\n3 Xong rồi 2', buttons: [] },
    ])
  })
})

describe('a text that is too long', () => {
  test('is cut between paragraphs, then sentences, then words', () => {
    expect(cutText('Một hai ba.\n\nBốn năm sáu.', 18)).toEqual(['Một hai ba.', 'Bốn năm sáu.'])
    expect(cutText('Một hai ba. Bốn năm sáu.', 18)).toEqual(['Một hai ba.', 'Bốn năm sáu.'])
    expect(cutText('Một hai ba bốn năm sáu', 12)).toEqual(['Một hai ba', 'bốn năm sáu'])
    expect(cutText('Số 1.234.567 đồng', 12)).toEqual(['Số 1.234.567', 'đồng'])
  })

  test('is counted after NFC, and no letter loses its mark', () => {
    const decomposed = 'ệ'.normalize('NFD').repeat(10)
    expect(cutText(decomposed, 10)).toEqual(['ệ'.repeat(10)])
    expect(cutText('👨‍👩‍👧'.repeat(3), 7).join('')).toBe('👨‍👩‍👧'.repeat(3))
    expect(cutText('👨‍👩‍👧'.repeat(3), 7)).toEqual(['👨‍👩‍👧', '👨‍👩‍👧', '👨‍👩‍👧'])
    expect(cutText('', 10)).toEqual([''])
  })

  test('loses nothing but blanks at the seams', () => {
    const text = 'Bước 5: quét thẻ. Bác gỡ ốp lưng ra!\nRồi đặt thẻ dịch từ từ… Được chưa bác? '.repeat(40)
    for (const limit of [20, 57, 160, 1000]) {
      const pieces = cutText(text, limit)
      expect(pieces.every((piece) => lengthOf(piece) <= limit && piece !== '')).toBe(true)
      expect(pieces.join(' ').replace(/\s+/g, ' ')).toBe(text.trim().replace(/\s+/g, ' '))
    }
  })
})

test('every outcome has its row in the table, with a sentence', () => {
  expect(Object.keys(OUTCOMES).sort()).toEqual([...OUTCOME_KINDS].sort())
  for (const { says } of Object.values(OUTCOMES)) expect(says).toMatch(/^[A-Z].+\.$/)
})
