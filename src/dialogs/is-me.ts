import { givenName } from '../core/roster/names.js'
import type { Scope } from '../core/policy/roles.js'
import { ask } from '../core/talk/ask.js'
import { phrase, say } from '../core/talk/draft.js'
import { type SpeakParts, speakTo } from '../speak/speak.js'
import { audit } from '../store/audit.js'
import { loadReachable } from '../store/contacts.js'
import { scopeOfContact } from '../store/scope.js'
import type { Db } from '../store/tables.js'
import { answerersOf } from '../store/tickets.js'
import { disown } from '../store/unmerge.js'
import type { Dialog } from './dialogue.js'

/**
 * Tells a contact that somebody of this scope joined it to a name of the roster, and asks whether that is right; inside the transaction of the joining.
 * Of the name only what people call each other by: if it was the wrong contact, it learns of nobody who they are.
 */
export async function askIfRight(
  tx: Db,
  parts: SpeakParts,
  scope: Scope,
  { contact, group, name }: { contact: string; group: number; name: string },
): Promise<void> {
  const found = await loadReachable(tx, contact, { lock: true })
  if (!found) return
  const by = scope.groups === 'ward' ? 'ward' : 'head'
  await speakTo(tx, parts, found, (draft) => {
    say(draft, phrase(`is-me.by-${by}`, { group, name: givenName(name) }))
    ask(draft, { kind: 'is-me' })
  })
}

/** «Không phải tôi»: the joining is undone, the log has a line of it, and whoever joined them hears of it – without a name. */
export function disownDialog(): Dialog {
  return {
    name: 'disown',
    version: 1,
    async run(d) {
      const done = await d.act('disown', async ({ tx, at, newId, contact, tell }) => {
        const asked = contact.session.prompt.ask.kind === 'is-me'
        const was = await disown(tx, { contact: contact.contact, at, newId })
        if (was.kind === 'not-joined') return { kind: was.kind, told: false, asked }
        const { kind, person, by, group } = was
        await audit(tx, await scopeOfContact(tx, contact.contact), [
          { id: newId(), at, deed: kind === 'parted' ? 'parted' : 'asked', kind: 'contact', subject: person, group, count: 1 },
        ])
        const news = [[phrase(`is-me.news.${kind}`, { group: group ?? 0 })]]
        let told = await tell(by, news)
        // Whoever joined them may only ever have used the pages.
        if (!told) for (const other of await answerersOf(tx, group)) told = (await tell(other, news)) || told
        return { kind, told, asked }
      })
      d.say(phrase(`is-me.done.${done.kind}`), ...(done.told ? [phrase('is-me.told')] : []))
      // Something else may be in front by now: that stays.
      if (done.asked) d.goBack()
    },
  }
} // prettier-ignore
