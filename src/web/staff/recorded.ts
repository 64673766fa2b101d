import { html } from 'hono/html'
import { type Flow, givesCard } from '../../core/flow/definition.js'
import type { Settling } from '../../turns/settle.js'
import type { Labels } from './labels.js'
import { csrfField, type Html, notice } from './layout.js'
import type { StaffCall } from './site.js'

/** What came of writing down at the door, or of taking it back: numbers in the address of the page that is shown next. */
export const CAME_OF = ['count', 'already', 'moved', 'stayed', 'settled'] as const
export type CameOf = Partial<Record<(typeof CAME_OF)[number], number>>

/** What came of the last deed, as `notice`; behind something that was written down, the button that takes it back. */
export function recordedNotice(c: StaffCall, labels: Labels, { group, person }: { group: number | null; person?: string }): Html | '' {
  const done = c.req.query('done')
  if (done !== 'recorded' && done !== 'recorded-step' && done !== 'undone') return notice(c)
  const say = c.get('say')
  const told = CAME_OF.map((key) => [key, Math.trunc(Number(c.req.query(key) ?? 0)) || 0] as const)
  const words = { count: `done.${done}`, already: 'recorded.already', moved: 'recorded.moved', stayed: 'recorded.stayed', settled: 'recorded.settled' } as const // prettier-ignore
  const at = Number(c.req.query('at'))
  const flow = c.req.query('flow') ?? ''
  return html`<div class="notice">
    <div role="status">
      ${told.map(([key, count]) => (count > 0 ? html`<p>${say(words[key], { count })}</p>` : ''))}
    </div>
    ${
      group === null || !Number.isSafeInteger(at) || at <= 0
        ? ''
        : undoForm(c, group, {
            what: { at },
            flow,
            ...(person === undefined ? {} : { person }),
            label: say('recorded.undo'),
            about: say('recorded.undo-for', { guide: labels.guide(flow), time: labels.time(at) }),
          })
    }
  </div>`
} // prettier-ignore

/**
 * What the roster is to say too, as the ticks of the form have it. A form without them, of a page that was open before there were any, is taken as if they
 * stood as they are offered.
 */
export function settlingOf(body: Readonly<Record<string, unknown>>, flow: Pick<Flow, 'gives'>): Settling {
  if (body['settle'] === undefined) return { card: true, visited: givesCard(flow) }
  return { card: body['has-card'] === '1', visited: body['visited'] === '1' }
}

/** The ticks beside «done at the door» in a guide that ends with a card: the roster says so too, and a wish for a visit is answered. */
export function settleTicks(c: StaffCall, { card = true, visited = true } = {}): Html {
  const say = c.get('say')
  const tick = (name: string, words: string) =>
    html`<label><input type="checkbox" name="${name}" value="1" checked /> ${words}</label>`
  return html`<input type="hidden" name="settle" value="1" /> ${card ? tick('has-card', say('recorded.has-card')) : ''}
    ${visited ? tick('visited', say('recorded.visited')) : ''}`
}

/** The button that takes back: the last recording of a run, or all of one's own of an instant. */
export function undoForm(
  c: StaffCall,
  group: number,
  undo: { what: { run: string; seq: number } | { at: number }; flow: string; person?: string; label: string; about: string },
): Html {
  const { what, flow, person, label, about } = undo
  const fields = Object.entries({ ...what, flow, ...(person === undefined ? {} : { back: person }) })
  return html`<form method="post" action="/staff/groups/${group}/undo">
    ${csrfField(c)}
    ${fields.map(([name, value]) => html`<input type="hidden" name="${name}" value="${value}" />`)}
    <button class="second" aria-label="${about}">${label}</button>
  </form>`
} // prettier-ignore
