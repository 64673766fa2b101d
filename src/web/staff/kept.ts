import type { Context as Call } from 'hono'
import { html } from 'hono/html'
import type { Locale } from '../../core/model/message.js'
import { isSurelyOwnOrigin } from '../security.js'
import { IMPORT_PATH } from './import.js'
import type { Html } from './layout.js'
import type { StaffSite } from './site.js'

/** Fields besides typed words from which on a form is worth more than opening its page again: a sheet with its ticks. */
const MANY_FIELDS = 4

/** A form that was refused, as it came in: nothing of it is stored, it goes back to whoever sent it. */
interface Kept {
  fields: [name: string, value: string][]
  /** What was written in words, to be read and copied. */
  words: string[]
}

/**
 * What a refused form says of itself: that nothing was written, and where to go on. Where it surely came from a page of ours, what was typed is in
 * it, to be copied and to be sent again – by a button, and only with what the form must carry now (`csrf`; without it the form comes back
 * here once more). From anywhere else nothing of it is repeated: nobody is shown a stranger's form with one button to send it.
 */
export async function refusedForm(
  site: StaffSite,
  c: Call,
  { locale, csrf }: { locale: Locale; csrf: string | null },
): Promise<Html> {
  const say = (key: string, vars = {}) => site.words.say(locale, `phrases:staff.kept.${key}`, vars)
  const own = isSurelyOwnOrigin(c, site.context.config.publicUrl)
  const kept = own ? await keptOf(c) : null
  const why = say(csrf !== null ? 'old' : 'signed-out')
  const other = locale === 'vi' ? 'en' : 'vi'
  const back = own ? pageBefore(c) : '/staff'
  if (kept === null)
    return html`<p role="alert">${why} ${say('nothing-written')}</p>
      <p>${csrf === null ? say('come-in') : ''} <a class="tap" href="${back}">${say('again')}</a></p>
      ${csrf === null ? html`<p><a href="${withLanguage(back, other)}" lang="${other}" hreflang="${other}">${say('language')}</a></p>` : ''}`
  const address = withLanguage(`${c.req.path}${new URL(c.req.url).search}`, null)
  const typed = kept.words.map(
    (text, i) =>
      html`<label for="kept-${i}">${say('field', { number: i + 1 })}</label>
        <textarea id="kept-${i}" class="full" rows="${Math.min(12, Math.ceil(text.length / 60) + 1)}" readonly>${`\n${text}`}</textarea>`,
  )
  return html`<p role="alert">${why} ${say('nothing-written')}</p>
    <p>${say(csrf === null ? 'come-in-kept' : 'send-about')}</p>
    <form method="post" action="${address}">
      ${csrf === null ? '' : html`<input type="hidden" name="csrf" value="${csrf}" />`}
      ${kept.fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
      <p>
        <button>${say(csrf === null ? 'go-on' : 'send')}</button>
        ${/* With this second «csrf» nothing is written by it. */ ''}
        <button class="second" formaction="${withLanguage(address, other)}" name="csrf" value="" lang="${other}">${say('language')}</button>
      </p>
    </form>
    ${typed.length === 0 ? '' : html`<h2>${say('typed')}</h2> ${typed}`}
    <p><a href="${back}">${say('leave')}</a></p>`
} // prettier-ignore

/** Null: nothing that is worth keeping. Files do not come back: they are chosen again. */
async function keptOf(c: Call): Promise<Kept | null> {
  // A list of the roster may be large, and there is nothing typed beside it.
  if (c.req.path === IMPORT_PATH) return null
  const body = await c.req.parseBody({ all: true })
  const fields = Object.entries(body).flatMap(([name, value]) =>
    name === 'csrf' ? [] : [value].flat().flatMap((one) => (typeof one === 'string' ? [[name, one] as [string, string]] : [])),
  )
  const words = [...new Set(fields.map(([, value]) => value).filter((value) => /\s/.test(value.trim())))]
  return words.length > 0 || fields.length >= MANY_FIELDS ? { fields, words } : null
} // prettier-ignore

/** The page that the form stood on, of ours; the first one where the browser does not say. */
function pageBefore(c: Call): string {
  const from = c.req.header('referer') ?? ''
  if (!URL.canParse(from)) return '/staff'
  const { pathname, search } = new URL(from)
  return /^\/staff(\/[\w./-]*)?$/.test(pathname) ? pathname + search : '/staff'
}

function withLanguage(address: string, locale: Locale | null): string {
  const [path, search] = address.split('?', 2)
  const query = new URLSearchParams(search)
  query.delete('lang')
  if (locale !== null) query.set('lang', locale)
  return query.size === 0 ? path! : `${path}?${query.toString()}`
}
