import type { Wording } from '../model/broadcast.js'
import type { Voice } from '../model/message.js'
import { dayOf } from '../policy/calendar.js'
import { guideLine, phrase } from '../talk/draft.js'
import type { World } from '../talk/world.js'
import { fillOwnText } from './own-text.js'

/** Placeholders of a sender's own text that mean one person: in front of a whole group they mean nobody. */
const PERSONAL = /\{\{\s*(you|You|step|number)\s*\}\}/

/** What a group's chat is told: nobody is named, and nobody can tell who is meant. Pure. */
export function wordPost(
  world: World,
  { flow, wording, group, at }: { flow: string; wording: Wording; group: number; at: number },
): string {
  const voice: Voice = { locale: 'vi', form: 'bac', day: dayOf(at) }
  const guide = guideLine(flow, 'short')
  const say = (line: ReturnType<typeof phrase>) => world.render(line, voice)
  const about =
    wording.kind === 'visit'
      ? say(phrase('group-post.visit', { day: { day: wording.day }, group, guide }))
      : wording.kind === 'own' && !PERSONAL.test(wording.text)
        ? fillOwnText(wording.text, { you: '', You: '', ward: say(phrase('ward.name')), guide: say(guide), step: '', number: '', total: String(world.flows.get(flow)?.total ?? '') }) // prettier-ignore
        : say(phrase('group-post.ready', { guide }))
  return [say(phrase('group-post.sender', { group })), about, say(phrase('group-post.safe'))].join('\n\n')
}
