import { Hono } from 'hono'
import { html } from 'hono/html'
import { AUDIT_DEEDS } from '../../core/model/audit.js'
import { MACHINE, may, OPERATOR } from '../../core/policy/roles.js'
import { auditKind } from '../../core/talk/audit.js'
import { auditLog, idsBehind, type NamedEntry, personsBehind } from '../../store/audit.js'
import { roleHolders } from '../../store/role-holders.js'
import { smallGroups } from '../../store/scope.js'
import { findForm, search } from './find.js'
import { refuse } from './guard.js'
import { type Labels, labelsOf } from './labels.js'
import { type Html, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

const LINES_A_PAGE = 50
/** Letters of an id by which somebody without a name is called. */
const SHORT = 6

/** What the address asks for: lines about somebody, of somebody, of a deed. */
interface Asked {
  about: string | undefined
  who: string | undefined
  deed: (typeof AUDIT_DEEDS)[number] | undefined
}

/**
 * `/staff/log`: who saw, took, sent or changed what; of everybody for the ward, one's own lines for a head. Looking at it is not written down, so it
 * names nobody of the roster: it leads to their pages, and a search by name, which is written down, leads to their lines.
 */
export function logRoutes(site: StaffSite): Hono<StaffEnv> {
  const app = new Hono<StaffEnv>()
  app.get('/log', (c) => show(site, c))

  app.post('/log', async (c) => {
    if (!may(c.get('viewer').scope.role, 'names')) return refuse(site, c, 'people')
    const say = c.get('say')
    const { asked, found } = await search(site, c, ({ id }) => `/staff/log?about=${id}`)
    return c.html(page(site, c, say('log.title'), html`${logFind(c, asked)} ${found}`))
  })
  return app
}

async function show(site: StaffSite, c: StaffCall) {
  const { world, store } = site.context
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const { scope } = c.get('viewer')
  const [, at, id] = /^(\d{1,15})_([\w-]{1,40})$/.exec(c.req.query('before') ?? '') ?? []
  const before = at === undefined ? undefined : { at: Number(at), id: id! }
  const asked: Asked = {
    about: idIn(c.req.query('about')),
    who: may(scope.role, 'audit') ? idIn(c.req.query('who')) : undefined,
    deed: AUDIT_DEEDS.find((one) => one === c.req.query('deed')),
  }
  // Of a few people nobody but their head learns who of them stands where: not from here either.
  const small = await smallGroups(store.db, scope)
  const kinds = [...world.flows.keys(), 'card']
  const found = await auditLog(store.db, scope, {
    ...(asked.about === undefined
      ? {}
      : { about: await idsBehind(store.db, asked.about), without: { kinds, groups: [...small] } }),
    ...(asked.who === undefined ? {} : { who: asked.who }),
    ...(asked.deed === undefined ? {} : { deed: asked.deed }),
    ...(before ? { before } : {}),
    limit: LINES_A_PAGE + 1,
  })
  const lines = found
    .slice(0, LINES_A_PAGE)
    .map((line) => (small.has(line.group ?? 0) && kinds.includes(line.kind) ? { ...line, subject: null } : line))
  const subjects = [...lines.flatMap(({ subject }) => subject ?? []), ...(asked.about ? [asked.about] : [])]
  const persons = may(scope.role, 'names') ? await personsBehind(store.db, scope, subjects) : new Map<string, string>()
  const last = lines.at(-1)
  const rows = lines.map(
    (line) =>
      html`<tr>
        <td>${labels.time(line.at)}</td>
        <td>${whoOf(c, line)}</td>
        <td>${say(`log.deeds.${line.deed}`)}</td>
        <td>${whatOf(site, c, labels, line, persons)}</td>
        <td class="number" data-label="${say('log.group')}">${line.group ?? ''}</td>
        <td class="number" data-label="${say('log.count')}">${line.count ?? ''}</td>
      </tr>`,
  )
  const heads = ['when', 'who', 'deed', 'what', 'group', 'count'].map((key) => say(`log.${key}`))
  const older = last && found.length > LINES_A_PAGE ? { before: `${last.at}_${last.id}` } : null
  const body = html`<p>${say(may(scope.role, 'audit') ? 'log.all' : 'log.own')}</p>
    ${may(scope.role, 'names') ? logFind(c) : ''} ${await filterForm(site, c, asked)}
    ${asked.about === undefined ? '' : html`<p role="status">${say('log.about-one')} ${personLink(asked.about, persons)}. ${say('log.about-note')}</p>`}
    ${rows.length === 0 ? html`<p>${say('log.none')}</p>` : html`<div class="stacks titled short">${table(say('log.title'), heads, rows)}</div>`}
    ${
      older
        ? html`<p>
            <a class="tap" href="/staff/log?${query({ ...asked, ...older })}" rel="next">${say('log.older')}</a>
          </p>`
        : ''
    }`
  return c.html(page(site, c, say('log.title'), body))
} // prettier-ignore

const idIn = (asked: string | undefined) => (asked !== undefined && /^[\w-]{1,40}$/.test(asked) ? asked : undefined)

function query(asked: Readonly<Record<string, string | undefined>>): string {
  const query = new URLSearchParams()
  for (const [key, value] of Object.entries(asked)) if (value !== undefined) query.set(key, value)
  return query.toString()
}

function logFind(c: StaffCall, asked = ''): Html {
  return findForm(c, { asked, action: '/staff/log', label: c.get('say')('log.find') })
}

/** Whose deeds, and which; what the address asks for about somebody stays. A head has no choice of whose. */
async function filterForm(site: StaffSite, c: StaffCall, { about, who, deed }: Asked): Promise<Html> {
  const say = c.get('say')
  const { scope } = c.get('viewer')
  const option = (value: string, chosen: string | undefined, words: string) =>
    html`<option value="${value}" ${value === chosen ? html`selected` : ''}>${words}</option>`
  const officers = new Map<string, string>()
  if (may(scope.role, 'audit')) {
    officers.set(scope.who, say('log.you'))
    for (const { contact, role, label } of await roleHolders(site.context.store.db, scope)) {
      const called = say(`roles.names.${role}`)
      if (contact !== scope.who)
        officers.set(contact, label === null ? `${called} ${contact.slice(0, SHORT)}` : `${label} · ${called}`)
    }
    officers.set(OPERATOR.id, say('log.operator'))
    // Whoever has no role any more is still asked about.
    if (who !== undefined && !officers.has(who)) officers.set(who, who.slice(0, SHORT))
  }
  const whose = html`<label for="who">${say('log.who')}</label>
    <select id="who" name="who">
      ${option('', who, say('log.everybody'))} ${[...officers].map(([id, words]) => option(id, who, words))}
    </select>`
  return html`<form method="get" action="/staff/log" class="row">
    ${about === undefined ? '' : html`<input type="hidden" name="about" value="${about}" />`}
    ${officers.size === 0 ? '' : whose}
    <label for="deed">${say('log.deed')}</label>
    <select id="deed" name="deed">
      ${option('', deed, say('log.every-deed'))} ${AUDIT_DEEDS.map((one) => option(one, deed, say(`log.deeds.${one}`)))}
    </select>
    <button class="second">${say('log.filter')}</button>
    ${(about ?? who ?? deed) ? html`<a href="/staff/log">${say('log.unfiltered')}</a>` : ''}
  </form>`
}

function whoOf(c: StaffCall, { who, whoLabel, role }: NamedEntry): Html | string {
  const say = c.get('say')
  if (who === c.get('viewer').contact) return say('log.you')
  if (who === OPERATOR.id) return say('log.operator')
  if (who === MACHINE.id) return say('log.machine')
  const called = say(role === 'resident' ? 'log.resident' : `roles.names.${role}`)
  const filter = `/staff/log?who=${who}`
  if (whoLabel === null) return html`<a href="${filter}">${called} ${who.slice(0, SHORT)}</a>`
  return html`<a href="${filter}">${whoLabel}</a> <span class="quiet">${called}</span>`
}

/** The kind of thing in words, one that these pages do not know as it is kept; behind it whom or what it was about, with the way to both. */
function whatOf(
  { context }: StaffSite,
  c: StaffCall,
  labels: Labels,
  line: NamedEntry,
  persons: ReadonlyMap<string, string>,
): Html | string {
  const { kind, subject, subjectLabel } = line
  const known = auditKind(line, context.world.flows)
  const words = known === null ? kind : labels.line(known)
  if (subject === null) return words
  if (!persons.has(subject))
    return html`${words}
      <span class="quiet">${subjectLabel ?? (kind === 'rules' ? subject : subject.slice(0, SHORT))}</span>`
  return html`${words} ${personLink(subject, persons)}
    <a class="quiet" href="/staff/log?about=${subject}">${c.get('say')('log.about')}</a>`
}

function personLink(subject: string, persons: ReadonlyMap<string, string>): Html {
  const person = persons.get(subject)
  return person === undefined
    ? html`<span class="quiet">${subject.slice(0, SHORT)}</span>`
    : html`<a href="/staff/people/${person}">${subject.slice(0, SHORT)}</a>`
}
