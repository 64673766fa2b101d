import type { Line } from '../../core/model/message.js'
import { phrase } from '../../core/talk/draft.js'
import { scopeOfContact } from '../../store/scope.js'
import type { Dialogue } from '../dialogue.js'

/** Groups that are offered as choices; more are typed. */
const LISTED = 8

/** A group, or null for everything in the asker's scope. */
export interface Chosen {
  group: number | null
  /** «Tổ 5», «Tổ 5, 6», or the ward's name. */
  name: Line
}

/**
 * Which group a command of leaders is about: the one that its words name, the only one there is, or the one that is asked for. Undefined when
 * it is none of theirs, which was said. `known` are the ward's groups, none where it named none.
 */
export async function whichGroup(
  d: Dialogue,
  { all, known }: { all: boolean; known: readonly number[] },
): Promise<Chosen | undefined> {
  const groups = await d.act('scope', async ({ tx, contact }) => (await scopeOfContact(tx, contact.contact)).groups)
  const named = /(?:^|\s)(\d{1,3})$/.exec(d.args.trim())?.[1]
  const holds = (group: number) =>
    groups === 'ward' ? known.length === 0 || known.includes(group) : groups.includes(group)
  const one = (group: number): Chosen => ({ group, name: phrase('leaders.group', { group }) })
  if (named !== undefined) {
    if (holds(Number(named))) return one(Number(named))
    d.say(
      groups === 'ward'
        ? phrase('leaders.no-such-group')
        : phrase('figures.own-group-only', { group: groups.join(', ') }),
    )
    return undefined
  }
  if (groups !== 'ward' && groups.length === 1) return one(groups[0]!)
  if (all)
    return groups === 'ward'
      ? { group: null, name: { key: 'phrases:ward.name' } }
      : { group: null, name: phrase('leaders.group', { group: groups.join(', ') }) }
  const listed = groups === 'ward' || groups.length > LISTED ? [] : groups
  const answer = await d.text(
    'group',
    {
      block: [phrase('leaders.which-group')],
      options: listed.map((group) => ({ id: `g${group}`, label: phrase('leaders.group', { group }) })),
    },
    (text) => {
      const group = Number(/\d{1,3}/.exec(text)?.[0])
      return holds(group) ? { ok: group } : { no: phrase('leaders.no-such-group') }
    },
  )
  return one(typeof answer === 'number' ? answer : Number(answer.option.slice(1)))
}
