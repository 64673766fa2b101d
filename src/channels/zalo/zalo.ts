import type { Said } from '../../core/model/outbox.js'
import type { SendingChannel } from '../channel.js'
import { capabilitiesOf, type ZaloRules } from './capabilities.js'
import { readEvent } from './read-event.js'
import { renderZalo, textsOf, type ZaloMessage } from './render.js'
import type { ZaloClient } from './sdk/client.js'
import { verifySignature } from './sdk/signature.js'
import { createSend, type PinStore, type SendParts } from './send.js'

export interface ZaloParts {
  client: ZaloClient
  appId: string
  oaId: string
  /** The key that signs webhooks; it is not the App Secret. */
  oaSecret: string
  rules: ZaloRules
  pins: PinStore
  now: () => number
  alert?: SendParts['alert']
}

/** A Zalo Official Account as a channel. */
export interface Zalo extends SendingChannel<ZaloMessage> {
  client: ZaloClient
  oaId: string
  /** Whether the bytes of a webhook come from Zalo. */
  verify(raw: Uint8Array, signature: string | undefined): boolean
}

export function createZalo({ client, appId, oaId, oaSecret, rules, pins, now, alert = () => {} }: ZaloParts): Zalo {
  const capabilities = capabilitiesOf(rules)
  const send = createSend({ messages: client, mode: rules.buttons, pins, quiet: capabilities.quiet, now, alert })
  return {
    name: 'zalo',
    capabilities,
    client,
    oaId,
    verify: (raw, signature) => verifySignature(raw, signature, appId, oaSecret),
    parse: (raw, at) => readEvent(raw, at, oaId),
    render: (said: Said) => renderZalo(said, capabilities),
    shows: (said: Said) => textsOf(said, capabilities),
    send,
    async alive() {
      const answer = await client.getOa()
      // Any answer of Zalo's own shows that calls reach it; what it refuses shows at the next message.
      return answer.ok || (answer.outcome === 'refused' && !(Number(answer.error.code) >= 500))
    },
  }
}
