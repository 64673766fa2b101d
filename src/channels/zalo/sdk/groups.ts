import type { Call } from './call.js'
import { listOf, numberOf, recordOf, textOf, type Json } from './json.js'
import { readSent, type Sent } from './messages.js'
import { mapResult, type Result } from './result.js'
import { shapes, type Picture } from './shapes.js'

export interface Group {
  groupId: string | null
  name: string | null
  members: number | null
  link: string | null
  status: string | null
}

export interface NewGroup {
  name: string
  description?: string
  /** From `groupQuota`. */
  assetId: string
  /** At most 99; each follows, or interacted within 7 days. */
  memberIds: readonly string[]
}

/** Group chats (GMF). They know no window; only groups that the account made itself can be written to, and they take no buttons. */
export interface Groups {
  /** `[@user_id]` in the text is a mention: clean what came from users with `withoutMentions`. */
  sendGroupText(groupId: string, text: string): Promise<Result<Sent>>
  sendGroupImage(groupId: string, picture: Picture, text?: string): Promise<Result<Sent>>
  sendGroupFile(groupId: string, token: string): Promise<Result<Sent>>
  createGroup(group: NewGroup): Promise<Result<Group>>
  groups(page?: {
    offset?: number
    count?: number
  }): Promise<Result<{ total: number | null; groups: readonly Group[] }>>
}

export function createGroups(call: Call): Groups {
  const send = async (groupId: string, message: Json): Promise<Result<Sent>> => {
    const data = { recipient: { group_id: groupId }, message }
    return mapResult(await call({ path: '/v3.0/oa/group/message', data }), readSent)
  }
  return {
    sendGroupText: (groupId, text) => send(groupId, shapes.text(text)),
    sendGroupImage: (groupId, picture, text) => send(groupId, shapes.image(picture, text)),
    sendGroupFile: (groupId, token) => send(groupId, shapes.file(token)),
    async createGroup({ name, description, assetId, memberIds }) {
      const data = {
        group_name: name,
        ...(description === undefined ? {} : { group_description: description }),
        asset_id: assetId,
        member_user_ids: memberIds,
      }
      return mapResult(await call({ path: '/v3.0/oa/group/creategroupwithoa', data }), readGroup)
    },
    async groups({ offset = 0, count = 5 } = {}) {
      const result = await call({ path: '/v3.0/oa/group/getgroupsofoa', read: true, data: { offset, count } })
      return mapResult(result, (data) => ({
        total: numberOf(recordOf(data)['total']),
        groups: listOf(recordOf(data)['groups']).map(readGroup),
      }))
    },
  }
}

function readGroup(value: unknown): Group {
  const group = recordOf(value)
  return {
    groupId: textOf(group['group_id']),
    name: textOf(group['name']) ?? textOf(group['group_name']),
    members: numberOf(group['total_member']),
    link: textOf(group['group_link']),
    status: textOf(group['status']),
  }
}
