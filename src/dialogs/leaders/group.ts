import { confirmedLine, type FlowFigures, sumFigures, whoseWord } from '../../core/figures.js'
import type { Line } from '../../core/model/message.js'
import type { Ward } from '../../core/model/ward.js'
import { dayOf } from '../../core/policy/calendar.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import type { World } from '../../core/talk/world.js'
import { partsWithin } from '../../reminders/desk.js'
import type { ReminderParts } from '../../reminders/parts.js'
import { countUnreachedOf } from '../../reminders/unreached.js'
import { counted } from '../../store/counted.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog } from '../dialogue.js'
import { whichGroup } from './scope.js'

/** Steps that are named of each guide: where most people stand. */
const STEPS_NAMED = 3

/** `/to`: the own group at a glance – facts first, then what can be done about them. Counts only: names are on the page. */
export function groupDialog({
  world,
  ward,
  reminding,
}: {
  world: World
  ward: Ward
  reminding: () => ReminderParts
}): Dialog {
  // prettier-ignore
  return {
    name: 'group',
    version: 2,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const chosen = await whichGroup(d, { all: false, known: ward.groups })
      if (!chosen) return
      const { rows, beside, unreachable, day } = await d.act('count', async ({ tx, at, contact }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        return {
          ...(await counted(tx, scope, chosen.group === null ? {} : { group: chosen.group })),
          // `whichGroup` gives everything of a scope only where it is asked for.
          unreachable: chosen.group === null || !scope.holds(chosen.group) ? 0 : await countUnreachedOf(partsWithin(reminding(), tx), chosen.group, aimedAt(world, ward)), // prettier-ignore
          day: dayOf(at),
        }
      })
      const sums = sumFigures(world.flows, rows, beside)
      const unfinished = sums.reduce((sum, { started, finished }) => sum + started - finished, 0)
      d.say(phrase('leaders.at-a-glance', { name: chosen.name, day: { day } }))
      for (const sum of sums) d.say(...summary(sum, ward.targets[sum.flow]))
      d.say(sums.length === 0 ? phrase('figures.none') : whoseWord(sums))
      const todo = await d.choose('todo', {
        block: [phrase(unreachable > 0 ? 'leaders.unreachable' : 'leaders.all-reachable', { count: unreachable })],
        options: [
          ...(unfinished > 0 ? [{ id: 'remind', label: phrase('leaders.options.remind', { count: unfinished }) }] : []),
          { id: 'page', label: phrase('leaders.options.page') },
          { id: 'cancel', label: phrase('leaders.options.enough') },
        ],
      })
      if (todo === 'remind') return d.goTo('nhac', String(chosen.group ?? ''))
      if (todo === 'page') return d.goTo('trang', `/staff/groups/${chosen.group ?? ''}`)
    },
  }
}

/** The guides that everybody is to finish: those with a target, or all where the ward has set none. */
function aimedAt(world: World, ward: Ward): string[] {
  const all = [...world.flows.keys()]
  const aimed = all.filter((flow) => ward.targets[flow] !== undefined)
  return aimed.length > 0 ? aimed : all
}

/** One guide in a few lines: how many finished against the target, by whose word, and where most of the others stand. */
function summary(sum: FlowFigures, target: number | undefined): Line[] {
  const vars = {
    guide: guideLine(sum.flow, 'short'),
    finished: sum.finished,
    started: sum.started,
    people: sum.people,
    percent: sum.percent,
  }
  const most = [...sum.standing].sort((a, b) => b.count - a.count).slice(0, STEPS_NAMED)
  return [
    target === undefined
      ? phrase(sum.listed ? 'leaders.guide-listed' : 'leaders.guide', vars)
      : phrase(sum.listed ? 'leaders.guide-target-listed' : 'leaders.guide-target', { ...vars, target }),
    ...confirmedLine(sum),
    ...most.map(({ step, count }) =>
      phrase('leaders.standing', { count, title: guideLine(sum.flow, `steps.${step}.title`) }),
    ),
  ]
}
