import type { Content } from '../../src/core/model/message.js'
import { type Conversation, type Expected, type Line, loadConversations } from '../support/conversations.js'
import { type Answer, begun, createTalker, eventLine, type Talker } from '../support/talk.js'
import { loadWorld } from '../support/world.js'

for (const { name, conversations } of loadConversations()) {
  describe(`conversation ${name}`, () => {
    for (const conversation of conversations) test(conversation.title, () => play(conversation))
  })
}

function open({ at, locale, standing, role, group }: Conversation): Talker {
  const settings = { world: loadWorld().world, ...(at ? { at } : {}), ...(locale ? { locale } : {}) }
  const [flow, step] = (standing ?? '').split('/')
  const talker = flow ? begun(settings, flow) : createTalker(settings)
  if (step) walkTo(talker, step)
  talker.state.contact = {
    ...talker.state.contact,
    ...(role ? { role } : {}),
    ...(group === undefined ? {} : { group }),
  }
  return talker
}

function walkTo(talker: Talker, step: string): void {
  for (let i = 0; talker.step() !== step; i++) {
    if (i > 40) throw new Error(`the main path does not lead to ${step}`)
    talker.tap(talker.last!.options[0]!.id)
  }
}

function play(conversation: Conversation): void {
  const talker = open(conversation)
  const answers: Answer[] = []
  conversation.talk.forEach((raw, i) => {
    const line: Line = typeof raw === 'string' ? { say: raw } : raw
    if (line.after) talker.clock.pass(line.after)
    const answer = send(talker, line, answers)
    answers.push(answer)
    if (line.expect) {
      const said = line.say ?? line.tap ?? line.start ?? line.media ?? line.forged ?? line.text ?? ''
      expect({ line: i + 1, said: said.slice(0, 60), ...seen(talker, answer, line.expect) }).toEqual({
        line: i + 1,
        said: said.slice(0, 60),
        ...wanted(line.expect, answer),
      })
    }
  })
}

function send(talker: Talker, line: Line, answers: readonly Answer[]): Answer {
  if (line.tap !== undefined) return talker.tap(line.tap)
  if (line.start !== undefined) return talker.start(line.start)
  if (line.old) return talker.tapOf(answers[line.old.line - 1]!, line.old.option)
  const content: Content =
    line.media !== undefined
      ? { kind: 'media', what: line.media }
      : line.forged !== undefined
        ? { kind: 'tap', data: line.forged }
        : { kind: 'text', text: line.text === undefined ? line.say! : line.text.repeat(line.times ?? 1) }
  const more = line.seen === undefined ? {} : { seen: line.seen }
  let answer = talker.send(content, more)
  if (line.text === undefined) for (let i = 1; i < (line.times ?? 1); i++) answer = talker.send(content, more)
  return answer
}

/** Only what is expected is compared, so that a failure shows the whole of it at once. */
function seen(talker: Talker, answer: Answer, expected: Expected): Record<string, unknown> {
  const { session, contact } = talker.state
  const all: Record<keyof Expected, unknown> = {
    step: talker.step() ?? null,
    ask: talker.ask().kind,
    ledger: answer.events.map(eventLine),
    has: answer.text,
    hasNot: answer.text,
    options: answer.options.map(({ id }) => id),
    labels: answer.labels,
    request: answer.request,
    silent: answer.text === '' && answer.options.length === 0,
    form: session.form,
    group: contact.group,
    locale: session.locale,
  }
  return Object.fromEntries(Object.keys(expected).map((key) => [key, all[key as keyof Expected]]))
}

function wanted(expected: Expected, answer: Answer): Record<string, unknown> {
  const missing = (expected.has ?? []).filter((part) => !answer.text.includes(part))
  const unwelcome = (expected.hasNot ?? []).filter((part) => answer.text.includes(part))
  return {
    ...expected,
    ...(expected.has ? { has: missing.length === 0 ? answer.text : { missing } } : {}),
    ...(expected.hasNot ? { hasNot: unwelcome.length === 0 ? answer.text : { unwelcome } } : {}),
  }
}
