import { Hono } from 'hono'
import { html } from 'hono/html'
import { TOPICS } from '../../core/model/answer.js'
import { type Locale, LOCALES } from '../../core/model/message.js'
import type { Question, TaughtEntry } from '../../core/model/question.js'
import { dayOf } from '../../core/policy/calendar.js'
import { phrase } from '../../core/talk/draft.js'
import { phrasingsIn } from '../../core/talk/own-answer.js'
import { dismiss, mayTeach, teach, whyNot, withdraw } from '../../questions/teach.js'
import { openQuestions, questionById } from '../../store/questions.js'
import { allTaught } from '../../store/taught.js'
import { missing, note, refuse } from './guard.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, notice, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Questions on the page. */
const SHOWN = 100

type Fields = Readonly<Record<string, unknown>>

/** `/staff/questions`: what the bot could not answer, most asked first, and what it was taught; the same as `/cauhoi`. */
export function questionRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const { store, teaching, questions } = context
  const app = new Hono<StaffEnv>()

  app.use('/questions/*', async (c, next) => {
    if (!mayTeach(c.get('viewer').scope)) return refuse(site, c, 'questions')
    return next()
  })

  app.get('/questions', async (c) => {
    const say = c.get('say')
    teaching.known.prepare()
    const open = await openQuestions(store.db, c.get('viewer').scope, SHOWN)
    const taught = await allTaught(store.db)
    await note(site, c, { kind: 'questions', count: open.length })
    const labels = labelsOf(site, c)
    const rows = open.map(
      (question) =>
        html`<tr>
          <th scope="row"><a href="/staff/questions/${question.id}">${question.text}</a></th>
          <td>${question.times}</td>
          <td>${whereOf(site, c, question)}</td>
          <td>${labels.time(question.lastAt)}</td>
        </tr>`,
    )
    const heads = ['question', 'times', 'where', 'last'].map((key) => say(`questions.${key}`))
    const body = html`${notice(c)}
      <p>${say('questions.about')}</p>
      ${rows.length === 0 ? html`<p>${say('questions.none')}</p>` : table(say('questions.title'), heads, rows)}
      ${taughtTable(site, c, taught)}`
    return c.html(page(site, c, say('questions.title'), body))
  })

  app.get('/questions/:question', async (c) => {
    const question = await questionById(store.db, c.get('viewer').scope, c.req.param('question'))
    // Decided meanwhile: the list says what is left.
    if (question?.state !== 'open') return c.redirect('/staff/questions?done=question-gone', 303)
    return c.html(page(site, c, c.get('say')('questions.one'), form(site, c, question, {}, [])))
  })

  app.post('/questions/:question/answer', async (c) => {
    const fields = await c.req.parseBody()
    const id = c.req.param('question')
    const written = (name: string) =>
      String(fields[name] ?? '')
        .replace(/\r\n/g, '\n')
        .trim() || null
    const topic = TOPICS.find((known) => known === fields['topic']) ?? null
    const lecture = {
      question: id,
      topic,
      texts: { vi: written('vi'), en: written('en') },
      phrasings: topic === null ? phrasingsIn(written('phrasings') ?? '') : [],
    }
    const at = context.clock()
    const taught = await store.transaction((tx) => teach(tx, teaching, c.get('viewer').scope, lecture, at))
    if (taught.kind === 'taught') {
      await questions.settle()
      return c.redirect('/staff/questions?done=question-taught', 303)
    }
    const question = await questionById(store.db, c.get('viewer').scope, id)
    if (!question) return missing(site, c)
    const wrong = whyNot(taught).map((line) => labelsOf(site, c).line(line))
    return c.html(page(site, c, c.get('say')('questions.one'), form(site, c, question, fields, wrong)), 400)
  })

  app.post('/questions/:question/dismiss', async (c) => {
    const { scope } = c.get('viewer')
    const done = await store.transaction((tx) => dismiss(tx, teaching, scope, c.req.param('question'), context.clock()))
    return c.redirect(`/staff/questions?done=${done ? 'question-dismissed' : 'question-gone'}`, 303)
  })

  app.post('/questions/:taught/withdraw', async (c) => {
    const { scope } = c.get('viewer')
    const done = await store.transaction((tx) => withdraw(tx, teaching, scope, c.req.param('taught'), context.clock()))
    await questions.settle()
    return c.redirect(`/staff/questions?done=${done ? 'question-withdrawn' : 'question-gone'}`, 303)
  })
  return app
}

