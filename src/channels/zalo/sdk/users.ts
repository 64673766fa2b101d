import type { Call } from './call.js'
import { flagOf, listOf, numberOf, recordOf, textOf, type Json } from './json.js'
import type { ApiVersion } from './messages.js'
import { mapResult, type Result } from './result.js'

export interface User {
  userId: string | null
  /** The same person's id for the app (Social login, Mini App). */
  userIdByApp: string | null
  displayName: string | null
  alias: string | null
  isFollower: boolean | null
  /** `23/11/2026`, a day without a time. */
  lastInteraction: string | null
  avatarUrl: string | null
  tags: readonly string[]
  notes: readonly string[]
  /** What the user once gave by `requestUserInfo`. */
  shared: {
    name: string | null
    phone: string | null
    address: string | null
    city: string | null
    district: string | null
  }
}

export interface UserQuery {
  offset?: number
  /** At most 50. */
  count?: number
  tag?: string
  /** `TODAY`, `YESTERDAY`, `L7D`, `L30D` or `2026_11_01:2026_11_23` */
  lastInteraction?: string
  followersOnly?: boolean
}

export interface UserPage {
  total: number | null
  userIds: readonly string[]
}

export interface Users {
  /** `api: 'v2'` is the older call, for accounts that answer -235 here. */
  userDetail(userId: string, options?: { api?: ApiVersion }): Promise<Result<User>>
  /** `api: 'v2'` lists followers only and heeds offset and count only. About 10,000 users can be reached by offsets. */
  userList(query: UserQuery, options?: { api?: ApiVersion }): Promise<Result<UserPage>>
  /** Every tag of the account. */
  tags(): Promise<Result<readonly string[]>>
  /** Makes the tag when there is none. */
  tagUser(userId: string, tag: string): Promise<Result<null>>
  untagUser(userId: string, tag: string): Promise<Result<null>>
  removeTag(tag: string): Promise<Result<null>>
}

export function createUsers(call: Call): Users {
  const tagging = async (verb: string, data: Json) =>
    mapResult(await call({ path: `/v2.0/oa/tag/${verb}`, data }), () => null)
  return {
    async userDetail(userId, { api = 'v3' } = {}) {
      const path = api === 'v3' ? '/v3.0/oa/user/detail' : '/v2.0/oa/getprofile'
      return mapResult(await call({ path, read: true, data: { user_id: userId } }), readUser)
    },
    async userList({ offset = 0, count = 50, tag, lastInteraction, followersOnly }, { api = 'v3' } = {}) {
      if (api === 'v2') {
        return mapResult(await call({ path: '/v2.0/oa/getfollowers', read: true, data: { offset, count } }), readPage)
      }
      const data = {
        offset,
        count,
        ...(tag === undefined ? {} : { tag_name: tag }),
        ...(lastInteraction === undefined ? {} : { last_interaction_period: lastInteraction }),
        ...(followersOnly === undefined ? {} : { is_follower: String(followersOnly) }),
      }
      return mapResult(await call({ path: '/v3.0/oa/user/getlist', read: true, data }), readPage)
    },
    async tags() {
      const result = await call({ path: '/v2.0/oa/tag/gettagsofoa', read: true })
      return mapResult(result, textsOf)
    },
    tagUser: (userId, tag) => tagging('tagfollower', { user_id: userId, tag_name: tag }),
    untagUser: (userId, tag) => tagging('rmfollowerfromtag', { user_id: userId, tag_name: tag }),
    removeTag: (tag) => tagging('rmtag', { tag_name: tag }),
  }
}

function readUser(data: unknown): User {
  const user = recordOf(data)
  const marks = recordOf(user['tags_and_notes_info'])
  const shared = recordOf(user['shared_info'])
  const follower = user['user_is_follower']
  return {
    userId: textOf(user['user_id']),
    userIdByApp: textOf(user['user_id_by_app']),
    displayName: textOf(user['display_name']),
    alias: textOf(user['user_alias']),
    isFollower: follower === undefined ? null : flagOf(follower),
    lastInteraction: textOf(user['user_last_interaction_date']),
    avatarUrl: textOf(user['avatar']),
    tags: textsOf(marks['tag_names']),
    notes: textsOf(marks['notes']),
    shared: {
      name: textOf(shared['name']),
      phone: textOf(shared['phone']),
      address: textOf(shared['address']),
      city: textOf(shared['city']),
      district: textOf(shared['district']),
    },
  }
}

function readPage(data: unknown): UserPage {
  const page = recordOf(data)
  const rows = listOf(page['users'] ?? page['followers'])
  return { total: numberOf(page['total']), userIds: textsOf(rows.map((row) => recordOf(row)['user_id'])) }
}

function textsOf(value: unknown): readonly string[] {
  return listOf(value)
    .map(textOf)
    .filter((text) => text !== null)
}
