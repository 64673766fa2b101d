import { type Context as Call, Hono } from 'hono'
import { html } from 'hono/html'
import { givesCard } from '../../core/flow/definition.js'
import type { Confirmation } from '../../core/flow/confirm.js'
import { enterTally, madeEntry } from '../../store/tally-sheets.js'
import { countMarks, recordMarks } from '../../turns/record.js'
import { settleTicks, settlingOf } from './recorded.js'
import { groupOf, isTooSmall, missing, refuse } from './guard.js'
import { csrfField, type Html, notice, page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'
import { type OpenSheet, openSheet, byStreet, type TallyLine, tallyHead, whoCells } from './tally.js'

/** What was ticked: rows with their boxes, `all` for «xong cả». */
type Ticks = ReadonlyMap<number, ReadonlySet<number | 'all'>>

/**
 * `/staff/groups/5/tally/ID/enter`: the paper again, row by row and box by box, to be ticked; then what would be written; then one save. A box says
 * that the steps before it are done too, so the same sheet saved twice writes nothing more, and a save that is sent twice is one.
 */
export function tallyEntryRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()
  const path = '/groups/:group/tally/:sheet'

  /** The sheet, where the viewer may record for its group. */
  const opened = async (c: StaffCall): Promise<{ group: number; open: OpenSheet } | Response> => {
    const group = groupOf(c, 'record')
    if (group === null || (await isTooSmall(site, c, group))) return refuse(site, c, 'record')
    const open = await openSheet(site, c, group)
    return open ? { group, open } : missing(site, c)
  }

  const form = async (c: StaffCall, ticks: Ticks) => {
    const found = await opened(c)
    if (found instanceof Response) return found
    const { group, open } = found
    const say = c.get('say')
    const { sheet, lines, numbers } = open
    const home = `/staff/groups/${group}/tally/${sheet.id}`
    const body = html`${notice(c)}
      <p><a href="${home}">${say('tally.sheet', { number: sheet.number, group })}</a></p>
      <p>${say('tally.enter-how')}</p>
      <form method="post" action="${home}/check">
        ${csrfField(c)}
        <div class="tally">
          ${table(
            say('tally.number', { number: sheet.number }),
            tallyHead(c, numbers),
            byStreet(lines, numbers, (line) => html`<tr>${whoCells(c, line)}${boxes(c, line, numbers, ticks)}</tr>`),
          )}
        </div>
        <p class="stays"><button>${say('tally.check')}</button></p>
      </form>`
    return c.html(page(site, c, say('tally.enter-title', { number: sheet.number, group }), body))
  } // prettier-ignore

  app.get(`${path}/enter`, (c) => form(c, new Map()))
  app.post(`${path}/enter`, async (c) => form(c, await ticksOf(c)))

  app.post(`${path}/check`, async (c) => {
    const found = await opened(c)
    if (found instanceof Response) return found
    const { group, open } = found
    const say = c.get('say')
    const ticks = await ticksOf(c)
    const marks = { flow: open.sheet.flow, marks: marksOf(open, ticks), now: context.clock() }
    const counted = await countMarks(context, c.get('viewer').scope, marks)
    if (counted === 'refused') return refuse(site, c, 'record', group)
    const home = `/staff/groups/${group}/tally/${open.sheet.id}`
    const body = html`<p class="big">
        ${counted.recorded === 0 ? say('tally.nothing') : say('tally.will', { persons: counted.recorded, steps: counted.steps })}
      </p>
      ${counted.already > 0 ? html`<p>${say('tally.already', { count: counted.already })}</p>` : ''}
      <ul>${gaps(c, open, ticks).map((line) => html`<li class="below">${line}</li>`)}</ul>
      <details id="lines" open>
        <summary>${say('tally.line-by-line')}</summary>
        <ul>${told(c, open, ticks).map((line) => html`<li>${line}</li>`)}</ul>
      </details>
      <form method="post" action="${home}/save" class="row">
        ${csrfField(c)}<input type="hidden" name="key" value="${context.newId()}" />
        ${[...ticks].flatMap(([row, boxes]) => [...boxes].map((box) => html`<input type="hidden" name="tick" value="${row}.${box}" />`))}
        ${givesCard(open.flow) && counted.recorded > 0 ? settleTicks(c) : ''}
        ${counted.recorded === 0 ? '' : html`<button>${say('tally.save', { persons: counted.recorded })}</button>`}
        <button class="second" formaction="${home}/enter">${say('tally.back')}</button>
      </form>`
    return c.html(page(site, c, say('tally.check-title', { number: open.sheet.number, group }), body))
  }) // prettier-ignore

  app.post(`${path}/save`, async (c) => {
    const found = await opened(c)
    if (found instanceof Response) return found
    const { group, open } = found
    const { scope, contact } = c.get('viewer')
    const body = await c.req.parseBody()
    const entry = String(body['key'] ?? '')
    if (!/^[\w-]{8,40}$/.test(entry)) return missing(site, c)
    const now = context.clock()
    const key = { entry, sheet: open.sheet.id, by: contact, at: now }
    const written = await recordMarks(context, scope, {
      flow: open.sheet.flow,
      marks: marksOf(open, await ticksOf(c)),
      settle: settlingOf(body, open.flow),
      now,
      also: async (tx, { recorded, steps }) => (await enterTally(tx, { ...key, persons: recorded, steps })) === null,
    })
    if (written === 'refused') return refuse(site, c, 'record', group)
    // The same save again tells what the first one wrote.
    const made = await madeEntry(context.store.db, entry)
    const done = new URLSearchParams({ done: 'tally-saved', count: String(made?.persons ?? 0) })
    return c.redirect(`/staff/groups/${group}/tally/${open.sheet.id}/enter?${done.toString()}`, 303)
  })
  return app
}

