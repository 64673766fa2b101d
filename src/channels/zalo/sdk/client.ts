import { createAccount, type Account } from './account.js'
import { createArticles, type Articles } from './articles.js'
import { createCall, type CallOptions } from './call.js'
import { createConversations, type Conversations } from './conversations.js'
import { createGroups, type Groups } from './groups.js'
import { createMessages, type Messages } from './messages.js'
import { createTemplates, type Templates } from './templates.js'
import { createUploads, type Uploads } from './uploads.js'
import { createUsers, type Users } from './users.js'

/** Every call gives a `Result`; what is thrown is a bug, or the token store's own failure. */
export interface ZaloClient extends Messages, Uploads, Users, Account, Conversations, Groups, Articles, Templates {}

export function createZaloClient(options: CallOptions): ZaloClient {
  const call = createCall(options)
  return {
    ...createMessages(call),
    ...createUploads(call),
    ...createUsers(call),
    ...createAccount(call),
    ...createConversations(call),
    ...createGroups(call),
    ...createArticles(call),
    ...createTemplates(call),
  }
}
