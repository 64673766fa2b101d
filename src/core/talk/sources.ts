import { ask, askShort } from './ask.js'
import { type Draft, inFront, phrase, say } from './draft.js'
import { heading } from './present.js'

/** Where the guide in front comes from, with its dates; law numbers stand here and nowhere else. */
export function sources(draft: Draft): void {
  const front = inFront(draft)
  if (!front) {
    say(draft, phrase('source.none'))
    return askShort(draft)
  }
  say(
    draft,
    heading(front.flow, front.run, front.step),
    ...front.flow.sources.map((id) => ({ key: `sources:${id}` })),
    phrase('source.valid', { day: { day: front.flow.valid.from }, ref: front.step.ref ?? '–' }),
  )
  ask(draft, { kind: 'recap' })
}
