import type { Logger } from 'pino'
import {
  createOAuth,
  createTokenKeeper,
  createZaloClient,
  type Grant,
  grantOf,
  type OAuth,
  pastedTokens,
  type TokenAlarm,
  type TokenKeeper,
  type ZaloClient,
} from '../channels/zalo/sdk/index.js'
import type { ZaloConfig } from '../config.js'
import { createGrants, type Grants } from '../store/grants.js'
import type { Store } from '../store/open.js'
import type { Seals } from '../store/sealed.js'

/** Our way in to the Official Account: the consent, the pair that is kept, and whoever needs a token. */
export interface ZaloAccess {
  oauth: OAuth
  tokens: TokenKeeper
  grants: Grants<Grant>
  /** For questions about the account itself; what is sent to residents goes through the channel. */
  client: ZaloClient
  /** What the token keeper called for last, until a refresh succeeds; null: nothing. */
  alarm(): TokenAlarm | null
}

export interface ZaloAccessParts {
  config: ZaloConfig
  store: Store
  seals: Seals
  clock: () => number
  newId: () => string
  log: Logger
}

export function createZaloAccess({ config, store, seals, clock, newId, log }: ZaloAccessParts): ZaloAccess {
  const { appId, appSecret, oaId, firstPair, apiRoot, oauthRoot, zbsRoot } = config
  const oauth = createOAuth({ appId, appSecret, root: oauthRoot })
  let alarm: TokenAlarm | null = null
  let unreadable = false
  const grants = createGrants<Grant>({
    store,
    seals,
    oa: oaId,
    clock,
    newId,
    first: () => (firstPair ? grantOf(pastedTokens(firstPair.accessToken, firstPair.refreshToken), clock()) : null),
    onUnreadable(reason) {
      if (!unreadable) log.error({ channel: 'zalo', oa: oaId, reason }, 'zalo: the stored tokens do not open, was APP_SECRET changed? connect anew: ward zalo connect') // prettier-ignore
      unreadable = true
    },
  })
  const keeper = createTokenKeeper({
    store: grants,
    refresh: async (refreshToken) => {
      const outcome = await oauth.refresh(refreshToken)
      if (outcome.ok) alarm = null
      return outcome
    },
    now: clock,
    onAlarm(raised) {
      alarm = raised
      log.error({ channel: 'zalo', oa: oaId, alarm: raised }, 'zalo: the token is in trouble, see docs/operations.md')
    },
  })
  let seen: string | null = null
  const tokens: TokenKeeper = {
    ...keeper,
    async accessToken() {
      const before = alarm
      const answer = await keeper.accessToken()
      if (answer.ok && answer.accessToken !== seen) {
        seen = answer.accessToken
        // Another process, or the operator's tool, has mended it.
        if (alarm === before) alarm = null
      }
      return answer
    },
    async replace(given) {
      await keeper.replace(given)
      alarm = null
      unreadable = false
    },
  }
  return { oauth, tokens, grants, client: createZaloClient({ tokens, apiRoot, zbsRoot }), alarm: () => alarm }
}
