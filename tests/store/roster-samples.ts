import type { Household, RosterPerson } from '../../src/core/model/roster.js'
import { OPERATOR, type Scope, scopeOf } from '../../src/core/policy/roles.js'
import { putHouseholds, putPeople } from '../../src/store/enrol.js'
import { createSeals } from '../../src/store/sealed.js'
import type { Db } from '../../src/store/tables.js'
import { NOW } from './samples.js'

export const SEALS = createSeals(() => 'a secret for tests, 32 characters and more')
export const WARD = scopeOf(OPERATOR)

export function headOf(...leads: number[]): Scope {
  return scopeOf({ id: `head-${leads.join('-')}`, role: 'leader', leads })
}

export function household(n: number | string, more: Partial<Household> = {}): Household {
  return { id: `h-${n}`, group: 5, code: null, street: 'Đường Hoa Sen', house: `số ${n}`, reviewedOn: null, ...more }
}

/** Person `r-1` of the roster, in group 5. */
export function rosterPerson(n: number | string, more: Partial<RosterPerson> = {}): RosterPerson {
  return {
    id: `r-${n}`,
    group: 5,
    household: null,
    name: `Nguyễn Văn Số ${n}`,
    born: 1950,
    residence: 'permanent',
    card: 'unknown',
    cardReason: null,
    visit: false,
    official: false,
    phone: null,
    note: null,
    ...more,
  }
}

export async function enrol(db: Db, people: readonly RosterPerson[], households: readonly Household[] = []) {
  const done = [await putHouseholds(db, WARD, households, NOW), await putPeople(db, WARD, SEALS, people, NOW)]
  if (done.some((one) => 'refused' in one)) throw new Error(`not enrolled: ${JSON.stringify(done)}`)
}
