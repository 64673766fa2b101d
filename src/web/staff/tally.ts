import { Hono } from 'hono'
import { html } from 'hono/html'
import { numbersBehind } from '../../core/flow/confirm.js'
import type { Flow } from '../../core/flow/definition.js'
import { type PersonProgress, progressOf } from '../../store/progress.js'
import {
  listTallySheets,
  loadTallySheet,
  makeTallySheet,
  type TallySheet,
  tallyRows,
} from '../../store/tally-sheets.js'
import { groupOf, isTooSmall, missing, note, refuse } from './guard.js'
import { flowOf, labelsOf } from './labels.js'
import { csrfField, type Html, page, table } from './layout.js'
import { flowChoice } from './overview.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Rows of a sheet. */
const ROWS = 500
/** Sheets on the list. */
const LISTED = 20

/** A row of the paper: its number, and whoever stood in it when it was printed and is still in the group. */
export interface TallyLine {
  row: number
  person: PersonProgress | null
  /** Official numbers of steps that are written down already. */
  behind: readonly number[]
}

/** A sheet with its rows; null where it is none of the viewer's group. */
export interface OpenSheet {
  sheet: TallySheet
  flow: Flow
  lines: TallyLine[]
  /** Official numbers, a column each: two ways of one step (NFC, QR) have one. */
  numbers: number[]
}

/**
 * `/staff/groups/5/tally`: sheets to tick at the door. A sheet is kept with its rows, so that the paper is entered by row numbers that stay, however
 * the group changes meanwhile.
 */
export function tallyRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/groups/:group/tally', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'tally')
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const flow = flowOf(site, c.req.query('flow'))
    const sheets = await listTallySheets(context.store.db, c.get('viewer').scope, group, LISTED)
    const rows = sheets.map(
      (sheet) =>
        html`<tr>
          <th scope="row"><a href="/staff/groups/${group}/tally/${sheet.id}">${say('tally.number', { number: sheet.number })}</a></th>
          <td>${labels.guide(sheet.flow)}</td>
          <td>${labels.time(sheet.madeAt)}</td>
          <td class="number">${sheet.rows}</td>
          <td class="number">${sheet.entered}</td>
          <td><a class="tap" href="/staff/groups/${group}/tally/${sheet.id}/enter">${say('tally.enter')}</a></td>
        </tr>`,
    )
    const columns = ['sheet', 'guide', 'made', 'rows', 'entered', 'enter'].map((key) => say(`tally.column.${key}`))
    const body = html`<p><a href="/staff/groups/${group}">${say('group.name', { group })}</a></p>
      <p>${say('tally.about')}</p>
      ${flowChoice(site, c, labels, flow)}
      <form method="post" action="/staff/groups/${group}/tally">
        ${csrfField(c)}<input type="hidden" name="flow" value="${flow}" />
        <button>${say('tally.make')}</button>
      </form>
      ${rows.length === 0 ? '' : table(say('tally.list'), columns, rows)}`
    return c.html(page(site, c, say('tally.title', { group }), body))
  }) // prettier-ignore

  app.post('/groups/:group/tally', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'tally')
    const { scope, contact } = c.get('viewer')
    const flow = flowOf(site, String((await c.req.parseBody())['flow']))
    const small = await isTooSmall(site, c, group)
    const { people } = await progressOf(context.store.db, scope, { flow, group, limit: 20_000 })
    // Who is left off would show who has finished: in a group too small for that everybody is on it.
    const listed = people.filter(({ name, finished }) => name !== null && (small || finished === 'no')).sort(byDoor)
    // More than one sheet holds go on on the next.
    const sheets = Array.from({ length: Math.max(1, Math.ceil(listed.length / ROWS)) }, (_, i) => ({ id: context.newId(), persons: listed.slice(i * ROWS, (i + 1) * ROWS).map((person) => person.id) })) // prettier-ignore
    await context.store.transaction(async (tx) => {
      for (const sheet of sheets) await makeTallySheet(tx, { ...sheet, group, flow, by: contact, at: context.clock() })
    })
    return c.redirect(`/staff/groups/${group}/tally${sheets.length > 1 ? `?flow=${flow}` : `/${sheets[0]!.id}`}`, 303)
  })

  app.get('/groups/:group/tally/:sheet', async (c) => {
    const group = groupOf(c, 'names')
    if (group === null) return refuse(site, c, 'tally')
    const open = await openSheet(site, c, group)
    if (!open) return missing(site, c)
    const say = c.get('say')
    const labels = labelsOf(site, c)
    const { sheet, lines, numbers } = open
    await note(site, c, { kind: 'tally', group, count: lines.length })
    const box = (done: boolean) => html`<td class="box">${done ? '✓' : html`<span class="unseen">${say('papers.to-tick')}</span>`}</td>` // prettier-ignore
    const body = html`<p class="screen"><a href="/staff/groups/${group}/tally">${say('tally.title', { group })}</a></p>
      <p>${say('tally.for', { guide: labels.guide(sheet.flow), time: labels.time(sheet.madeAt), count: lines.length })} ${say('tally.how')}</p>
      <p class="screen row">
        <button type="button" data-print>${say('visits.print')}</button>
        <a class="button" href="/staff/groups/${group}/tally/${sheet.id}/enter">${say('tally.enter')}</a>
      </p>
      <div class="tally">
        ${table(
          say('tally.number', { number: sheet.number }),
          tallyHead(c, numbers),
          byStreet(lines, numbers, (line) => html`<tr>${whoCells(c, line)}${numbers.map((number) => box(line.behind.includes(number)))}${box(false)}</tr>`),
        )}
      </div>
      <ol class="legend">${numbers.map((number) => html`<li value="${number}">${titleOf(labels, open, number)}</li>`)}</ol>`
    return c.html(page(site, c, say('tally.sheet', { number: sheet.number, group }), body))
  }) // prettier-ignore
  return app
}

