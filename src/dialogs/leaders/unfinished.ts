import { type FigureRow, sumFigures } from '../../core/figures.js'
import { fold } from '../../core/language/fold.js'
import type { Ward } from '../../core/model/ward.js'
import { guideLine, phrase } from '../../core/talk/draft.js'
import type { World } from '../../core/talk/world.js'
import { figures } from '../../store/figures.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialog } from '../dialogue.js'
import { whichGroup } from './scope.js'

/** `/chuaxong [FLOW] [tổ]`: how many have not finished, at every step. */
export function unfinishedDialog({ world, ward }: { world: World; ward: Ward }): Dialog {
  return {
    name: 'unfinished',
    version: 1,
    roles: ['leader', 'staff', 'admin'],
    async run(d) {
      const chosen = await whichGroup(d, { all: true, known: ward.groups })
      if (!chosen) return
      const flow = [...world.flows.keys()].find((id) => fold(d.args).includes(fold(id)))
      const rows = await d.act('count', async ({ tx, contact }) => {
        const scope = await scopeOfContact(tx, contact.contact)
        const counted = await figures(tx, scope, {
          ...(flow === undefined ? {} : { flow }),
          ...(chosen.group === null ? {} : { group: chosen.group }),
        })
        return counted.map(({ grp, ...row }): FigureRow => ({ ...row, group: grp }))
      })
      const open = sumFigures(world.flows, rows).filter(({ started, finished }) => started > finished)
      if (open.length === 0) return d.say(phrase('leaders.nobody-unfinished', { name: chosen.name }))
      d.say(phrase('leaders.unfinished', { name: chosen.name }))
      for (const sum of open)
        d.say(
          phrase('leaders.unfinished-guide', {
            guide: guideLine(sum.flow, 'short'),
            count: sum.started - sum.finished,
          }),
          ...sum.standing.map(({ step, number, count }) => {
            const title = guideLine(sum.flow, `steps.${step}.title`)
            return number === null
              ? phrase('figures.standing', { count, title })
              : phrase('figures.standing-number', { count, number, title })
          }),
        )
      const todo = await d.choose('todo', {
        block: [phrase('leaders.names-on-page')],
        options: (['remind', 'page', 'cancel'] as const).map((id) => ({
          id,
          label:
            id === 'remind'
              ? phrase('leaders.options.remind', {
                  count: open.reduce((sum, { started, finished }) => sum + started - finished, 0),
                })
              : phrase(`leaders.options.${id === 'page' ? 'page' : 'enough'}`),
        })),
      })
      if (todo === 'remind') return d.goTo('nhac', `${flow ?? ''} ${chosen.group ?? ''}`.trim())
      if (todo === 'page') return d.goTo('trang', chosen.group === null ? '/staff' : `/staff/groups/${chosen.group}`)
    },
  }
}
