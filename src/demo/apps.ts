import { type Capabilities, type Outcome, type SendingChannel, UNBOUND } from '../channels/channel.js'
import { capabilitiesOf } from '../channels/zalo/capabilities.js'
import type { Inbound } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import { decodeTap } from '../core/talk/tap.js'

/** A message of ours that an app took. */
export interface Taken {
  address: string
  kind: 'reply' | 'reminder' | 'bulk'
  at: number
  /** đồng; what the package paid for costs nothing. */
  price: number
  ofPackage: boolean
  /** The guide that its buttons lead on with, or ''. */
  flow: string
  text: string
}

/** An app that does not exist: it takes messages, refuses what the real one would refuse, and writes the bill. */
export interface MadeUpApp extends SendingChannel<Said> {
  name: 'zalo' | 'telegram'
  taken: Taken[]
  /** What it would not take although its owner had not shut us out: a forbidden message each. */
  refused: { address: string; kind: string; at: number; why: 'window' | 'night' }[]
  /** The owner of an address wants nothing from us any more. */
  shut(address: string): void
}

const HOUR = 3_600_000
const DAY = 24 * HOUR
const PACKAGE = 31 * DAY
/** Zalo's rules as its terms say them, apart from what the planner believes: free for two days, 55 đ until the seventh, nothing unasked at night. */
const ZALO = { free: 2 * DAY, paid: 7 * DAY, price: 55, night: { from: 22, until: 6 } }

/** Zalo, with a package of so many messages in 31 days that cost nothing in the paid window. */
export function madeUpZalo(clock: () => number, { ofPackage }: { ofPackage: number }): MadeUpApp {
  let used: number[] = []
  return madeUp('zalo', capabilitiesOf({ buttons: 'auto', paid: true }), clock, (kind, lastWord, now) => {
    const hour = ((now + 7 * HOUR) % DAY) / HOUR
    if (kind !== 'reply' && (hour >= ZALO.night.from || hour < ZALO.night.until)) return 'night'
    if (now - lastWord > ZALO.paid) return 'window'
    if (now - lastWord <= ZALO.free) return { price: 0, ofPackage: false }
    used = used.filter((at) => at > now - PACKAGE)
    if (used.length >= ofPackage) return { price: ZALO.price, ofPackage: false }
    used.push(now)
    return { price: 0, ofPackage: true }
  })
}

export function madeUpTelegram(clock: () => number): MadeUpApp {
  return madeUp('telegram', UNBOUND, clock, () => ({ price: 0, ofPackage: false }))
}

/** What a message costs, or why the app refuses it. */
type Terms = (
  kind: Taken['kind'],
  lastWord: number,
  now: number,
) => Pick<Taken, 'price' | 'ofPackage'> | 'window' | 'night'

function madeUp(name: MadeUpApp['name'], capabilities: Capabilities, clock: () => number, terms: Terms): MadeUpApp {
  const lastWords = new Map<string, number>()
  const shut = new Set<string>()
  const taken: Taken[] = []
  const refused: MadeUpApp['refused'] = []
  return {
    name,
    capabilities,
    taken,
    refused,
    shut: (address) => void shut.add(address),
    /** Its events are what they come to: somebody who writes lets us in again. */
    parse(raw) {
      const inbound = raw as Inbound
      const { address, at } = inbound
      shut.delete(address)
      lastWords.set(address, Math.max(at, lastWords.get(address) ?? 0))
      return { kind: 'read', inbound: [inbound], news: [], seen: [{ address, at }] }
    },
    render: (said) => [said],
    async send(address, said, { kind }): Promise<Outcome> {
      const at = clock()
      if (shut.has(address)) return { kind: 'blocked' }
      const cost = terms(kind, lastWords.get(address) ?? -Infinity, at)
      if (typeof cost === 'string') {
        refused.push({ address, kind, at, why: cost })
        return cost === 'window' ? { kind: 'window-closed' } : { kind: 'rejected', code: cost }
      }
      const flow = said.options.map(({ data }) => decodeTap(data)?.flow ?? '').find((one) => one !== '') ?? ''
      taken.push({ address, kind, at, flow, text: said.text, ...cost })
      return { kind: 'sent', providerId: `${name}-${taken.length}` }
    },
    alive: async () => true,
  }
}