function boxes(c: StaffCall, line: TallyLine, numbers: readonly number[], ticks: Ticks): Html[] {
  const say = c.get('say')
  const { row, person, behind } = line
  const ticked = ticks.get(row) ?? new Set()
  const finished = behind.length === numbers.length
  return [...numbers, 'all' as const].map((box) => {
    if (person === null) return html`<td class="box"></td>`
    if (finished || (box !== 'all' && behind.includes(box)))
      return html`<td class="box">✓<span class="unseen">${say('tally.known')}</span></td>`
    const name = person.name ?? ''
    const label = box === 'all' ? say('tally.tick-all', { row, name }) : say('tally.tick', { row, name, number: box })
    return html`<td class="box">
      <label><input type="checkbox" name="tick" value="${row}.${box}" aria-label="${label}" ${ticked.has(box) ? html`checked` : ''} /></label>
    </td>`
  }) // prettier-ignore
}

async function ticksOf(c: Call<StaffEnv>): Promise<Ticks> {
  const body = await c.req.parseBody({ all: true })
  const ticks = new Map<number, Set<number | 'all'>>()
  for (const tick of [body['tick'] ?? []].flat()) {
    const [, row, box] = /^(\d{1,3})\.(\d{1,2}|all)$/.exec(String(tick)) ?? []
    if (row === undefined || box === undefined) continue
    const all = ticks.get(Number(row)) ?? new Set()
    ticks.set(Number(row), all.add(box === 'all' ? 'all' : Number(box)))
  }
  return ticks
}

/** How far each person has come by the ticks: the highest one counts. */
function marksOf({ lines, numbers }: OpenSheet, ticks: Ticks): Map<string, Confirmation> {
  const marks = new Map<string, Confirmation>()
  for (const { row, person } of lines) {
    const through = person === null ? null : highest(ticks.get(row), numbers)
    if (person !== null && through !== null) marks.set(person.id, through)
  }
  return marks
}

function highest(boxes: ReadonlySet<number | 'all'> | undefined, numbers: readonly number[]): Confirmation | null {
  if (!boxes) return null
  if (boxes.has('all')) return 'end'
  const known = numbers.filter((number) => boxes.has(number))
  return known.length === 0 ? null : Math.max(...known)
}

/** Rows in which a step before the highest tick was left empty, and others before it were not: perhaps a slip of the pen. */
function gaps(c: StaffCall, { lines, numbers }: OpenSheet, ticks: Ticks): string[] {
  return lines.flatMap(({ row, person, behind }) => {
    const boxes = ticks.get(row)
    const through = highest(boxes, numbers)
    if (person === null || !boxes || boxes.size < 2 || typeof through !== 'number') return []
    const empty = numbers.filter((number) => number < through && !boxes.has(number) && !behind.includes(number))
    const name = person.name ?? ''
    return empty.length === 0 ? [] : [c.get('say')('tally.gap', { row, name, number: through, missing: empty.join(', ') })] // prettier-ignore
  })
}

function told(c: StaffCall, { lines, numbers }: OpenSheet, ticks: Ticks): string[] {
  return lines.flatMap(({ row, person }) => {
    const through = person === null ? null : highest(ticks.get(row), numbers)
    if (person === null || through === null) return []
    const name = person.name ?? ''
    return [through === 'end' ? c.get('say')('tally.line-end', { row, name }) : c.get('say')('tally.line', { row, name, number: through })] // prettier-ignore
  })
}
