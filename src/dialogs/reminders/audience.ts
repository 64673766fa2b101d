import { type FigureRow, sumFigures } from '../../core/figures.js'
import { fold } from '../../core/language/fold.js'
import { ACTIVATION_FLOW } from '../../core/broadcast/limits.js'
import { whoLine } from '../../core/broadcast/said.js'
import type { Who } from '../../core/model/broadcast.js'
import type { Option } from '../../core/model/message.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import { dayOf } from '../../core/policy/calendar.js'
import { flowsOn } from '../../core/talk/world.js'
import type { ReminderParts } from '../../reminders/parts.js'
import { figures } from '../../store/figures.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialogue } from '../dialogue.js'

/** Steps that are offered by themselves: where most people stand. */
const STEPS_OFFERED = 3
/** «Dừng quá lâu»: days at one step. */
const STUCK_DAYS = 3

/** Which guide: named behind the command, or chosen; undefined: left. */
export async function whichFlow(d: Dialogue, { world }: ReminderParts): Promise<string | undefined> {
  const named = [...world.flows.keys()].find((id) => fold(d.args).includes(fold(id)))
  if (named !== undefined) return named
  const flow = await d.choose('flow', {
    block: [phrase('remind.which-guide')],
    options: [
      ...flowsOn(world.flows, dayOf(d.startedAt)).map((one) => ({ id: one.flow, label: guideLine(one.flow, 'short') })),
      { id: 'cancel', label: phrase('remind.options.cancel') },
    ],
  })
  return world.flows.has(flow) ? flow : undefined
}

/** Which of its people: at the steps where most stand, all, not started, stuck, waiting too long, without a card; undefined: left. */
export async function whichPeople(
  d: Dialogue,
  { world }: ReminderParts,
  flow: string,
  group: number | null,
): Promise<Who | undefined> {
  const rows = await d.act('figures', async ({ tx, contact }) => {
    const scope = await scopeOfContact(tx, contact.contact)
    const counted = await figures(tx, scope, { flow, ...(group === null ? {} : { group }) })
    return counted.map(({ grp, ...row }): FigureRow => ({ ...row, group: grp }))
  })
  const standing = sumFigures(world.flows, rows).find((sum) => sum.flow === flow)?.standing ?? []
  const most = [...standing].sort((a, b) => b.count - a.count).slice(0, STEPS_OFFERED)
  const others: Who[] = [
    { kind: 'unfinished' },
    { kind: 'not-started' },
    { kind: 'stuck', days: STUCK_DAYS },
    ...(world.flows.get(flow)!.steps.some(({ kind }) => kind === 'wait') ? [{ kind: 'overdue' } as const] : []),
    ...(flow === ACTIVATION_FLOW ? [{ kind: 'activation-due', days: 2 } as const] : []),
    ...(flow === 'id-card' ? [{ kind: 'no-card' } as const] : []),
    ...(flow === 'portal-login' ? [{ kind: 'officials' } as const] : []),
  ]
  const offered: { who: Who; option: Option }[] = [
    ...most.map(({ step, number, count }) => {
      const who: Who = { kind: 'at-step', step }
      return { who, option: { id: `s-${step}`, label: phrase('remind.people-at', { who: whoLine({ flow, who }, number), count }) } }
    }),
    ...others.map((who) => ({ who, option: { id: who.kind, label: phrase('remind.people', { who: whoLine({ flow, who }) }) } })),
  ] // prettier-ignore
  const chosen = await d.choose('who', {
    block: [phrase('remind.which-people', { guide: guideLine(flow, 'short') })],
    options: [...offered.map(({ option }) => option), { id: 'cancel', label: phrase('remind.options.cancel') }],
  })
  return offered.find(({ option }) => option.id === chosen)?.who
}
