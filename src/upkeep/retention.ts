import type { Ward } from '../core/model/ward.js'
import { DAY_MS, dayOf } from '../core/policy/calendar.js'
import { MACHINE, scopeOf } from '../core/policy/roles.js'
import { audit } from '../store/audit.js'
import { abandonedPreviews, forgetPreview } from '../store/broadcasts.js'
import { dropDialogsBefore } from '../store/dialogs.js'
import { contactsToForget, forgetOld, scrub } from '../store/erase.js'
import { forgetContact } from '../store/forget.js'
import type { Store } from '../store/open.js'
import { prunePageAccess } from '../store/page-access.js'
import { endLinkContacts } from '../store/link-contacts.js'
import { forgetHeldFiles } from '../store/held-files.js'
import { forgetQuestionsBefore } from '../store/questions.js'
import { forgetRecipients } from '../store/recipients.js'
import { endedBroadcasts, forgetSpent } from '../store/spent.js'
import { forgetTallySheets } from '../store/tally-sheets.js'

/** Contacts that one transaction forgets: it holds up nobody's answer for longer than a moment. */
const AT_A_TIME = 50

/** Recipients that one transaction takes back. */
const RECIPIENTS = 5_000

/** Days on which somebody was reminded are kept for this long: the longest cap looks back a week. */
const CAPS_DAYS = 31

/** Lets go of what nobody needs any more, once a day, by the periods of `ward.yaml`. */
export interface Retention {
  /** How many contacts were forgotten; null: it was done today already. */
  runOnce(): Promise<number | null>
}

export function createRetention({
  store,
  ward,
  clock,
  newId,
}: {
  store: Store
  ward: Ward
  clock: () => number
  newId: () => string
}): Retention {
  const { retention } = ward
  let lastDay = ''
  return {
    async runOnce() {
      const now = clock()
      // A list of people waits for minutes, not for the day to end.
      await forgetHeldFiles(store.db, now)
      await store.transaction((tx) => endLinkContacts(tx, now))
      if (dayOf(now) === lastDay) return null
      const ago = (days: number) => now - days * DAY_MS
      await store.transaction(async (tx) => {
        await forgetOld(tx, { messages: ago(retention['messages-days']), inbox: ago(retention['inbox-days']) })
        await dropDialogsBefore(tx, ago(1))
        await forgetQuestionsBefore(tx, ago(retention['questions-days']))
        await prunePageAccess(tx, ago(1))
        await forgetSpent(tx, {
          codes: ago(retention['codes-days']),
          tickets: ago(retention['tickets-days']),
          days: ago(CAPS_DAYS),
        })
        await forgetTallySheets(tx, ago(retention['sheets-days']))
      })
      await sweepRecipients(store, ago(retention['reminders-days']))
      await sweepPreviews(store, ago(retention['previews-days']))
      let forgotten = 0
      for (;;) {
        const gone = await store.transaction(async (tx) => {
          const contacts = await contactsToForget(tx, {
            idle: ago(retention['idle-days']),
            unconsented: ago(retention['unconsented-days']),
            limit: AT_A_TIME,
          })
          for (const contact of contacts) await forgetContact(tx, contact, newId)
          const count = contacts.length
          const line = { deed: 'erased', kind: 'contact', subject: null, group: null, count } as const
          if (count > 0) await audit(tx, scopeOf(MACHINE), [{ id: newId(), at: now, ...line }])
          return count
        })
        forgotten += gone
        if (gone < AT_A_TIME) break
      }
      await scrub(store)
      lastDay = dayOf(now)
      return forgotten
    },
  }
}

/** Previews of reminders that nobody confirmed, with whatever a dead process wrote down for them. */
async function sweepPreviews(store: Store, before: number): Promise<void> {
  for (;;) {
    const ids = await abandonedPreviews(store.db, before, AT_A_TIME)
    for (const id of ids) {
      while ((await store.transaction((tx) => forgetRecipients(tx, id, RECIPIENTS))) > 0);
      await forgetPreview(store.db, id)
    }
    if (ids.length < AT_A_TIME) return
  }
}

/** Whom reminders of long ago went to: how many there were of each outcome stays with the broadcast. */
async function sweepRecipients(store: Store, before: number): Promise<void> {
  for (;;) {
    const ids = await endedBroadcasts(store.db, before, AT_A_TIME)
    for (const id of ids) while ((await store.transaction((tx) => forgetRecipients(tx, id, RECIPIENTS))) > 0);
    if (ids.length < AT_A_TIME) return
  }
}
