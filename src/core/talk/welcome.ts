import { ask } from './ask.js'
import { type Draft, openRuns } from './draft.js'
import { openGuide, whereWasI } from './guide.js'

/**
 * The way in: what is still missing is asked, one thing a message (consent, form of address in Vietnamese, group), then the guide that was
 * wanted, the run under way, or the triage. A slip comes right after consent: it says in which group somebody lives.
 */
export function welcome(draft: Draft): void {
  const { session } = draft
  if (session.consent === null) return ask(draft, { kind: 'consent' })
  const { slip, ...intent } = session.intent
  if (slip !== undefined) {
    session.intent = intent
    draft.request = { kind: 'command', command: 'nguoithan', args: slip }
    return
  }
  const missing = missingOf(draft)
  if (missing !== null) return ask(draft, { kind: missing })
  if (session.intent.flow !== undefined) return openGuide(draft, session.intent.flow)
  if (openRuns(draft).length > 0) return whereWasI(draft)
  ask(draft, { kind: 'triage', question: draft.world.triage.start })
}

/** Which of the first questions is not answered yet; null: none. */
export function missingOf({ session, contact, world }: Draft): 'consent' | 'form' | 'group' | null {
  if (session.consent === null) return 'consent'
  if (!session.formAsked && session.locale === 'vi') return 'form'
  return !session.groupAsked && contact.group === null && world.groups.length > 0 ? 'group' : null
}
