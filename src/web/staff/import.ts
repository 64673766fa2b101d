import { Hono } from 'hono'
import { html } from 'hono/html'
import { may } from '../../core/policy/roles.js'
import { type Field, FIELDS, type Part, PARTS } from '../../core/roster/columns.js'
import { type ImportReport, importRoster } from '../../roster/import.js'
import { duplicateLine, fieldLine, reportLines } from '../../roster/words.js'
import { refuse } from './guard.js'
import { createHeldFiles, type HeldFile } from './held-files.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, page } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Where a list is sent to: this route alone takes a large body. */
export const IMPORT_PATH = '/staff/import'

/** `/staff/import`: a list is checked first, every bad row named; only a list without one is written, and all of it. */
export function importRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const held = createHeldFiles(context)
  const app = new Hono<StaffEnv>()
  const run = (c: StaffCall, { bytes, group, said }: HeldFile, dryRun: boolean) =>
    importRoster({
      store: context.store,
      seals: context.seals,
      scope: c.get('viewer').scope,
      groups: context.ward.groups,
      file: bytes,
      ...(group === null ? {} : { group }),
      ...(said ? { said } : {}),
      dryRun,
      now: context.clock(),
      newId: context.newId,
    })
  const show = (c: StaffCall, body: Html, status: 200 | 400 = 200) =>
    c.html(page(site, c, c.get('say')('import.title'), body), status)

  /** Says what would become of a file, and keeps it until it is read otherwise or written. */
  const check = async (c: StaffCall, file: HeldFile) => {
    const report = await run(c, file, true)
    // A file with ID numbers in it is not kept here for a minute.
    const ids = report.columnProblems.some(({ kind }) => kind === 'id-heading' || kind === 'id-values') || report.problems.some(({ kind }) => kind === 'id-number') // prettier-ignore
    const name = report.columns.length > 0 && !ids ? await held.hold(c.get('viewer').contact, file) : null
    return show(c, html`${outcome(site, c, report, { name, ...file })} ${form(site, c)}`)
  }

  app.get('/import', (c) => (may(c.get('viewer').role, 'roster') ? show(c, form(site, c)) : refuse(site, c, 'roster')))

  app.post('/import', async (c) => {
    if (!may(c.get('viewer').role, 'roster')) return refuse(site, c, 'roster')
    const { file, group } = await c.req.parseBody()
    if (!(file instanceof File) || file.size === 0)
      return show(c, html`${alert(c.get('say')('import.nothing'))} ${form(site, c)}`, 400)
    return check(c, { bytes: Buffer.from(await file.arrayBuffer()), group: groupIn(group), said: undefined })
  })

  app.post('/import/again', async (c) => {
    if (!may(c.get('viewer').role, 'roster')) return refuse(site, c, 'roster')
    const fields = await c.req.parseBody()
    const file = await held.take(c.get('viewer').contact, String(fields['held']))
    if (!file) return show(c, html`${alert(c.get('say')('import.gone'))} ${form(site, c)}`, 400)
    const said = new Map<number, Field | Part | null>()
    for (const [key, value] of Object.entries(fields)) {
      const column = /^column-(\d{1,2})$/.exec(key)?.[1]
      if (column !== undefined) said.set(Number(column), COLUMNS.find((one) => one === value) ?? null)
    }
    return check(c, { ...file, group: groupIn(fields['group']), said: said.size > 0 ? said : file.said })
  })

  app.post('/import/write', async (c) => {
    if (!may(c.get('viewer').role, 'roster')) return refuse(site, c, 'roster')
    const { held: name } = await c.req.parseBody()
    const file = await held.take(c.get('viewer').contact, String(name))
    if (!file) return show(c, html`${alert(c.get('say')('import.gone'))} ${form(site, c)}`, 400)
    // Checked anew: the roster may have changed in between.
    return show(c, html`${outcome(site, c, await run(c, file, false), { ...file, name: null })} ${form(site, c)}`)
  })
  return app
}

const alert = (text: string): Html => html`<p role="alert">${text}</p>`

/** What a column may be said to hold, in the order in which it is offered. */
const COLUMNS: readonly (Field | Part)[] = [...FIELDS.filter((field) => field !== 'id'), ...PARTS, 'id']

function groupIn(typed: unknown): number | null {
  return /^\d{1,3}$/.test(String(typed)) ? Number(typed) : null
}