function whereOf(site: StaffSite, c: StaffCall, { flow, step }: Question): string {
  if (flow === null || step === null) return ''
  const labels = labelsOf(site, c)
  return `${labels.guide(flow)}, ${labels.step(flow, step)}`
}

/** An answer of its own, or a known topic; and setting it aside. */
function form(site: StaffSite, c: StaffCall, question: Question, fields: Fields, wrong: readonly string[]): Html {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const value = (name: string) => String(fields[name] ?? '')
  const text = (locale: Locale) =>
    html`<label for="${locale}">${say(`questions.${locale}`)}</label>
      <textarea id="${locale}" name="${locale}" rows="4" lang="${locale}">${value(locale)}</textarea>`
  const topics = TOPICS.filter((topic) => site.context.material.answers.vi.has(topic))
  return html`${wrong.map((line) => html`<p role="alert">${line}</p>`)}
    <p class="card"><q>${question.text}</q> · ${say('questions.asked', { times: question.times })}</p>
    <p>${say('questions.how')}</p>
    <form method="post" action="/staff/questions/${question.id}/answer" class="card">
      ${csrfField(c)} ${LOCALES.map(text)}
      <label for="phrasings">${say('questions.phrasings')}</label>
      <textarea id="phrasings" name="phrasings" rows="3">${value('phrasings')}</textarea>
      <label for="topic">${say('questions.topic')}</label>
      <select id="topic" name="topic">
        <option value="">${say('questions.no-topic')}</option>
        ${topics.map(
          (topic) =>
            html`<option value="${topic}" ${value('topic') === topic ? html`selected` : ''}>
              ${labels.line({ key: `answers:${topic}.title` })}
            </option>`,
        )}
      </select>
      <p><button>${say('questions.publish')}</button></p>
    </form>
    <form method="post" action="/staff/questions/${question.id}/dismiss">
      ${csrfField(c)}<button class="second">${say('questions.dismiss')}</button>
    </form>
    <p><a href="/staff/questions">${say('questions.title')}</a></p>`
}

function taughtTable(site: StaffSite, c: StaffCall, taught: readonly TaughtEntry[]): Html {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  if (taught.length === 0) return html`<p>${say('questions.none-taught')}</p>`
  const heads = ['question', 'answer', 'by', 'withdraw'].map((key) => say(`questions.${key}`))
  const rows = taught.map(
    ({ id, phrasings, topic, texts, office, at }) =>
      html`<tr>
        <th scope="row">${phrasings.map((text) => html`<q>${text}</q><br />`)}</th>
        <td>
          ${
            topic === null
              ? LOCALES.map((locale) => (texts[locale] === null ? '' : html`<p lang="${locale}">${texts[locale]}</p>`))
              : labels.line({ key: `answers:${topic}.title` })
          }
        </td>
        <td>${labels.line(phrase(`questions.office.${office}`))}, ${labels.day(dayOf(at))}</td>
        <td>
          <form method="post" action="/staff/questions/${id}/withdraw">
            ${csrfField(c)}<button
              class="second"
              aria-label="${say('questions.withdraw-for', { text: phrasings[0] ?? '' })}"
            >
              ${say('questions.withdraw')}
            </button>
          </form>
        </td>
      </tr>`,
  )
  return table(say('questions.taught'), heads, rows)
}
