import type { Content } from '../../core/model/message.js'
import type { Said } from '../../core/model/outbox.js'
import { type Channel, UNBOUND } from '../channel.js'
import { layOut } from '../layout.js'

/** The one who sits at the terminal. */
export const TERMINAL_ADDRESS = 'terminal'

/** A chat in the terminal: lines in, text with its choices as numbered lines out. */
export const terminal: Channel<string> = {
  name: 'terminal',
  capabilities: { ...UNBOUND, buttons: 0, textLimit: 1_000_000 },
  parse(raw, at) {
    if (!isTyped(raw)) return { kind: 'refused', why: 'not a line' }
    const inbound = {
      channel: 'terminal' as const,
      externalId: raw.id,
      address: TERMINAL_ADDRESS,
      content: raw.content,
      at,
    }
    return { kind: 'read', inbound: [{ ...inbound, secrets: [] }], news: [] }
  },
  render: (said: Said) => layOut(said, terminal.capabilities).map(({ text }) => text),
}

/** A line that was typed, with a number of its own. */
export interface Typed {
  id: string
  content: Content
}

function isTyped(raw: unknown): raw is Typed {
  return typeof raw === 'object' && raw !== null && 'id' in raw && typeof raw.id === 'string' && 'content' in raw
}
