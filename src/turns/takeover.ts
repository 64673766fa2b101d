import type { Counts } from '../channels/counts.js'
import type { Echo, SendingChannel } from '../channels/channel.js'
import { readCommand } from '../core/language/commands.js'
import type { Inbound } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import { addressKey, holdAddress } from '../store/addresses.js'
import { loadByAddresses } from '../store/contacts.js'
import { insertInbox } from '../store/inbox.js'
import type { Store } from '../store/open.js'
import { sentLately } from '../store/sending.js'

/** How long a colleague has to be silent until the bot is back, ms. */
export const HOLD_MS = 30 * 60_000
/** How long before its echo a message of ours may have left, ms: echoes are delivered again for hours. */
const ECHO_MS = 3 * 3_600_000
/** A message without words (a list) can only be told by its time, ms. */
const WORDLESS_MS = 120_000

export interface TakeoverParts {
  store: Store
  counts: Counts
  clock: () => number
}

/** Something left our account: if it was none of ours a colleague has the talk, and the bot is silent for as long as the colleague writes. */
export async function heed(parts: TakeoverParts, channel: SendingChannel, echo: Echo): Promise<void> {
  const own = await isOwn(parts, channel, echo)
  parts.counts.event(channel.name, own ? 'echo' : 'colleague')
  if (own) return
  await holdAddress(parts.store.db, { channel: channel.name, address: echo.address }, echo.at + HOLD_MS)
}

/**
 * Known by the id, or by its words where the send has not returned yet and the id is still to come: a message stands in the outbox before it
 * is sent. Where the app says that a person wrote it, only the id tells otherwise.
 */
async function isOwn({ store }: TakeoverParts, channel: SendingChannel, echo: Echo): Promise<boolean> {
  const lately = await sentLately(store.db, { channel: channel.name, address: echo.address }, echo.at - ECHO_MS)
  if (echo.messageId !== null && lately.some(({ providerId }) => providerId === echo.messageId)) return true
  if (echo.byPerson) return false
  if (echo.text === null)
    return lately.some(({ sentAt }) => sentAt === null || Math.abs(echo.at - sentAt) <= WORDLESS_MS)
  const words = echo.text.normalize('NFC').trim()
  return lately.some(({ body }) =>
    channel.shows?.(JSON.parse(body) as Said).some((text) => text.normalize('NFC').trim() === words),
  )
}

/**
 * Leaves out what is said to a colleague: those messages are noted as taken in, and the bot does nothing. A command or a button calls the
 * bot back.
 */
export async function forTheBot(
  { store, counts, clock }: TakeoverParts,
  items: readonly Inbound[],
  heldUntil: ReadonlyMap<string, number | null>,
): Promise<Inbound[]> {
  const back = new Set<string>()
  const held = new Set<Inbound>()
  for (const item of items) {
    const key = addressKey(item)
    if ((heldUntil.get(key) ?? 0) <= clock() || back.has(key)) continue
    if (callsBack(item)) back.add(key)
    else held.add(item)
  }
  for (const item of items) if (back.has(addressKey(item))) await holdAddress(store.db, item, null)
  if (held.size === 0) return [...items]
  await store.transaction(async (tx) => {
    const rows = await loadByAddresses(tx, [...held])
    const contacts = new Map(rows.map((row) => [addressKey(row), row.contact]))
    const noted = [...held].flatMap(({ channel, externalId, address, at }) => {
      const contact = contacts.get(addressKey({ channel, address }))
      return contact === undefined ? [] : [{ channel, externalId, contact, at, status: 'done' as const, request: null }]
    })
    await insertInbox(tx, noted)
  })
  for (const { channel } of held) counts.event(channel, 'held')
  return items.filter((item) => !held.has(item))
}

function callsBack({ content }: Inbound): boolean {
  return content.kind === 'tap' || (content.kind === 'text' && readCommand(content.text) !== null)
}
