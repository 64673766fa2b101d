import { sendMessage, sendToGroup } from './messages.js'
import * as people from './people.js'
import { Refusal, type Fields, type OaSettings, type State } from './state.js'
import { sendTemplate, sendTemplateByPhone } from './templates.js'
import { upload } from './uploads.js'

export interface Input {
  fields: Fields
  /** `content-type` */
  type: string
  raw: Buffer<ArrayBuffer>
}

export interface Route {
  permission?: OaSettings['permissions'] extends Set<infer P> ? P : never
  run(state: State, input: Input): unknown
}

/** v3 of the user calls, which a state agency's account may not have. */
const userV3 = (run: (state: State, fields: Fields) => unknown): Route => ({
  permission: 'users',
  run(state, { fields }) {
    if (state.oa.type === 'state' && state.oa.stateUsersByV2)
      throw new Refusal(-235, 'This API does not support this type of OA')
    return run(state, fields)
  },
})

const uploadOf = (kind: 'image' | 'gif' | 'file'): Route => ({
  permission: 'messages',
  run: (state, { type, raw }) => upload(state, kind, type, new Uint8Array(raw)),
})

const tagging = (verb: string): Route => ({
  permission: 'users',
  run: (state, { fields }) => people.tag(state, verb, fields),
})

/** Method and path of everything there is. A version that a family does not have is a 404, as with Zalo. */
export const openapiRoutes: Readonly<Record<string, Route>> = {
  'POST /v3.0/oa/message/cs': { permission: 'messages', run: (state, { fields }) => sendMessage(state, 'v3', fields) },
  'POST /v2.0/oa/message': { permission: 'messages', run: (state, { fields }) => sendMessage(state, 'v2', fields) },
  'POST /v3.0/oa/message/template': { run: (state, { fields }) => sendTemplate(state, fields) },
  'POST /v3.0/oa/group/message': { run: (state, { fields }) => sendToGroup(state, fields) },
  'POST /v3.0/oa/group/creategroupwithoa': { run: (state, { fields }) => people.createGroup(state, fields) },
  'GET /v3.0/oa/group/getgroupsofoa': { run: (state, { fields }) => people.groupList(state, fields) },
  'POST /v3.0/oa/quota/message': { run: (state, { fields }) => people.quota(state, fields) },
  'POST /v3.0/oa/quota/group': { run: (state, { fields }) => people.quota(state, fields) },
  'GET /v3.0/oa/user/detail': userV3(people.userDetail),
  'GET /v3.0/oa/user/getlist': userV3((state, fields) => people.userList(state, fields, 'users')),
  'GET /v2.0/oa/getprofile': { permission: 'users', run: (state, { fields }) => people.userDetail(state, fields) },
  'GET /v2.0/oa/getfollowers': {
    permission: 'users',
    run: (state, { fields }) => people.userList(state, fields, 'followers'),
  },
  'GET /v2.0/oa/getoa': { permission: 'oa', run: people.oaInfo },
  'GET /v2.0/oa/listrecentchat': {
    permission: 'messages',
    run: (state, { fields }) => people.chatRows(state, fields, 'recent'),
  },
  'GET /v2.0/oa/conversation': {
    permission: 'messages',
    run: (state, { fields }) => people.chatRows(state, fields, 'one'),
  },
  'POST /v2.0/oa/upload/image': uploadOf('image'),
  'POST /v2.0/oa/upload/gif': uploadOf('gif'),
  'POST /v2.0/oa/upload/file': uploadOf('file'),
  'POST /v2.0/oa/tag/tagfollower': tagging('tagfollower'),
  'POST /v2.0/oa/tag/rmfollowerfromtag': tagging('rmfollowerfromtag'),
  'POST /v2.0/oa/tag/rmtag': tagging('rmtag'),
  'GET /v2.0/oa/tag/gettagsofoa': { permission: 'users', run: people.allTags },
  'POST /v2.0/article/create': { run: (state, { fields }) => people.createArticle(state, fields) },
  'POST /v2.0/article/verify': { run: (state, { fields }) => people.verifyArticle(state, fields) },
}

export const zbsRoutes: Readonly<Record<string, Route>> = {
  'POST /message/template': { run: (state, { fields }) => sendTemplateByPhone(state, fields) },
  'GET /message/status': {
    run: (state, { fields }) => ({
      status: state.accepted.some(({ messageId }) => messageId === fields['message_id']) ? 1 : -1,
    }),
  },
}
