import type { Logger } from 'pino'
import type { ZaloConfig } from '../config.js'
import type { ChannelName } from '../core/model/message.js'
import type { Counts } from '../channels/counts.js'
import { type CallOptions, createZaloClient } from '../channels/zalo/sdk/index.js'
import { createZalo, type Zalo } from '../channels/zalo/zalo.js'
import type { Budget, Rate } from '../delivery/budget.js'
import { createRateWatch } from '../delivery/rate-watch.js'
import type { Store } from '../store/open.js'
import { createPinStore } from '../store/zalo.js'
import type { ZaloAccess } from '../upkeep/zalo-access.js'

interface ZaloParts {
  zaloAccess: ZaloAccess
  store: Store
  clock: () => number
  log: Logger
  counts: Counts
  rates: Partial<Record<ChannelName, Rate>>
  budget: Budget
  waiting: Pick<CallOptions, 'timeoutMs'>
}

/** The Official Account as a channel; its calls count on the same minute as everything else of the account. */
export function openZalo(
  config: ZaloConfig,
  { zaloAccess, store, clock, log, counts, rates, budget, waiting }: ZaloParts,
): Zalo {
  const {
    appId,
    oaId,
    oaSecretKey = '',
    buttons,
    paidMessages: paid,
    contactPicture: formPicture,
    apiRoot,
    zbsRoot,
  } = config
  const onRate = createRateWatch('zalo', rates, () => budget)
  return createZalo({
    client: createZaloClient({ tokens: zaloAccess.tokens, apiRoot, zbsRoot, onRate, ...waiting }),
    appId,
    oaId,
    oaSecret: oaSecretKey,
    rules: { buttons, paid, formPicture },
    pins: createPinStore(store.db, oaId, buttons, clock),
    now: clock,
    alert({ code, name }) {
      counts.event('zalo', `alert: ${name}`)
      log.error({ channel: 'zalo', oa: oaId, code, name }, 'zalo: somebody has to act, see docs/operations.md')
    },
  })
}
