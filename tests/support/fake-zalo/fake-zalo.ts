import type { AddressInfo } from 'node:net'
import { Faults } from './faults.js'
import { issue } from './oauth.js'
import { createUser, type FakeUser } from './person.js'
import { createFakeServer } from './server.js'
import { newId, nextOrder, type Accepted, type AppSettings, type OaSettings, type State } from './state.js'
import { Webhooks } from './webhooks.js'

export interface FakeZaloOptions {
  now(): number
  oa?: Partial<OaSettings>
  app?: Partial<AppSettings>
}

export interface FakeZalo {
  /** Roots for ZALO_API_ROOT, ZALO_OAUTH_ROOT and ZALO_ZBS_ROOT. */
  apiRoot: string
  oauthRoot: string
  zbsRoot: string
  /** May be changed at any time. */
  oa: OaSettings
  app: AppSettings
  faults: Faults
  webhooks: Webhooks
  /** Everything accepted, in its order. */
  accepted: readonly Accepted[]
  /** Articles that were made, by the token of each; the body is what was asked for. */
  articles: ReadonlyMap<string, { id: string; body: unknown }>
  /** Codes by which calls of the API were refused, in order; planned faults are not among them. */
  refused: readonly number[]
  /** Somebody with Zalo; a follower who has not interacted yet, unless told otherwise. */
  user(options?: { id?: string; displayName?: string; follower?: boolean }): FakeUser
  /** A human colleague writes in OA Manager. Gives the message's id. */
  colleague(adminId: string, userId: string, text: string): string
  /** A fresh pair, as from the API Explorer; what was given before stops working. */
  grant(): { accessToken: string; refreshToken: string }
  /** The access and the refresh token that work now; null when there is none. */
  livingPair(): { accessToken: string | null; refreshToken: string | null }
  /** The admin changed rights or the callback: nothing given so far works. */
  voidGrant(): void
  addTemplate(id: string, params: readonly string[], tag?: 1 | 2 | 3): void
  /** An asset to make a group from. */
  addGroupAsset(): string
  /** Same content to the same recipient twice with no word from them in between: what a person would see double. */
  visibleDuplicates(to?: string): Accepted[]
  close(): Promise<void>
}

/** A strict Zalo on loopback: API, OAuth and webhook sender with the rules of zalo.md, on the clock it is given. */
export async function startFakeZalo({ now, oa, app }: FakeZaloOptions): Promise<FakeZalo> {
  const state = newState(now, oa, app)
  const faults = new Faults()
  const webhooks = new Webhooks(state)
  let echoed = 0

  /** The account's own sends come back to it. */
  const echo = () => {
    for (; echoed < state.accepted.length; echoed++) {
      const sent = state.accepted[echoed] as Accepted
      if (sent.kind !== 'message') continue
      const ends = { sender: { id: state.oa.oaId }, recipient: { id: sent.to } }
      const message = { msg_id: sent.messageId, ...(sent.text === null ? {} : { text: sent.text }) }
      const name = sent.text === null ? 'oa_send_image' : 'oa_send_text'
      if (state.oa.echoes) webhooks.queue(name, { ...ends, message })
      if (state.oa.receipts) webhooks.queue('user_received_message', { ...ends, message: { msg_id: sent.messageId } })
    }
  }
  const server = createFakeServer(state, faults, echo)
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const root = `http://127.0.0.1:${(server.address() as AddressInfo).port}`

  return {
    apiRoot: `${root}/openapi`,
    oauthRoot: `${root}/oauth`,
    zbsRoot: `${root}/zbs`,
    oa: state.oa,
    app: state.app,
    faults,
    webhooks,
    accepted: state.accepted,
    articles: state.articles,
    refused: state.refused,
    user({ id = newId(state), displayName = 'Bác Tư', follower = true } = {}) {
      return createUser(state, webhooks, id, displayName, follower)
    },
    colleague(adminId, userId, text) {
      const messageId = newId(state)
      state.chat.push({ messageId, src: 0, userId, at: now(), type: 'text', text })
      nextOrder(state)
      const ends = { sender: { id: state.oa.oaId, admin_id: adminId }, recipient: { id: userId }, admin_id: adminId }
      webhooks.queue('oa_send_text', { ...ends, message: { text, msg_id: messageId } })
      return messageId
    },
    grant: () => issue(state),
    livingPair: () => ({
      accessToken: state.tokens.access?.token ?? null,
      refreshToken: state.tokens.refresh?.token ?? null,
    }),
    voidGrant() {
      state.tokens.access = null
      state.tokens.refresh = null
    },
    addTemplate: (id, params, tag = 1) => void state.templates.set(id, { params, tag }),
    addGroupAsset() {
      const id = newId(state)
      state.assets.add(id)
      return id
    },
    visibleDuplicates: (to) => visibleDuplicates(state, to),
    async close() {
      faults.clear()
      server.closeAllConnections()
      await new Promise((resolve) => {
        server.close(resolve)
      })
    },
  }
}

function visibleDuplicates(state: State, to: string | undefined): Accepted[] {
  const last = new Map<string, Accepted>()
  return state.accepted.filter((sent) => {
    if (sent.kind === 'reaction' || (to !== undefined && sent.to !== to)) return false
    const key = `${sent.to} ${JSON.stringify(sent.message)}`
    const before = last.get(key)
    last.set(key, sent)
    if (before === undefined) return false
    return !state.spoke.some((s) => s.userId === sent.to && s.order > before.order && s.order < sent.order)
  })
}

function newState(now: () => number, oa: Partial<OaSettings> = {}, app: Partial<AppSettings> = {}): State {
  return {
    now,
    oa: {
      oaId: '388613280878808645',
      name: 'UBND phường Phổ Yên',
      type: 'business',
      package: 'growth',
      packageValidThrough: now() + 365 * 86_400_000,
      appActive: true,
      permissions: new Set(['messages', 'users', 'oa', 'articles', 'groups', 'templates']),
      shapes: { buttons: 0, list: 0, requestUserInfo: 0 },
      paid: true,
      allowance: 500,
      cloudAccount: null,
      stateUsersByV2: false,
      ratePerMinute: 100,
      fileTypes: ['pdf'],
      broadcastQuota: 4,
      uploadsLeft: 5000,
      echoes: false,
      receipts: false,
      numericIds: false,
      ...oa,
    },
    app: {
      appId: '1234567890123456789',
      appSecret: 'AppSecretForTests',
      oaSecret: 'OaSecretKeyForTests',
      redirectUri: 'https://phoyen.example/zalo/callback',
      codeChallenge: null,
      pkceRequired: false,
      stateEchoed: true,
      ...app,
    },
    people: new Map(),
    accepted: [],
    chat: [],
    spoke: [],
    uploads: new Map(),
    groups: new Map(),
    assets: new Set(),
    articles: new Map(),
    templates: new Map(),
    tokens: { access: null, refresh: null, used: new Set(), codes: new Map(), given: 0 },
    refused: [],
    order: 0,
    ids: 0,
  }
}
