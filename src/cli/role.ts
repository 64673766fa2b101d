import type { Config } from '../config.js'
import { ROLE_LABEL_MAX } from '../store/invitations.js'
import { UsageError, type Values, wholeNumber } from './usage.js'

const ROLES = ['leader', 'staff', 'admin'] as const

/** `--role` with the `--group` that belongs to it; `groups` are the ward's, none where the ward named none. */
export function roleOf(
  config: Config,
  values: Values,
  groups: readonly number[],
): { role: (typeof ROLES)[number]; group: number | null } {
  const role = ROLES.find((known) => known === values['role'])
  if (!role) throw new UsageError(`--role must be one of ${ROLES.join(', ')}`)
  const group = values['group'] === undefined ? null : wholeNumber('group', String(values['group']), 1, 999)
  if (role === 'leader' && group === null) throw new UsageError('--group N is needed for a leader')
  if (role !== 'leader' && group !== null) throw new UsageError('--group belongs to the role leader')
  if (group !== null && groups.length > 0 && !groups.includes(group))
    throw new UsageError(`--group ${group} is not among the groups of ${config.wardFile}`)
  return { role, group }
}

/** `--label`: whom it is for, as the log and the page call them from then on; null: not said. */
export function labelOf(values: Values): string | null {
  if (values['label'] === undefined) return null
  const label = String(values['label']).trim()
  if (label === '' || [...label].length > ROLE_LABEL_MAX)
    throw new UsageError(`--label must have 1 to ${ROLE_LABEL_MAX} characters`)
  return label
}
