import type { Context } from '../context.js'
import type { Card, Household, RosterPerson } from '../core/model/roster.js'
import { addDays, dayOf } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { putHouseholds, putPeople } from '../store/enrol.js'
import { people } from '../store/roster.js'
import { strangers } from '../store/strangers.js'
import { generator } from './chance.js'
import { onlyMadeUp } from './only-made-up.js'

/** Households of a made-up group, and the share of the made-up residents whom their head knows by name. */
const HOUSEHOLDS = 30
const KNOWN = 0.75

const FAMILIES = [
  'Nguyễn',
  'Nguyễn',
  'Nguyễn',
  'Trần',
  'Lê',
  'Phạm',
  'Hoàng',
  'Vũ',
  'Đặng',
  'Bùi',
  'Đỗ',
  'Ngô',
  'Dương',
]
const MIDDLES = { f: ['Thị', 'Thị', 'Thu', 'Ngọc', 'Thanh'], m: ['Văn', 'Văn', 'Đức', 'Quang', 'Minh'] } as const
const GIVEN = {
  f: ['Hoa', 'Lan', 'Hạnh', 'Mai', 'Thúy', 'Hương', 'Nga', 'Liên', 'Yến', 'Oanh', 'Trang', 'Phượng', 'Hiền', 'Xuân'],
  m: ['An', 'Bình', 'Cường', 'Dũng', 'Hải', 'Hùng', 'Khánh', 'Lâm', 'Nam', 'Phúc', 'Quân', 'Sơn', 'Thắng', 'Tuấn'],
} as const
const STREETS = ['Đường Hoa Sen', 'Đường Sen Hồng', 'Phố Sen Trắng', 'Ngõ Giếng Sen', 'Ngõ Đầm Sen']
const REASONS = ['đi làm xa', 'ốm nằm nhà', 'thẻ mất, chưa làm lại', 'thẻ hết hạn', 'mới đến ở']

/** What was filled in. */
export interface FilledRoster {
  people: number
  households: number
}

/**
 * Fills the roster of a demo ward with people who do not exist: households, streets, cards, and most of those who already talk to the bot. Nobody
 * has a phone number, because there is none that is surely nobody's. A roster that is there stays as it is.
 */
export async function fillRoster(context: Context, seed: number): Promise<FilledRoster> {
  await onlyMadeUp(context)
  const { store, ward, seals, clock, newId } = context
  const scope = scopeOf(OPERATOR)
  const random = generator(seed)
  const pick = <T>(list: readonly T[]): T => list[Math.floor(random() * list.length)]!
  const now = clock()
  const today = dayOf(now)
  return store.transaction(async (tx) => {
    if ((await people(tx, scope, { limit: 1 })).length > 0) return { people: 0, households: 0 }
    const chatting = await strangers(tx, scope, { limit: 100_000 })
    const households: Household[] = []
    const made: RosterPerson[] = []
    for (const group of ward.groups) {
      const known = chatting.filter((one) => one.group === group && random() < KNOWN).map(({ person }) => person)
      for (let n = 1; n <= HOUSEHOLDS; n++) {
        const household: Household = {
          id: newId(),
          group,
          code: String(n),
          street: STREETS[(group + Math.floor(n / 10)) % STREETS.length]!,
          house: `số ${n * 2 - 1}`,
          reviewedOn: random() < 0.6 ? addDays(today, -Math.floor(random() * 28)) : null,
        }
        households.push(household)
        const family = pick(FAMILIES)
        const oldest = Number(today.slice(0, 4)) - 25 - Math.floor(random() * 55)
        const temporary = random() < 0.15
        const size = Math.max(1 + Math.floor(random() * 5), n === HOUSEHOLDS ? known.length : 0)
        for (let i = 0; i < size; i++)
          made.push(
            somebody(known.pop() ?? newId(), household, { family, temporary, born: oldest + i * 4, random, pick }),
          )
      }
    }
    const done = [await putHouseholds(tx, scope, households, now), await putPeople(tx, scope, seals, made, now)]
    if (done.some((one) => 'refused' in one)) throw new Error('the made-up people do not fit this ward')
    return { people: made.length, households: households.length }
  })
}

interface Draw {
  family: string
  temporary: boolean
  born: number
  random: () => number
  pick: <T>(list: readonly T[]) => T
}

function somebody(id: string, household: Household, { family, temporary, born, random, pick }: Draw): RosterPerson {
  const sex = random() < 0.5 ? 'f' : 'm'
  const chance = random()
  const card: Card = chance < 0.84 ? 'has' : chance < 0.94 ? 'none' : 'unknown'
  return {
    id,
    group: household.group,
    household: household.id,
    name: `${random() < 0.6 ? family : pick(FAMILIES)} ${pick(MIDDLES[sex])} ${pick(GIVEN[sex])}`,
    born,
    residence: temporary ? 'temporary' : 'permanent',
    card,
    cardReason: card === 'none' ? pick(REASONS) : null,
    visit: card === 'none' ? random() < 0.4 : random() < 0.02,
    official: random() < 0.02,
    phone: null,
    note: null,
  }
}
