import { may } from '../core/policy/roles.js'
import { type Broadcast, moveBroadcast } from '../store/broadcasts.js'
import { isContact } from '../store/contacts.js'
import { postToPaper } from '../store/posts.js'
import { cancelBroadcast } from '../store/recipients.js'
import { scopeOfContact } from '../store/scope.js'
import type { Db } from '../store/tables.js'

/** Whether whoever sends a broadcast may still write to these people; a rule of the ward may as long as it is there. */
export async function mayStillSend(db: Db, { sender, plan }: Pick<Broadcast, 'sender' | 'plan'>): Promise<boolean> {
  if (sender === null || !(await isContact(db, sender))) return true
  const scope = await scopeOfContact(db, sender)
  if (!may(scope.role, 'remind')) return false
  const { groups } = plan.audience
  return scope.groups === 'ward' || (groups !== null && groups.every((group) => scope.holds(group)))
}

/** Ends a broadcast whose sender may no longer send it; how many messages were kept back. */
export async function stopDisowned(tx: Db, id: string, at: number): Promise<number> {
  if (!(await moveBroadcast(tx, id, { from: ['running', 'paused'], to: 'stopped', at }))) return 0
  await postToPaper(tx, id, null)
  return cancelBroadcast(tx, id, 'no-scope')
}
