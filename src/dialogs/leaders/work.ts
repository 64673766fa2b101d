import { phrase } from '../../core/talk/draft.js'
import { countOpenQuestions } from '../../store/questions.js'
import { rosterFigures } from '../../store/roster-figures.js'
import { scopeOfContact } from '../../store/scope.js'
import { countTickets } from '../../store/tickets.js'
import type { Dialog } from '../dialogue.js'

/**
 * `/viec`: what waits for me – people who asked for somebody, people of the list who wish for a visit, and for the ward the questions without an
 * answer; counts only, each leads to where it is worked off. A number behind it names a ticket.
 */
export const workDialog: Dialog = {
  name: 'work',
  version: 1,
  roles: ['leader', 'staff', 'admin'],
  async run(d) {
    if (d.args !== '') return d.goTo('hangcho', d.args)
    const { open, own, visits, questions, path } = await d.act('count', async ({ tx, contact }) => {
      const scope = await scopeOfContact(tx, contact.contact)
      const listed = (await rosterFigures(tx, scope)).filter(({ visits }) => visits > 0)
      const [only] = listed
      return {
        ...(await countTickets(tx, scope)),
        visits: listed.reduce((sum, group) => sum + group.visits, 0),
        questions: await countOpenQuestions(tx, scope),
        // One list is opened at once; several begin at the groups.
        path: listed.length === 1 && only!.group !== null ? `/staff/groups/${only!.group}/visits` : '/staff/groups',
      }
    })
    const waiting = open + own
    if (visits === 0 && questions === 0) return d.goTo('hangcho', '')
    const option = (id: string, there: boolean) => (there ? [{ id, label: phrase(`work.options.${id}`) }] : [])
    const chosen = await d.choose('which', {
      block: [
        phrase('work.heading'),
        ...(open > 0 ? [phrase('work.open', { count: open })] : []),
        ...(own > 0 ? [phrase('work.own', { count: own })] : []),
        ...(visits > 0 ? [phrase('work.visits', { count: visits })] : []),
        ...(questions > 0 ? [phrase('work.questions', { count: questions })] : []),
      ],
      options: [
        ...option('tickets', waiting > 0),
        ...option('visits', visits > 0),
        ...option('questions', questions > 0),
        { id: 'cancel', label: phrase('tickets.options.enough') },
      ],
    })
    if (chosen === 'tickets') return d.goTo('hangcho', '')
    if (chosen === 'visits') return d.goTo('trang', path)
    if (chosen === 'questions') return d.goTo('cauhoi', '')
    d.say(phrase('dialog.left'))
  },
}
