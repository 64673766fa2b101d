import { likelihoods } from '../core/language/understand.js'
import { normalise } from '../core/language/normalise.js'
import type { Topic } from '../core/model/answer.js'
import { type Line, type Locale, LOCALES } from '../core/model/message.js'
import type { Question } from '../core/model/question.js'
import { guideLine, phrase } from '../core/talk/draft.js'
import { allowedIn } from '../core/broadcast/allowed.js'
import { checkOwnAnswer, phrasingsIn } from '../core/talk/own-answer.js'
import type { World } from '../core/talk/world.js'
import { dismiss, problemLines, teach, type TeachParts, whyNot } from '../questions/teach.js'
import { countOpenQuestions, openQuestions } from '../store/questions.js'
import { scopeOfContact } from '../store/scope.js'
import type { Dialog, Dialogue } from './dialogue.js'

/** Questions that one message shows, and topics that are offered for one. */
const SHOWN = 8
const OFFERED = 4

export interface QuestionFormParts extends TeachParts {
  world: World
}

type Shown = Pick<Question, 'id' | 'text' | 'times' | 'flow' | 'step'>

/** `/cauhoi`: what the bot could not answer, most asked first; answered once, joined to a known topic, or set aside. */
export function questionsDialog(parts: QuestionFormParts): Dialog {
  return {
    name: 'questions',
    version: 1,
    roles: ['staff', 'admin'],
    async run(d) {
      // While somebody reads and writes, what their answer is held against is made ready.
      parts.known.prepare()
      const { open, count } = await d.act('open', async ({ tx, contact }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        const open = await openQuestions(tx, scope, SHOWN)
        return {
          open: open.map(({ id, text, times, flow, step }): Shown => ({ id, text, times, flow, step })),
          count: await countOpenQuestions(tx, scope),
        }
      })
      if (open.length === 0) return d.say(phrase('questions.none'))
      const chosen = await d.choose('which', {
        block: [
          phrase('questions.queue', { count }),
          ...open.map((question, i) => questionLine(parts.world, question, i + 1)),
        ],
        options: [
          ...open.map((_, i) => ({ id: `q${i + 1}`, label: phrase('questions.options.question', { n: i + 1 }) })),
          { id: 'cancel', label: phrase('questions.options.enough') },
        ],
      })
      const question = open.find((_, i) => `q${i + 1}` === chosen)
      if (!question) return d.say(phrase('dialog.left'))
      const what = await d.choose('what', {
        block: [phrase('questions.one', { text: question.text })],
        options: (['answer', 'same', 'dismiss', 'cancel'] as const).map((id) => ({
          id,
          label: phrase(`questions.options.${id}`),
        })),
      })
      if (what === 'answer') return answer(d, parts, question)
      if (what === 'same') return same(d, parts, question)
      if (what !== 'dismiss') return d.say(phrase('dialog.left'))
      const done = await d.act('dismiss', async ({ tx, at, contact }) =>
        dismiss(tx, parts, await scopeOfContact(tx, contact.contact), question.id, at),
      )
      d.say(phrase(done ? 'questions.dismissed' : 'questions.gone'))
    },
  }
}

/** A question in one line: how often, where, and its masked words. */
export function questionLine(world: World, { text, times, flow, step }: Shown, n: number): Line {
  const known = flow !== null && world.flows.get(flow)?.steps.some(({ id }) => id === step) === true
  const where = known
    ? phrase('questions.at-step', { guide: guideLine(flow, 'short'), title: guideLine(flow, `steps.${step}.title`) })
    : ''
  return phrase('questions.line', { n, text, times, where })
}

async function answer(d: Dialogue, parts: QuestionFormParts, question: Shown): Promise<void> {
  const own = await d.act('own', async ({ contact }) => contact.session.locale)
  const other = LOCALES.find((locale) => locale !== own)!
  const allowed = allowedIn(parts.ward)
  const reads = { kind: 'published' } as const
  const read = (text: string): { ok: string } | { no: Line } => {
    const [problem] = problemLines(checkOwnAnswer(text, allowed))
    return problem ? { no: problem } : { ok: text.trim() }
  }
  const skip = { id: 'skip', label: phrase('questions.options.skip') }
  const first = await d.text(
    'write',
    { block: [phrase(`questions.write.${own}`)], options: [], free: true, reads },
    read,
  )
  if (typeof first !== 'string') return d.say(phrase('dialog.left'))
  const second = await d.text(
    'other',
    { block: [phrase(`questions.write-too.${other}`)], options: [skip], free: true, reads },
    read,
  )
  const more = await d.text('phrasings', { block: [phrase('questions.phrasings')], options: [skip], free: true }, (text) => ({ ok: phrasingsIn(text) })) // prettier-ignore
  const texts: Record<Locale, string | null> = { vi: null, en: null }
  texts[own] = first
  texts[other] = typeof second === 'string' ? second : null
  const sure = await d.choose('sure', {
    block: [
      phrase('questions.preview'),
      ...LOCALES.flatMap((locale) =>
        texts[locale] === null ? [] : [phrase('questions.own', { text: texts[locale] })],
      ),
    ],
    options: (['publish', 'cancel'] as const).map((id) => ({ id, label: phrase(`questions.options.${id}`) })),
  })
  if (sure !== 'publish') return d.say(phrase('dialog.left'))
  await publish(d, parts, question, null, texts, Array.isArray(more) ? more : [])
}

/** Joins the question to a known topic: the likeliest are offered, and words look for others. */
async function same(d: Dialogue, parts: QuestionFormParts, question: Shown): Promise<void> {
  for (let text = question.text; ;) {
    const said = text
    const topics = await d.act('likely', async () => likely(parts, said))
    const chosen = await d.ask('topic', {
      block: [phrase('questions.which-topic')],
      options: [
        ...topics.map((topic, i) => ({ id: `t${i + 1}`, label: { key: `answers:${topic}.title` } })),
        { id: 'cancel', label: phrase('questions.options.cancel') },
      ],
      free: true,
    })
    if (chosen.kind === 'text') {
      text = chosen.text
      continue
    }
    const topic = topics.find((_, i) => `t${i + 1}` === chosen.option)
    if (!topic) return d.say(phrase('dialog.left'))
    return publish(d, parts, question, topic, { vi: null, en: null }, [])
  }
}

function likely({ model, world }: QuestionFormParts, text: string): Topic[] {
  const { topics } = likelihoods(model(), normalise(text, model().vocabulary))
  return topics
    .map(({ topic }) => topic)
    .filter((topic) => world.language.answerOn(topic, '2026-01-01') !== null)
    .slice(0, OFFERED)
}

async function publish(
  d: Dialogue,
  parts: QuestionFormParts,
  { id: question }: Shown,
  topic: Topic | null,
  texts: Record<Locale, string | null>,
  phrasings: string[],
): Promise<void> {
  const taught = await d.act('teach', async ({ tx, at, contact }) =>
    teach(tx, parts, await scopeOfContact(tx, contact.contact), { question, topic, texts, phrasings }, at),
  )
  d.say(...(taught.kind === 'taught' ? [phrase('questions.taught')] : whyNot(taught)))
}