/** Which group the rows are of that name none; nothing for a head of one group, whose rows are that group's. */
function groupField(site: StaffSite, c: StaffCall, chosen: number | null, id: string): Html | '' {
  const say = c.get('say')
  const { groups } = c.get('viewer').scope
  const offered = groups === 'ward' ? site.context.ward.groups : groups
  if (groups !== 'ward' && groups.length === 1) return ''
  return html`<label for="${id}">${say('import.group')}</label>
    ${
      offered.length === 0
        ? html`<input id="${id}" name="group" inputmode="numeric" pattern="[0-9]{1,3}" value="${chosen ?? ''}" />`
        : html`<select id="${id}" name="group">
            <option value="">${say('import.group-none')}</option>
            ${offered.map((group) => html`<option value="${group}" ${group === chosen ? html`selected` : ''}>${say('group.name', { group })}</option>`)}
          </select>`
    }`
} // prettier-ignore

function form(site: StaffSite, c: StaffCall): Html {
  const say = c.get('say')
  return html`<section class="card">
    <p>${say('import.about')}</p>
    <p><strong>${say('import.never')}</strong></p>
    <form method="post" action="${IMPORT_PATH}" enctype="multipart/form-data">
      ${csrfField(c)}
      <label for="file">${say('import.file')}</label>
      <input id="file" name="file" type="file" accept=".xlsx,.csv" required />
      ${groupField(site, c, null, 'group')}
      <p><button>${say('import.check')}</button></p>
    </form>
    <p><a href="/staff/exports/people.xlsx">${say('import.export')}</a></p>
  </section>`
}

/** What became of the file: the words are the ones that the tool at the server says. */
function outcome(
  site: StaffSite,
  c: StaffCall,
  report: ImportReport,
  { name, group }: { name: string | null; group: number | null },
): Html {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const { duplicates, ...rest } = report
  const blocks = reportLines({ ...rest, duplicates: [] }).map((block) => block.map(labels.line))
  const done = blocks.at(-1)!
  // What is wrong comes first; how the columns were understood is looked up.
  const columns = report.columns.length === 0 ? null : blocks[0]!
  const good = report.outcome === 'imported' || report.outcome === 'would-import'
  return html`<section class="card">
    <p role="${good ? 'status' : 'alert'}" class="${good ? 'notice' : ''}">${done.join(' ')}</p>
    ${good ? '' : html`<p>${say('import.refused')}</p>`}
    ${
      name === null || !good
        ? ''
        : html`<form method="post" action="/staff/import/write">
            ${csrfField(c)}<input type="hidden" name="held" value="${name}" />
            <button>${say('import.go', { count: report.added + report.updated })}</button>
          </form>`
    }
    ${blocks.slice(columns === null ? 0 : 1, -1).map(
      (block) =>
        html`<ul>
          ${block.map((text) => html`<li>${text}</li>`)}
        </ul>`,
    )}
    ${
      // Of a file that is refused nothing is written yet, so there is nothing to merge.
      duplicates.length === 0 || !good
        ? ''
        : html`<p>${say('import.duplicates-about')}</p>
            <ul>
              ${duplicates.map((one) => html`<li>${labels.line(duplicateLine(one)).replace(/^\s*·\s*/, '')}</li>`)}
            </ul>`
    }
    ${columns === null ? '' : readOtherwise(site, c, report, { name, group }, columns)}
  </section>`
} // prettier-ignore

/** How each column was understood; while the file is here, that can be put right. A file with several lists is only told. */
function readOtherwise(
  site: StaffSite,
  c: StaffCall,
  report: ImportReport,
  { name, group }: { name: string | null; group: number | null },
  told: readonly string[],
): Html {
  const say = c.get('say')
  const labels = labelsOf(site, c)
  const wrong = report.columnProblems.length > 0
  const several = report.columns.some(({ sheet }) => sheet !== undefined)
  const select = ({ heading, field }: ImportReport['columns'][number], i: number) =>
    html`<label for="column-${i}">${heading === '' ? say('import.no-heading', { number: i + 1 }) : `«${heading}»`}</label>
      <select id="column-${i}" name="column-${i}">
        <option value="">${say('import.not-read')}</option>
        ${COLUMNS.map((one) => html`<option value="${one}" ${one === field ? html`selected` : ''}>${labels.line(fieldLine(one))}</option>`)}
      </select>`
  return html`<details ${wrong ? html`open` : ''}>
    <summary>${say('import.columns')}</summary>
    ${
      name === null || several
        ? html`<ul>
            ${told.map((text) => html`<li>${text}</li>`)}
          </ul>`
        : html`<form method="post" action="/staff/import/again">
            ${csrfField(c)}<input type="hidden" name="held" value="${name}" />
            ${groupField(site, c, group, 'group-again')} ${report.columns.map(select)}
            <p><button class="second">${say('import.again')}</button></p>
          </form>`
    }
  </details>`
} // prettier-ignore
