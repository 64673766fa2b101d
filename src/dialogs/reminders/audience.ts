import { fold } from '../../core/language/fold.js'
import { causesOf } from '../../core/broadcast/causes.js'
import { readDays } from '../../core/broadcast/count.js'
import { likeliest } from '../../core/broadcast/likeliest.js'
import { residenceLine, whoLine } from '../../core/broadcast/said.js'
import type { Audience, Who } from '../../core/model/broadcast.js'
import type { Option } from '../../core/model/message.js'
import { RESIDENCES } from '../../core/model/roster.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import { dayOf } from '../../core/policy/calendar.js'
import { flowsOn } from '../../core/talk/world.js'
import { groupsOfScope } from '../../reminders/desk.js'
import { queryOf, type ReminderParts } from '../../reminders/parts.js'
import { countStanding } from '../../store/audience.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialogue } from '../dialogue.js'

/** Audiences that are offered by themselves; the others stand behind «lọc thêm». */
const OFFERED = 3
/** «Dừng quá lâu»: the most days at one step that may be typed. */
const DAYS_MOST = 60
const DUE_DAYS = 2

/** Whom a head chose. */
export type Whom = Pick<Audience, 'who' | 'residence'>
interface Counted extends Pick<Audience, 'who'> {
  count: number
  /** Official number of the step, where it is one that has one. */
  number: number | null
}

const cancel = (): Option => ({ id: 'cancel', label: phrase('remind.options.cancel') })

/** Which guide: named behind the command, or chosen; undefined: left. */
export async function whichFlow(d: Dialogue, { world }: ReminderParts): Promise<string | undefined> {
  const named = [...world.flows.keys()].find((id) => fold(d.args).includes(fold(id)))
  if (named !== undefined) return named
  const flow = await d.choose('flow', {
    block: [phrase('remind.which-guide')],
    options: [
      ...flowsOn(world.flows, dayOf(d.startedAt)).map((one) => ({ id: one.flow, label: guideLine(one.flow, 'short') })),
      cancel(),
    ],
  })
  return world.flows.has(flow) ? flow : undefined
}

/** Which of its people: the likeliest first, everything else behind «lọc thêm»; undefined: left. */
export async function whichPeople(
  d: Dialogue,
  parts: ReminderParts,
  flow: string,
  group: number | null,
): Promise<Whom | undefined> {
  let residence: Audience['residence'] = null
  let counted = await count(d, parts, flow, group, residence)
  const offered = likeliest(parts.world.flows.get(flow)!, counted, OFFERED)
  const chosen = await choose(d, 'who', flow, residence, offered, [
    { id: 'more', label: phrase('remind.options.more') },
    cancel(),
  ])
  if (typeof chosen !== 'string') return { who: chosen, residence }
  while (chosen === 'more') {
    const among = await choose(d, 'more', flow, residence, counted, [
      { id: 'stuck', label: phrase('remind.options.stuck') },
      { id: 'residence', label: phrase('remind.options.residence') },
      cancel(),
    ])
    if (typeof among !== 'string') return { who: among, residence }
    if (among === 'stuck') return { who: { kind: 'stuck', days: await howLong(d) }, residence }
    if (among !== 'residence') return undefined
    residence = await whichResidence(d)
    counted = await count(d, parts, flow, group, residence)
  }
  return undefined
}

/** One of the audiences, or what else was chosen. */
async function choose(
  d: Dialogue,
  key: string,
  flow: string,
  residence: Audience['residence'],
  people: readonly Counted[],
  others: readonly Option[],
): Promise<Who | string> {
  const options = people.map(({ who, count, number }) => ({
    id: idOf(who),
    label: phrase('remind.people-at', { who: whoLine({ flow, who, residence: null }, number), count }),
  }))
  const guide = guideLine(flow, 'short')
  const chosen = await d.choose(key, {
    block: [
      phrase('remind.which-people', { guide }),
      ...(residence === null ? [] : [phrase('remind.only', { residence: residenceLine(residence) })]),
    ],
    options: [...options, ...others],
  })
  return people.find(({ who }) => idOf(who) === chosen)?.who ?? chosen
}

function idOf(who: Who): string {
  return who.kind === 'at-step' ? `s-${who.step}` : who.kind
}

/** How many people of the group there are in each audience of a guide; those with nobody in them are left out. */
function count(
  d: Dialogue,
  parts: ReminderParts,
  flow: string,
  group: number | null,
  residence: Audience['residence'],
): Promise<Counted[]> {
  return d.act('count', async ({ tx, contact, at }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    const groups = groupsOfScope(scope, group)
    const standing = (who: Who) => {
      const audience: Audience = { flow, who, groups, residence }
      return countStanding(tx, scope, queryOf(parts, { audience, wording: { kind: 'ready' }, at: null, paid: false }, at, null)) // prettier-ignore
    }
    const sum = (all: ReadonlyMap<string | null, number>) => [...all.values()].reduce((a, b) => a + b, 0)
    const all = await standing({ kind: 'unfinished' })
    const counted: Counted[] = [
      { who: { kind: 'unfinished' }, count: sum(all), number: null },
      { who: { kind: 'not-started' }, count: all.get(null) ?? 0, number: null },
      ...parts.world.flows.get(flow)!.steps.map(({ id, number }): Counted => ({ who: { kind: 'at-step', step: id }, count: all.get(id) ?? 0, number: number ?? null })),
    ] // prettier-ignore
    for (const who of byList(parts, flow)) counted.push({ who, count: sum(await standing(who)), number: null })
    return counted.filter((one) => one.count > 0)
  })
}

/** Audiences that a guide has besides its steps. */
function byList({ world }: ReminderParts, flow: string): Who[] {
  return causesOf(world.flows.get(flow)!).map((kind) => (kind === 'activation-due' ? { kind, days: DUE_DAYS } : { kind }))
} // prettier-ignore

/** Nothing is offered to choose from: a number that is typed means days, and never a choice. */
async function howLong(d: Dialogue): Promise<number> {
  const question = { block: [phrase('remind.how-long', { most: DAYS_MOST })], options: [] }
  const days = await d.text('days', question, (text) => {
    const days = readDays(text) ?? 0
    return days >= 1 && days <= DAYS_MOST ? { ok: days } : { no: phrase('remind.no-days', { most: DAYS_MOST }) }
  })
  return days as number
}

async function whichResidence(d: Dialogue): Promise<Audience['residence']> {
  const chosen = await d.choose('residence', {
    block: [phrase('remind.which-residence')],
    options: [
      ...RESIDENCES.map((one) => ({ id: one, label: residenceLine(one) })),
      { id: 'everybody', label: phrase('remind.options.everybody') },
    ],
  })
  return RESIDENCES.find((one) => one === chosen) ?? null
}
