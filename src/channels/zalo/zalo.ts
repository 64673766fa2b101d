import type { Said } from '../../core/model/outbox.js'
import type { Outcome, SendingChannel } from '../channel.js'
import { capabilitiesOf, type ZaloRules } from './capabilities.js'
import { outcomeOf } from './outcome.js'
import { readEvent } from './read-event.js'
import { renderZalo, textsOf, type ZaloMessage } from './render.js'
import type { ZaloClient } from './sdk/client.js'
import type { Article } from './sdk/articles.js'
import type { Result } from './sdk/result.js'
import { verifySignature } from './sdk/signature.js'
import { withoutMentions } from './sdk/text.js'
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
  /** A text to a group chat that the account made (GMF): no window, no price by message; `[@…]` in it would be a mention and is taken out. */
  sendToGroup(groupId: string, text: string): Promise<Outcome>
  /** Makes an article that stays hidden until a person releases it in OA Manager; the token by which Zalo says when it is there. */
  prepareArticle(article: Article): Promise<Result<string>>
  /** Whether the bytes of a webhook come from Zalo. */
  verify(raw: Uint8Array, signature: string | undefined): boolean
}

export function createZalo({ client, appId, oaId, oaSecret, rules, pins, now, alert = () => {} }: ZaloParts): Zalo {
  const capabilities = capabilitiesOf(rules)
  const send = createSend({
    messages: client,
    mode: rules.buttons,
    formPicture: rules.formPicture,
    pins,
    quiet: capabilities.quiet,
    now,
    alert,
  })
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
    async sendToGroup(groupId, text) {
      const result = await client.sendGroupText(groupId, withoutMentions(text))
      if (result.ok) return { kind: 'sent', providerId: result.data.messageId }
      if (result.outcome === 'refused' && result.error.alert) alert(result.error)
      return outcomeOf(result, now(), capabilities.quiet)
    },
    prepareArticle: (article) => client.createArticle({ ...article, show: false }),
    async alive() {
      const answer = await client.getOa()
      // Any answer of Zalo's own shows that calls reach it; what it refuses shows at the next message.
      return answer.ok || (answer.outcome === 'refused' && !(Number(answer.error.code) >= 500))
    },
  }
}
