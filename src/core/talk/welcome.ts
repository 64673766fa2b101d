import { ask } from './ask.js'
import { type Draft, openRuns } from './draft.js'
import { openGuide, whereWasI } from './guide.js'

/**
 * The way in: what is still missing is asked, one thing a message (consent, form of address in Vietnamese, group), then the guide that was
 * wanted, the run under way, or the triage.
 */
export function welcome(draft: Draft): void {
  const { session } = draft
  if (session.consent === null) return ask(draft, { kind: 'consent' })
  if (!session.formAsked && session.locale === 'vi') return ask(draft, { kind: 'form' })
  if (!session.groupAsked && draft.contact.group === null && draft.world.groups.length > 0)
    return ask(draft, { kind: 'group' })
  if (session.intent.flow !== undefined) return openGuide(draft, session.intent.flow)
  if (openRuns(draft).length > 0) return whereWasI(draft)
  ask(draft, { kind: 'triage', question: draft.world.triage.start })
}
