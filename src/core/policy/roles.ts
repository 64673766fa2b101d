import { type Role, ROLES } from '../model/contact.js'

/** Who asks: what a scope is made of. */
export interface Asker {
  /** The contact, the operator at the server (`OPERATOR`), or the program itself (`MACHINE`). */
  id: string
  role: Role
  /** Groups that a head leads and a helper was invited for; of no meaning for the other roles. */
  leads: readonly number[]
}

/** Somebody at the server itself, who has the database in hand: the tool `ward`. */
export const OPERATOR: Asker = { id: 'operator', role: 'admin', leads: [] }

/** What the program does by itself, without anybody's word: the daily retention. */
export const MACHINE: Asker = { id: 'machine', role: 'admin', leads: [] }

/** Fewer people than this could be recognised from a count. */
export const FEW = 5

let make: (asker: Asker) => Scope

/**
 * Whose data somebody may see and change. Every query over more than one's own data takes one, and only `scopeOf` makes one: a literal does not
 * pass the type, nor does anything that came out of JSON.
 */
export class Scope {
  readonly who: string
  readonly role: Role
  /** Everything, or the groups; persons who belong to no group are in no group's scope. */
  readonly groups: 'ward' | readonly number[]
  // Private members make the type nominal.
  readonly #made = true

  private constructor({ id, role, leads }: Asker) {
    this.who = id
    this.role = role
    this.groups =
      role === 'staff' || role === 'admin' ? 'ward' : role === 'leader' ? [...new Set(leads)].sort((a, b) => a - b) : []
    Object.freeze(this)
  }

  /** Whether persons of this group are in it. */
  holds(group: number | null): boolean {
    return this.#made && (this.groups === 'ward' || (group !== null && this.groups.includes(group)))
  }

  /** Whether counts of this group may be broken down, however few people it has: to its own head nobody in it is a stranger. */
  leads(group: number | null): boolean {
    return this.groups !== 'ward' && this.holds(group)
  }

  static {
    make = (asker) => new Scope(asker)
  }
}

/**
 * The scope of a contact. Residents and helpers have none over the roster and the figures: a helper works for persons who said so, one by one. A
 * head has the own groups, staff and admins the ward.
 */
export function scopeOf(asker: Asker): Scope {
  return make(asker)
}

/** Things that not every role may do, whatever its scope. */
export const DEEDS = [
  /** Figures of the scope. */
  'figures',
  /** Names and where they stand, on the page only. */
  'names',
  /** Changing the roster, importing into it, merging, joining contacts. */
  'roster',
  /** Files with names. */
  'export',
  /** Marking steps as done on paper or at the door. */
  'record',
  'remind',
  'invite',
  /** What everybody did; a head sees what they did themselves. */
  'audit',
  'settings',
] as const
export type Deed = (typeof DEEDS)[number]

const MAY: Readonly<Record<Role, readonly Deed[]>> = {
  resident: [],
  helper: [],
  leader: ['figures', 'names', 'roster', 'export', 'record', 'remind', 'invite'],
  staff: ['figures', 'names', 'roster', 'export', 'record', 'remind', 'invite', 'audit'],
  admin: DEEDS,
}

export function may(role: Role, deed: Deed): boolean {
  return MAY[role].includes(deed)
}

/** Roles that somebody may invite others to: nobody raises anybody above themselves, and a head brings in helpers of the own groups. */
export function mayInvite(role: Role): readonly Exclude<Role, 'resident'>[] {
  if (role === 'admin') return ['helper', 'leader', 'staff', 'admin']
  if (role === 'staff') return ['helper', 'leader']
  return role === 'leader' ? ['helper'] : []
}

/** What somebody would be after an invitation. */
export interface Offered {
  role: Exclude<Role, 'resident'>
  /** Groups they would lead or help in. */
  groups: number[]
  /** False: the role is the one they have, with a group more. */
  raises: boolean
}

/** What an invitation makes of somebody: a higher role, or a group more in the one they have. Never a lower one, and nothing they have already. */
export function offered(
  has: { role: Role; groups: readonly number[] },
  offer: { role: Exclude<Role, 'resident'>; group: number | null },
): Offered | 'lower' | 'have' {
  const rank = (role: Role) => ROLES.indexOf(role)
  const { role, group } = offer
  if (rank(role) < rank(has.role)) return 'lower'
  const own = group === null ? [] : [group]
  // Groups of another role are not this one's: who helped in group 3 does not lead it.
  if (role !== has.role) return { role, groups: own, raises: true }
  return group === null || has.groups.includes(group) ? 'have' : { role, groups: [...has.groups, group], raises: false }
}
