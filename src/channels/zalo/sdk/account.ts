import type { Call } from './call.js'
import { flagOf, isRecord, listOf, numberOf, recordOf, textOf, type Json } from './json.js'
import { mapResult, type Result } from './result.js'

export interface OaInfo {
  oaId: string | null
  name: string | null
  isVerified: boolean
  /** `business` 2 [D], `state` 4 (an agency of the state) [C]. */
  type: 'business' | 'state' | 'other'
  /** Zalo's number for the type. */
  typeCode: number | null
  category: string | null
  followers: number | null
  package: string | null
  /** As Zalo writes it, usually `31/12/2026`. */
  packageValidThrough: string | null
  /** The Zalo Cloud Account that pays. */
  linkedCloudAccount: string | null
}

export interface UserQuota {
  /** Instant in ms. */
  lastInteraction: number | null
  /** Replies within the window. */
  reply: { remain: number | null; total: number | null }
  promotion: { dailyRemain: number | null; monthlyRemain: number | null }
}

export interface AssetQuery {
  owner: 'OA' | 'APP'
  /** `cs`, `transaction`, `gmf10`, `gmf50`, `gmf100`, `gmf1000` */
  product: string
  /** `sub_quota` (package), `purchase_quota`, `reward_quota` */
  type: string
}

export interface Asset {
  id: string | null
  product: string | null
  type: string | null
  remain: number | null
  total: number | null
  validThrough: string | null
}

export interface Account {
  /** Who we are: health check, sort of account, end of the package. */
  getOa(): Promise<Result<OaInfo>>
  /** What may still be sent to this user. Cheaper: keep the time of the last interaction from the webhooks. */
  userQuota(userId: string): Promise<Result<UserQuota>>
  /** What the account (or the app) still has. */
  assetQuota(query: AssetQuery): Promise<Result<readonly Asset[]>>
  /** Assets that groups are made from. */
  groupQuota(query: AssetQuery): Promise<Result<readonly Asset[]>>
}

const TYPES: Readonly<Record<number, OaInfo['type']>> = { 2: 'business', 4: 'state' }

export function createAccount(call: Call): Account {
  const assets = async (path: string, { owner, product, type }: AssetQuery) => {
    const data = { quota_owner: owner, product_type: product, quota_type: type }
    return mapResult(await call({ path, data }), (found) => (isRecord(found) ? [found] : listOf(found)).map(readAsset))
  }
  return {
    getOa: async () => mapResult(await call({ path: '/v2.0/oa/getoa', read: true }), readOa),
    async userQuota(userId) {
      return mapResult(await call({ path: '/v3.0/oa/quota/message', data: { user_id: userId } }), readUserQuota)
    },
    assetQuota: (query) => assets('/v3.0/oa/quota/message', query),
    groupQuota: (query) => assets('/v3.0/oa/quota/group', query),
  }
}

function readOa(data: unknown): OaInfo {
  const oa = recordOf(data)
  const typeCode = numberOf(oa['oa_type'])
  return {
    oaId: textOf(oa['oa_id']) ?? textOf(oa['oaid']),
    name: textOf(oa['name']),
    isVerified: flagOf(oa['is_verified']),
    type: TYPES[typeCode ?? 0] ?? 'other',
    typeCode,
    category: textOf(oa['cate_name']),
    followers: numberOf(oa['num_follower']),
    package: textOf(oa['package_name']),
    packageValidThrough: textOf(oa['package_valid_through_date']),
    linkedCloudAccount: textOf(oa['linked_ZCA']) ?? textOf(oa['linked_zca']),
  }
}

function readUserQuota(data: unknown): UserQuota {
  const quota = recordOf(data)
  const [reply, promotion] = [recordOf(quota['cs_reply']), recordOf(quota['promotion'])]
  return {
    lastInteraction: numberOf(quota['last_interaction']),
    reply: { remain: numberOf(reply['remain']), total: numberOf(reply['total']) },
    promotion: {
      dailyRemain: numberOf(promotion['daily_remain']),
      monthlyRemain: numberOf(promotion['monthly_remain']),
    },
  }
}

function readAsset(value: unknown): Asset {
  const asset: Json = recordOf(value)
  return {
    id: textOf(asset['asset_id']),
    product: textOf(asset['product_type']),
    type: textOf(asset['quota_type']),
    remain: numberOf(asset['remain']),
    total: numberOf(asset['total']),
    validThrough: textOf(asset['valid_through']) ?? textOf(asset['expired_date']),
  }
}
