import { type FigureRow, sumFigures } from '../../core/figures.js'
import type { Line } from '../../core/model/message.js'
import type { Ward } from '../../core/model/ward.js'
import { dayOf } from '../../core/policy/calendar.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import type { World } from '../../core/talk/world.js'
import { figures } from '../../store/figures.js'
import { countUnreachable } from '../../store/figures-now.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog } from '../dialogue.js'
import { whichGroup } from './scope.js'

/** Steps that are named of each guide: where most people stand. */
const STEPS_NAMED = 3

/** `/to`: the own group at a glance – facts first, then what can be done about them. Counts only: names are on the page. */
export function groupDialog({ world, ward }: { world: World; ward: Ward }): Dialog {
  return {
    name: 'group',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const chosen = await whichGroup(d, { all: false, known: ward.groups })
      if (!chosen) return
      const { rows, unreachable, day } = await d.act('count', async ({ tx, at, contact }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        const counted = await figures(tx, scope, chosen.group === null ? {} : { group: chosen.group })
        return {
          rows: counted.map(({ grp, ...row }): FigureRow => ({ ...row, group: grp })),
          unreachable: await countUnreachable(tx, scope, chosen.group),
          day: dayOf(at),
        }
      })
      const sums = sumFigures(world.flows, rows)
      const unfinished = sums.reduce((sum, { started, finished }) => sum + started - finished, 0)
      d.say(phrase('leaders.at-a-glance', { name: chosen.name, day: { day } }))
      if (sums.length === 0) return d.say(phrase('figures.none'))
      for (const sum of sums) d.say(...summary(sum, ward.targets[sum.flow]))
      d.say(phrase('figures.self-reported'))
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

/** One guide in two lines: how many finished against the target, and where most of the others stand. */
function summary(sum: ReturnType<typeof sumFigures>[number], target: number | undefined): Line[] {
  const vars = {
    guide: guideLine(sum.flow, 'short'),
    finished: sum.finished,
    started: sum.started,
    percent: sum.percent,
  }
  const most = [...sum.standing].sort((a, b) => b.count - a.count).slice(0, STEPS_NAMED)
  return [
    target === undefined ? phrase('leaders.guide', vars) : phrase('leaders.guide-target', { ...vars, target }),
    ...most.map(({ step, count }) =>
      phrase('leaders.standing', { count, title: guideLine(sum.flow, `steps.${step}.title`) }),
    ),
  ]
}
