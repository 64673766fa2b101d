import { fieldsOf, newId, Refusal, required, type Fields, type State } from './state.js'

function person(state: State, id: unknown) {
  const found = state.people.get(required(id, 'user_id'))
  if (found === undefined) throw new Refusal(-201, 'user_id is invalid')
  return found
}

function page(params: Fields, limit: number): { offset: number; count: number } {
  const { offset = 0, count = limit } = params
  if (typeof offset !== 'number' || typeof count !== 'number') throw new Refusal(-201, 'offset, count')
  if (count > limit) throw new Refusal(-210, 'count is over the limit')
  return { offset, count }
}

/** `/v3.0/oa/user/detail` */
export function userDetail(state: State, params: Fields) {
  const { id, displayName, follower, lastInteraction, tags, shared } = person(state, params['user_id'])
  return {
    user_id: id,
    user_id_by_app: `9${id}`,
    display_name: displayName,
    user_alias: displayName,
    user_is_follower: follower,
    user_last_interaction_date: lastInteraction === null ? '' : dayOf(lastInteraction),
    avatar: 'https://s120-ava-talk.zadn.vn/default.jpg',
    tags_and_notes_info: { notes: [], tag_names: [...tags] },
    shared_info: shared,
  }
}

/** `/v3.0/oa/user/getlist` and `/v2.0/oa/getfollowers` */
export function userList(state: State, params: Fields, rows: 'users' | 'followers') {
  const { offset, count } = page(params, 50)
  if (offset > 9951) throw new Refusal(-210, 'offset is over the limit')
  const onlyFollowers = rows === 'followers' || params['is_follower'] === 'true'
  const tag = params['tag_name']
  const found = [...state.people.values()].filter(
    (one) => (!onlyFollowers || one.follower) && (tag === undefined || one.tags.has(String(tag))),
  )
  const ids = found.slice(offset, offset + count).map(({ id }) => ({ user_id: id }))
  return { total: found.length, count: ids.length, offset, [rows]: ids }
}

/** `/v2.0/oa/listrecentchat` and `/v2.0/oa/conversation`, newest first. */
export function chatRows(state: State, params: Fields, of: 'recent' | 'one') {
  const { offset, count } = page(params, 10)
  const newestFirst = [...state.chat].reverse()
  const userId = of === 'one' ? person(state, params['user_id']).id : null
  const seen = new Set<string>()
  const rows = newestFirst.filter((line) => {
    if (userId !== null) return line.userId === userId
    if (seen.has(line.userId)) return false
    seen.add(line.userId)
    return true
  })
  return rows.slice(offset, offset + count).map(({ messageId, src, at, type, text, userId: other }) => ({
    message_id: messageId,
    src,
    time: at,
    type,
    message: text,
    from_id: src === 0 ? state.oa.oaId : other,
    to_id: src === 0 ? other : state.oa.oaId,
  }))
}

/** `/v2.0/oa/tag/…` */
export function tag(state: State, verb: string, body: Fields) {
  const name = required(body['tag_name'], 'tag_name')
  if (verb === 'rmtag') for (const one of state.people.values()) one.tags.delete(name)
  else if (verb === 'tagfollower') person(state, body['user_id']).tags.add(name)
  else person(state, body['user_id']).tags.delete(name)
  return {}
}

export function allTags(state: State): string[] {
  return [...new Set([...state.people.values()].flatMap(({ tags }) => [...tags]))]
}

/** `/v3.0/oa/group/…` */
export function createGroup(state: State, body: Fields) {
  if (!state.oa.permissions.has('groups')) throw new Refusal(-223, 'OA has not granted this API')
  const name = required(body['group_name'], 'group_name')
  const members = body['member_user_ids']
  if (!Array.isArray(members) || members.length === 0) throw new Refusal(-201, 'member_user_ids is invalid')
  if (members.length > 99) throw new Refusal(-210, 'member_user_ids over limit')
  for (const id of members) {
    const one = person(state, id)
    const recent = one.lastInteraction !== null && state.now() - one.lastInteraction <= 7 * 86_400_000
    if (!one.follower && !recent) throw new Refusal(-213, 'User has not followed the OA')
  }
  // An asset makes one group.
  if (!state.assets.delete(required(body['asset_id'], 'asset_id'))) throw new Refusal(-238, 'asset has been used')
  const id = newId(state)
  state.groups.set(id, { name, members: new Set(members.map(String)) })
  return {
    group_id: id,
    name,
    total_member: members.length + 1,
    group_link: `https://zalo.me/g/${id}`,
    status: 'enabled',
  }
}