/** The sheet in the address with its rows as they are now. */
export async function openSheet({ context }: StaffSite, c: StaffCall, group: number): Promise<OpenSheet | null> {
  const { db } = context.store
  const { scope } = c.get('viewer')
  const sheet = await loadTallySheet(db, scope, group, c.req.param('sheet') ?? '')
  const flow = sheet && context.world.flows.get(sheet.flow)
  if (!sheet || !flow) return null
  const small = await isTooSmall({ context } as StaffSite, c, group)
  const { people } = await progressOf(db, scope, { flow: sheet.flow, group, limit: 20_000 })
  const byId = new Map(people.map((person) => [person.id, person]))
  const numbers = [...new Set(flow.steps.flatMap(({ number }) => number ?? []))]
  const lines = [...(await tallyRows(db, scope, sheet.id))].map(([row, id]): TallyLine => {
    const person = byId.get(id) ?? null
    return { row, person, behind: person === null || small ? [] : behindOf(flow, numbers, person) }
  })
  return { sheet, flow, lines, numbers }
}

function behindOf(flow: Flow, numbers: readonly number[], { finished, at }: PersonProgress): readonly number[] {
  if (finished !== 'no') return numbers
  if (at === null) return []
  return numbersBehind(flow, { id: '', person: '', flow: flow.flow, edition: 0, step: at.step, state: 'open', seq: 0, startedAt: 0, enteredAt: 0, trail: [], tries: 0 }) // prettier-ignore
}

/** Headings of the paper and of the page on which it is entered. */
export function tallyHead(c: StaffCall, numbers: readonly number[]): string[] {
  const say = c.get('say')
  return [say('tally.row'), say('visits.column.house'), say('visits.column.who'), ...numbers.map(String), say('papers.all-done')] // prettier-ignore
}

/** The rows with a heading for each street: it is not written again at every door. */
export function byStreet(lines: readonly TallyLine[], numbers: readonly number[], row: (line: TallyLine) => Html): Html[] {
  return lines.flatMap((line, i) => {
    const street = line.person?.street ?? null
    const before = i === 0 ? null : (lines[i - 1]!.person?.street ?? null)
    const heading = html`<tr><th scope="colgroup" colspan="${numbers.length + 4}" class="street">${street ?? ''}</th></tr>`
    return street === null || street === before ? [row(line)] : [heading, row(line)]
  })
} // prettier-ignore

/** Row number, door and name. */
export function whoCells(c: StaffCall, { row, person }: TallyLine): Html {
  const who = person === null ? c.get('say')('tally.gone') : `${person.name ?? ''} ${person.born ?? ''}`
  return html`<td class="number">${row}</td>
    <td>${person?.house ?? ''}</td>
    <th scope="row">${who}</th>`
}

function titleOf(labels: ReturnType<typeof labelsOf>, { flow }: OpenSheet, number: number): string {
  const step = flow.steps.find((one) => one.number === number)!
  return labels.step(flow.flow, step.id).replace(/^[^·]*·\s*/, '')
}

/** In the order of a walk: street, house as a number, name. */
export function byDoor(a: PersonProgress, b: PersonProgress): number {
  return door(a).localeCompare(door(b), 'vi', { numeric: true })
}

function door({ street, house, name }: PersonProgress): string {
  return [street, house, name].map((part) => part ?? '').join('\u0000')
}
