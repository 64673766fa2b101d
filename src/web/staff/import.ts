import { Hono } from 'hono'
import { html } from 'hono/html'
import { may } from '../../core/policy/roles.js'
import { type ImportReport, importRoster } from '../../roster/import.js'
import { duplicateLine, reportLines } from '../../roster/words.js'
import { refuse } from './guard.js'
import { createHeldFiles } from './held-files.js'
import { labelsOf } from './labels.js'
import { csrfField, type Html, page } from './layout.js'
import type { StaffCall, StaffEnv, StaffSite } from './site.js'

/** Where a list is sent to: this route alone takes a large body. */
export const IMPORT_PATH = '/staff/import'

/** `/staff/import`: a list is checked first, every bad row named; only a list without one is written, and all of it. */
export function importRoutes(site: StaffSite): Hono<StaffEnv> {
  const { context } = site
  const held = createHeldFiles(context.clock)
  const app = new Hono<StaffEnv>()
  const run = (c: StaffCall, file: Buffer, dryRun: boolean) =>
    importRoster({
      store: context.store,
      seals: context.seals,
      scope: c.get('viewer').scope,
      groups: context.ward.groups,
      file,
      dryRun,
      now: context.clock(),
      newId: context.newId,
    })
  const show = (c: StaffCall, body: Html, status: 200 | 400 = 200) =>
    c.html(page(site, c, c.get('say')('import.title'), body), status)

  app.get('/import', (c) => (may(c.get('viewer').role, 'roster') ? show(c, form(c)) : refuse(site, c, 'roster')))

  app.post('/import', async (c) => {
    if (!may(c.get('viewer').role, 'roster')) return refuse(site, c, 'roster')
    const { file } = await c.req.parseBody()
    if (!(file instanceof File) || file.size === 0)
      return show(c, html`${alert(c.get('say')('import.nothing'))} ${form(c)}`, 400)
    const bytes = Buffer.from(await file.arrayBuffer())
    const report = await run(c, bytes, true)
    const { contact } = c.get('viewer')
    const name = report.outcome === 'would-import' ? held.hold(contact, bytes) : null
    return show(c, html`${outcome(site, c, report, name)} ${form(c)}`)
  })

  app.post('/import/write', async (c) => {
    if (!may(c.get('viewer').role, 'roster')) return refuse(site, c, 'roster')
    const { held: name } = await c.req.parseBody()
    const bytes = held.take(c.get('viewer').contact, String(name))
    if (!bytes) return show(c, html`${alert(c.get('say')('import.gone'))} ${form(c)}`, 400)
    // Checked anew: the roster may have changed in between.
    return show(c, html`${outcome(site, c, await run(c, bytes, false), null)} ${form(c)}`)
  })
  return app
}

const alert = (text: string): Html => html`<p role="alert">${text}</p>`

function form(c: StaffCall): Html {
  const say = c.get('say')
  return html`<section class="card">
    <p>${say('import.about')}</p>
    <p><strong>${say('import.never')}</strong></p>
    <form method="post" action="${IMPORT_PATH}" enctype="multipart/form-data">
      ${csrfField(c)}
      <label for="file">${say('import.file')}</label>
      <input id="file" name="file" type="file" accept=".xlsx,.csv" required />
      <p><button>${say('import.check')}</button></p>
    </form>
    <p><a href="/staff/exports/people.xlsx">${say('import.export')}</a></p>
  </section>`
}

/** What became of the file: the words are the ones that the tool at the server says. */
function outcome(site: StaffSite, c: StaffCall, report: ImportReport, name: string | null): Html {
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
      name === null
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
    ${
      columns === null
        ? ''
        : html`<details>
            <summary>${say('import.columns')}</summary>
            <ul>
              ${columns.map((text) => html`<li>${text}</li>`)}
            </ul>
          </details>`
    }
  </section>`
} // prettier-ignore