export function groupList(state: State, params: Fields) {
  const { offset, count } = page(params, 50)
  const all = [...state.groups].map(([id, { name, members }]) => ({
    group_id: id,
    name,
    total_member: members.size + 1,
    status: 'enabled',
  }))
  return { total: all.length, groups: all.slice(offset, offset + count) }
}

/** `/v3.0/oa/quota/message` and `/v3.0/oa/quota/group` */
export function quota(state: State, body: Fields) {
  if (body['user_id'] !== undefined) {
    const { lastInteraction } = person(state, body['user_id'])
    const open = lastInteraction !== null && state.now() - lastInteraction <= 48 * 3_600_000
    return {
      last_interaction: String(lastInteraction ?? 0),
      cs_reply: { remain: open ? 8 : 0, total: 8 },
      promotion: { daily_remain: 1, daily_total: 1, monthly_remain: 4, monthly_total: 4 },
    }
  }
  const product = required(body['product_type'], 'product_type')
  required(body['quota_owner'], 'quota_owner')
  const type = required(body['quota_type'], 'quota_type')
  const valid = dayOf(state.oa.packageValidThrough)
  if (product.startsWith('gmf')) {
    return [...state.assets].map((id) => ({
      asset_id: id,
      product_type: product,
      quota_type: type,
      valid_through: valid,
    }))
  }
  return [{ product_type: product, quota_type: type, remain: state.oa.allowance, total: 500, valid_through: valid }]
}

/** `/v2.0/oa/getoa` */
export function oaInfo(state: State) {
  const { oa } = state
  return {
    oa_id: oa.oaId,
    name: oa.name,
    is_verified: true,
    oa_type: oa.type === 'state' ? 4 : 2,
    cate_name: 'Cơ quan nhà nước',
    num_follower: [...state.people.values()].filter(({ follower }) => follower).length,
    package_name: { basic: 'Cơ bản', growth: 'Tăng trưởng', full: 'Toàn diện' }[oa.package],
    package_valid_through_date: dayOf(oa.packageValidThrough),
    linked_ZCA: oa.cloudAccount === null ? '' : 'ZCA-1',
  }
}

/** `/v2.0/article/…` */
export function createArticle(state: State, body: Fields) {
  if (!state.oa.permissions.has('articles')) throw new Refusal(-223, 'OA has not granted this API')
  for (const [field, limit] of [
    ['title', 150],
    ['author', 50],
    ['description', 300],
  ] as const) {
    if ([...required(body[field], field)].length > limit) throw new Refusal(-210, `${field} is over the limit`)
  }
  if (fieldsOf(body['cover'])['cover_type'] !== 'photo') throw new Refusal(-201, 'cover is invalid')
  required(fieldsOf(body['cover'])['photo_url'], 'photo_url')
  if (!Array.isArray(body['body']) || body['body'].length === 0) throw new Refusal(-201, 'body is invalid')
  const token = `article-token-${newId(state)}`
  state.articles.set(token, { token, id: newId(state), readyAt: state.now() + 10_000, body })
  return { token }
}

export function verifyArticle(state: State, body: Fields) {
  const article = state.articles.get(required(body['token'], 'token'))
  if (article === undefined) throw new Refusal(-201, 'token is invalid')
  if (article.readyAt > state.now()) throw new Refusal(-214, 'Article is being processed')
  return { id: article.id }
}

function dayOf(at: number): string {
  const [year, month, day] = new Date(at + 7 * 3_600_000).toISOString().slice(0, 10).split('-')
  return `${day}/${month}/${year}`
}
