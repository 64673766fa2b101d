import { Hono } from 'hono'
import { html } from 'hono/html'
import { contactCode, readContactCode } from '../../access/contact-code.js'
import type { Run } from '../../core/model/run.js'
import { dayOf } from '../../core/policy/calendar.js'
import { askIfRight } from '../../dialogs/is-me.js'
import { audit } from '../../store/audit.js'
import { people } from '../../store/roster.js'
import { confirmContact } from '../../store/slips.js'
import { loadRuns } from '../../store/runs.js'
import { type Stranger, strangers, strangersOf } from '../../store/strangers.js'
import { pages } from './group.js'
import { groupOf, isTooSmall, note, refuse } from './guard.js'
import { type Labels, labelsOf } from './labels.js'
import { csrfField, notice, page } from './layout.js'
import type { Say, StaffEnv, StaffSite } from './site.js'

/** Contacts on a page: the newest wait on top. */
const A_PAGE = 50
/** Guides of one contact that are told: the newest say who it may be. */
const RUNS = 3

/** `/staff/groups/5/contacts`: who chats and is not known, and the head's word who they are. Nothing is joined on a guess. */
export function contactRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/groups/:group/contacts', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'contacts')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { scope } = c.get('viewer')
    const { db } = context.store
    const code = readContactCode((c.req.query('code') ?? '').slice(0, 20))
    const all = await strangersOf(db, scope, group)
    const matching = code === '' ? all : all.filter((id) => contactCode(context.seals, id) === code)
    const last = Math.max(1, Math.ceil(matching.length / A_PAGE))
    const at = Math.min(last, Math.max(1, Math.trunc(Number(c.req.query('page') ?? 1)) || 1))
    const ids = matching.slice((at - 1) * A_PAGE, at * A_PAGE)
    const waiting = await strangers(db, scope, { ids, limit: A_PAGE })
    const small = await isTooSmall(site, c, group)
    const runs = small ? [] : await loadRuns(db, waiting.map(({ person }) => person)) // prettier-ignore
    const known = waiting.length === 0 ? [] : await people(db, scope, { group })
    await note(site, c, { kind: 'contacts', group, count: waiting.length })
    const choices = [...choicesOf(known).keys()].map((label) => html`<option value="${label}"></option>`)
    const about = ({ contact, person, channel, createdAt, lastAt }: Stranger, all: readonly Run[]) =>
      html`<div class="told">
        <strong class="code">${contactCode(context.seals, contact)}</strong>
        <span>${say('contacts.on', { channel: say(`contacts.channel.${channel}`) })}</span>
        <span class="where"
          >${say('contacts.since', { day: labels.day(dayOf(createdAt)), time: labels.time(lastAt) })}</span
        >
        ${runsOf(
          say,
          labels,
          all.filter((run) => run.person === person),
        ).map((text) => html`<span class="where">${text}</span>`)}
      </div>`
    const lines = waiting.map(
      (one, i) =>
        html`<li>
          ${about(one, runs)}
          <form method="post" class="row">
            ${csrfField(c)}<input type="hidden" name="contact" value="${one.contact}" />
            <label for="person-${i}">${say('contacts.who')}</label>
            <input
              id="person-${i}"
              name="person"
              list="known"
              autocomplete="off"
              placeholder="${say('contacts.choose')}"
              required
            />
            <button>${say('contacts.join')}</button>
          </form>
        </li>`,
    )
    const body = html`${notice(c)}
      <p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p>${say('contacts.about')}</p>
      <form method="get" class="row" role="search">
        <label for="code">${say('contacts.code')}</label>
        <input id="code" name="code" value="${code}" autocomplete="off" autocapitalize="characters" maxlength="20" />
        <button class="second">${say('group.search')}</button>
      </form>
      <p role="status">${code === '' ? (all.length === 0 ? say('contacts.none') : say('contacts.count', { count: all.length })) : say(matching.length === 0 ? 'contacts.code-none' : 'contacts.code-found', { code, count: matching.length })}</p>
      ${waiting.length === 0 ? '' : html`<ul class="people stacked">${lines}</ul><datalist id="known">${choices}</datalist>`}
      ${pages(say, (more) => `?${new URLSearchParams(more).toString()}`, at, last)}` // prettier-ignore
    return c.html(page(site, c, say('contacts.title', { group }), body))
  })

  app.post('/groups/:group/contacts', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'contacts')
    const { scope } = c.get('viewer')
    const { contact, person } = await c.req.parseBody()
    const now = context.clock()
    const joined = await context.store.transaction(async (tx) => {
      const chosen = chosenIn(await people(tx, scope, { group }), String(person))
      if (chosen === 'nobody' || chosen === 'several') return `person-${chosen}`
      const outcome = await confirmContact(tx, scope, { contact: String(contact), person: chosen.id, now })
      if (outcome !== 'joined') return outcome
      await audit(tx, scope, [
        { id: context.newId(), at: now, deed: 'joined', kind: 'contact', subject: chosen.id, group, count: 1 },
      ])
      await askIfRight(tx, context, scope, { contact: String(contact), group, name: chosen.name })
      return outcome
    })
    context.wakes.wake([String(contact)])
    return c.redirect(`/staff/groups/${group}/contacts?done=${joined}`, 303)
  })
  return app
}

/** In which guides somebody is and where, the newest first: the head may have seen it, the resident can say it. */
function runsOf(say: Say, labels: Labels, runs: readonly Run[]): string[] {
  return runs
    .toSorted((a, b) => b.startedAt - a.startedAt)
    .slice(0, RUNS)
    .map(({ flow, step, state, enteredAt }) =>
      state === 'finished'
        ? say('contacts.run-finished', { guide: labels.guide(flow) })
        : say('contacts.run', {
            guide: labels.guide(flow),
            step: labels.step(flow, step),
            time: labels.time(enteredAt),
          }),
    )
}

type Known = Awaited<ReturnType<typeof people>>[number]

/** People by what stands for them in the one list that all fields share: name, year and house; two who are alike have numbers. */
function choicesOf(known: readonly Known[]): Map<string, Known> {
  const choices = new Map<string, Known>()
  for (const person of [...known].sort((a, b) => (a.id < b.id ? -1 : 1))) {
    const label = [person.name, person.born, person.house].filter((part) => part !== null).join(', ')
    let own = label
    for (let n = 2; choices.has(own); n++) own = `${label} (${n})`
    choices.set(own, person)
  }
  return choices
}

/** Whom a field names: one of the list, or a whole name that only one person has. Parts of names name nobody: nothing is joined on a guess. */
function chosenIn(known: readonly Known[], typed: string): Known | 'nobody' | 'several' {
  const text = typed.trim().normalize('NFC')
  const listed = choicesOf(known).get(text) ?? known.find(({ id }) => id === text)
  if (listed) return listed
  const named = known.filter(({ name }) => name.toLocaleLowerCase('vi') === text.toLocaleLowerCase('vi'))
  return named.length > 1 ? 'several' : (named[0] ?? 'nobody')
}
