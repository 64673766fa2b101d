import type { Session } from '../core/model/contact.js'
import type { ChannelName, Line, Reply } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import { dayOf } from '../core/policy/calendar.js'
import { encodeTap } from '../core/talk/tap.js'
import type { Texts } from '../texts.js'

/** Where a message stands in a guide, so that its buttons can say so when they are old. */
export interface Place {
  flow: string
  number: number
}

/** Puts a reply into words, in the language and address of the session that it leaves behind. */
export function inWords(texts: Texts, reply: Reply, session: Session, at: number, place: Place): Said {
  const voice = { locale: session.locale, form: session.form, day: dayOf(at) }
  const { number, endsWish } = reply
  const say = (line: Line) => texts.render(line, voice)
  return {
    text: paragraphs(reply.blocks, say),
    options: reply.options.map(({ id, label }) => ({
      label: say(label),
      data: encodeTap({ n: session.said, option: id, ...place }),
    })),
    ...(number ? { number: { label: say(number.label), why: say(number.why), instead: say(number.instead) } } : {}),
    ...(endsWish ? { endsWish } : {}),
  }
}

export function paragraphs(blocks: readonly (readonly Line[])[], render: (line: Line) => string): string {
  return blocks.map((block) => block.map(render).join('\n')).join('\n\n')
}

/** Channels that read their messages from the outbox themselves. */
export function isRead(channel: ChannelName): boolean {
  return channel === 'web' || channel === 'terminal'
}
