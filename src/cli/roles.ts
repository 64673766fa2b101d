import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { isoLocal } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { worldOf } from '../parts/world.js'
import { endLinkContacts } from '../store/link-contacts.js'
import { type RoleHolder, roleHolders } from '../store/role-holders.js'
import { createTexts } from '../texts.js'
import { revokeGroup, revokeRole } from '../tickets/role-end.js'
import { withStore } from './open.js'
import { UsageError, type Values, wholeNumber } from './usage.js'

export const roleListOptions = { json: { type: 'boolean' } } as const
export const roleRevokeOptions = { group: { type: 'string' }, json: { type: 'boolean' } } as const

const OPERATORS = scopeOf(OPERATOR)

/** Who has a role, with the id by which `ward role revoke` takes it away. */
export async function listRoles(config: Config, values: Values, out: (text: string) => void): Promise<number> {
  const holders = await withStore(config, (store) =>
    store.transaction(async (tx) => {
      await endLinkContacts(tx, Date.now())
      return roleHolders(tx, OPERATORS)
    }),
  )
  out(values['json'] ? `${JSON.stringify(holders.map(shown))}\n` : holders.map((one) => `${lineOf(one)}\n`).join(''))
  return 0
}

/** Takes a role away, or with `--group` one of several groups, and tells whoever had it; all that hangs on it ends at once. */
export async function takeRole(
  config: Config,
  contact: string | undefined,
  values: Values,
  out: (text: string) => void,
): Promise<number> {
  if (contact === undefined) throw new UsageError('which contact? ward role list shows the ids')
  const group = values['group'] === undefined ? null : wholeNumber('group', String(values['group']), 1, 999)
  const material = loadContent(config)
  const texts = createTexts(material)
  const world = worldOf(material, texts)
  const parts = { ward: material.ward.value, world, texts, clock: Date.now, newId: randomId }
  const holder = await withStore(config, (store) =>
    store.transaction(async (tx) => {
      const found = (await roleHolders(tx, OPERATORS)).find((one) => one.contact === contact)
      if (!found) throw new UsageError(`nobody with a role is «${contact}»; ward role list shows the ids`)
      if (group !== null && !found.groups.includes(group))
        throw new UsageError(
          `--group ${group} is none of «${contact}», who has ${found.groups.join(', ') || 'no group'}`,
        )
      await (group === null
        ? revokeRole(tx, parts, OPERATORS, contact)
        : revokeGroup(tx, parts, OPERATORS, contact, group))
      return found
    }),
  )
  const left = group === null ? [] : holder.groups.filter((one) => one !== group)
  out(
    values['json']
      ? `${JSON.stringify({ contact, role: left.length === 0 ? null : holder.role, groups: left })}\n`
      : `${contact} is ${left.length === 0 ? `no ${holder.role} any more` : `${holder.role} of group ${left.join(', ')} alone`}.\n`,
  )
  return 0
}

const shown = ({ contact, role, groups, label, lastAt }: RoleHolder) => ({
  contact,
  role,
  groups,
  label,
  last: lastAt === 0 ? null : isoLocal(lastAt),
})

function lineOf({ contact, role, groups, label, lastAt }: RoleHolder): string {
  const of = groups.length === 0 ? role : `${role} of group ${groups.join(', ')}`
  return [contact, of, label ?? '–', lastAt === 0 ? 'never wrote' : `last wrote ${isoLocal(lastAt)}`].join('  ')
}
