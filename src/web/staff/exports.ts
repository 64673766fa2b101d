import { Hono } from 'hono'
import { html } from 'hono/html'
import { may } from '../../core/policy/roles.js'
import { csvLine } from '../../exports/csv.js'
import { DRAFTS } from '../../exports/drafts.js'
import { xlsxBytes } from '../../exports/xlsx.js'
import { type SheetName, sheetOf, SHEETS } from '../../exports/sheets.js'
import { dayOf } from '../../core/policy/calendar.js'
import { missing, note, refuse } from './guard.js'
import { page, table } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

const TYPES = {
  xlsx: 'application/vnd.openxmlformats-officedocument.spreadsheetml.sheet',
  csv: 'text/csv; charset=utf-8',
} as const
type Format = keyof typeof TYPES

/** `/staff/exports`: files with names leave by this page, or by the operator's hand at the server, and the log keeps who took which. */
export function exportRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const app = new Hono<StaffEnv>()

  app.get('/exports', async (c) => {
    const { scope, role } = c.get('viewer')
    if (!may(role, 'export')) return refuse(site, c, 'export')
    const say = c.get('say')
    const group = groupAsked(c)
    const groups = scope.groups === 'ward' ? context.world.groups : scope.groups
    const query = group === null ? '' : `?group=${group}`
    const rows = SHEETS.map((name) => {
      const title = say(`exports.file.${name}`)
      const link = (format: Format) =>
        html`<a
          class="tap"
          href="/staff/exports/${name}.${format}${query}"
          aria-label="${say('exports.as', { name: title, format })}"
          >.${format}</a
        >`
      return html`<tr>
        <th scope="row">${title}</th>
        <td>${link('xlsx')}</td>
        <td>${link('csv')}</td>
      </tr>`
    })
    const choice =
      groups.length < 2
        ? ''
        : html`<form method="get" class="row">
            <label for="group">${say('exports.group')}</label>
            <select id="group" name="group">
              <option value="">${say('exports.every-group')}</option>
              ${groups.map((one) => html`<option value="${one}" ${one === group ? html`selected` : ''}>${one}</option>`)}
            </select>
            <button class="second">${say('overview.show')}</button>
          </form>`
    const body = html`<p>${say('exports.about')}</p>
      ${
        scope.groups === 'ward'
          ? html`<h2>${say('exports.drafts')}</h2>
              <ul>
                ${DRAFTS.map((name) => html`<li><a class="tap" href="/staff/drafts/${name}.docx">${say(`exports.draft.${name}`)}</a></li>`)}
              </ul>`
          : ''
      }
      ${choice} ${table(say('exports.title'), [say('exports.list'), 'Excel', 'CSV'], rows)}`
    return c.html(page(site, c, say('exports.title'), body))
  })

  app.get('/exports/:file', async (c) => {
    const { scope, role, locale } = c.get('viewer')
    const [, name = '', format = ''] = /^([a-z-]+)\.(xlsx|csv)$/.exec(c.req.param('file')) ?? []
    const known = SHEETS.find((one): one is SheetName => one === name)
    if (!known) return missing(site, c)
    const group = groupAsked(c)
    if (!may(role, 'export') || (group !== null && !scope.holds(group))) return refuse(site, c, 'export', group)
    const { heading, rows } = await sheetOf(
      {
        db: context.store.db,
        scope,
        seals: context.seals,
        texts: context.texts,
        voice: { locale, form: 'bac', day: dayOf(context.clock()) },
        flows: context.world.flows,
      },
      known,
      group === null ? {} : { group },
    )
    let count = 0
    const counted = (async function* () {
      for await (const row of rows) {
        count++
        yield row
      }
    })()
    const bytes = format === 'xlsx' ? (await xlsxBytes(heading, counted)).bytes : await csvBytes(heading, counted)
    await note(site, c, { deed: 'exported', kind: known, group, count })
    c.header('Content-Type', TYPES[format as Format])
    const file = `${known}${group === null ? '' : `-${group}`}-${dayOf(context.clock())}.${format}`
    c.header('Content-Disposition', `attachment; filename="${file}"`)
    return c.body(new Uint8Array(bytes))
  })
  return app
}

async function csvBytes(heading: readonly string[], rows: AsyncIterable<readonly (string | number | null)[]>) {
  // The mark tells spreadsheets that the file is UTF-8.
  const lines = [`\uFEFF${csvLine(heading)}`]
  for await (const row of rows) lines.push(csvLine(row))
  return Buffer.from(lines.join(''), 'utf8')
}

/** The group asked for; null: all of the scope. */
function groupAsked(c: StaffCall): number | null {
  const asked = c.req.query('group')
  const group = Number(asked)
  return asked === undefined || asked === '' || !Number.isInteger(group) ? null : group
}
