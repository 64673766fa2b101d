import { Hono } from 'hono'
import { html } from 'hono/html'
import { contactCode, readContactCode } from '../../access/contact-code.js'
import type { Run } from '../../core/model/run.js'
import { dayOf } from '../../core/policy/calendar.js'
import { askIfRight } from '../../dialogs/is-me.js'
import { tellHelpers } from '../../dialogs/told-helpers.js'
import { audit } from '../../store/audit.js'
import { people } from '../../store/roster.js'
import { confirmContact } from '../../store/slips.js'
import { loadRuns } from '../../store/runs.js'
import { type HelpedStranger, helpedStrangers, joinHelped, strangers, strangersOf } from '../../store/strangers.js'
import { pages } from './group.js'
import { groupOf, isTooSmall, note, refuse } from './guard.js'
import { type Labels, labelsOf } from './labels.js'
import { csrfField, type Html, notice, page } from './layout.js'
import type { Say, StaffCall, StaffEnv, StaffSite } from './site.js'

/** Contacts on a page: the newest wait on top. */
const A_PAGE = 50
/** Guides of one contact that are told: the newest say who it may be. */
const RUNS = 3

/** `/staff/groups/5/contacts`: who chats or was brought in by others and is not known, and the head's word who they are. Nothing is joined on a guess. */
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
    const helped = await helpedStrangers(db, scope, { group, limit: A_PAGE })
    const small = await isTooSmall(site, c, group)
    const persons = [...waiting, ...helped.people].map(({ person }) => person)
    const runs = small ? [] : await loadRuns(db, persons)
    const known = persons.length === 0 ? [] : await people(db, scope, { group })
    await note(site, c, { kind: 'contacts', group, count: persons.length })
    const standsIn = (person: string) =>
      runsOf(say, labels, runs.filter((run) => run.person === person)).map((text) => html`<span class="where">${text}</span>`) // prettier-ignore
    const lines = waiting.map(
      ({ contact, person, channel, createdAt, lastAt }, i) =>
        html`<li>
          <div class="told">
            <strong class="code">${contactCode(context.seals, contact)}</strong>
            <span>${say('contacts.on', { channel: say(`contacts.channel.${channel}`) })}</span>
            <span class="where">${say('contacts.since', { day: labels.day(dayOf(createdAt)), time: labels.time(lastAt) })}</span>
            ${standsIn(person)}
          </div>
          ${joinForm(c, `person-${i}`, { name: 'contact', value: contact })}
        </li>`,
    ) // prettier-ignore
    const body = html`${notice(c)}
      <p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p>${say('contacts.about')}</p>
      <form method="get" class="row" role="search">
        <label for="code">${say('contacts.code')}</label>
        <input id="code" name="code" value="${code}" autocomplete="off" autocapitalize="characters" maxlength="20" />
        <button class="second">${say('group.search')}</button>
      </form>
      <p role="status">${code === '' ? (all.length === 0 ? say('contacts.none') : say('contacts.count', { count: all.length })) : say(matching.length === 0 ? 'contacts.code-none' : 'contacts.code-found', { code, count: matching.length })}</p>
      ${waiting.length === 0 ? '' : html`<ul class="people stacked">${lines}</ul>`}
      ${pages(say, (more) => `?${new URLSearchParams(more).toString()}`, at, last)}
      ${code === '' && at === 1 ? helpedSection(c, group, helped, standsIn) : ''}
      <datalist id="known">${[...choicesOf(known).keys()].map((label) => html`<option value="${label}"></option>`)}</datalist>` // prettier-ignore
    return c.html(page(site, c, say('contacts.title', { group }), body))
  })

  app.post('/groups/:group/contacts', async (c) => {
    const group = groupOf(c, 'roster')
    if (group === null) return refuse(site, c, 'contacts')
    const { scope } = c.get('viewer')
    const { contact, helped, person } = await c.req.parseBody()
    const now = context.clock()
    const wakes: string[] = []
    const joined = await context.store.transaction(async (tx) => {
      const chosen = chosenIn(await people(tx, scope, { group }), String(person))
      if (chosen === 'nobody' || chosen === 'several') return `person-${chosen}`
      const told = { id: context.newId(), at: now, deed: 'joined', subject: chosen.id, group, count: 1 } as const
      if (helped !== undefined) {
        const { outcome, helpers } = await joinHelped(tx, scope, { helped: String(helped), person: chosen.id, now })
        if (outcome !== 'joined') return outcome
        await audit(tx, scope, [{ ...told, kind: 'helping' }])
        wakes.push(...(await tellHelpers(tx, context, scope, { helpers, group, name: chosen.name })))
        return 'helped-joined'
      }
      const outcome = await confirmContact(tx, scope, { contact: String(contact), person: chosen.id, now })
      if (outcome !== 'joined') return outcome
      await audit(tx, scope, [{ ...told, kind: 'contact' }])
      await askIfRight(tx, context, scope, { contact: String(contact), group, name: chosen.name })
      wakes.push(String(contact))
      return outcome
    })
    context.wakes.wake(wakes)
    return c.redirect(`/staff/groups/${group}/contacts?done=${joined}`, 303)
  })
  return app

  /** Those who have no phone of their own: all that is known of them is what whoever acts for them calls them. */
  function helpedSection(
    c: StaffCall,
    group: number,
    { total, people }: { total: number; people: readonly HelpedStranger[] },
    standsIn: (person: string) => Html[],
  ): Html | '' {
    if (total === 0) return ''
    const say = c.get('say')
    const called = (helpers: HelpedStranger['helpers']) => [...new Set(helpers.map(({ label }) => `«${label}»`))].join(', ') // prettier-ignore
    const by = (helpers: HelpedStranger['helpers']) => helpers.map(({ name, contact }) => name ?? contactCode(context.seals, contact)).join(', ') // prettier-ignore
    const lines = people.map(
      ({ person, helpers }, i) =>
        html`<li>
          <div class="told">
            <a href="/staff/people/${person}"><strong>${called(helpers)}</strong></a>
            <span class="where">${say('contacts.helped-by', { who: by(helpers) })}</span>
            ${standsIn(person)}
          </div>
          ${joinForm(c, `helped-${i}`, { name: 'helped', value: person })}
        </li>`,
    )
    const more = html`<p role="note">${say('contacts.helped-more', { count: people.length })} <a href="/staff/groups/${group}?show=unlisted">${say('group.show.unlisted')}</a></p>` // prettier-ignore
    return html`<h2>${say('contacts.helped')}</h2>
      <p>${say('contacts.helped-about', { count: total })}</p>
      <ul class="people stacked">
        ${lines}
      </ul>
      ${total > people.length ? more : ''}`
  }
}

/** Who of the roster somebody is; `who` is what stands for them in the form. */
function joinForm(c: StaffCall, id: string, who: { name: 'contact' | 'helped'; value: string }): Html {
  const say = c.get('say')
  return html`<form method="post" class="row">
    ${csrfField(c)}<input type="hidden" name="${who.name}" value="${who.value}" />
    <label for="${id}">${say('contacts.who')}</label>
    <input id="${id}" name="person" list="known" autocomplete="off" placeholder="${say('contacts.choose')}" required />
    <button>${say('contacts.join')}</button>
  </form>`
} // prettier-ignore

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
