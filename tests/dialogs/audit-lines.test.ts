import { slipCode } from '../../src/core/roster/slip.js'
import { auditLog } from '../../src/store/audit.js'
import { createSlip } from '../../src/store/slips.js'
import { enrol, rosterPerson, WARD } from '../store/roster-samples.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

/** Somebody of group 7 on the roster; whoever writes says they live in group 5. */
const LAN = { id: 'r-1', name: 'Nguyễn Thị Lan', group: 7 }

describeEngines('what residents do that somebody may be asked about later', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  let made = 0
  const { work, says, taps } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    resident = bot.resident()
    await begin(resident)
    await enrol(database.store.db, [rosterPerson(1, LAN)])
  })
  const slipped = async (who: Resident, whose: 'mine' | 'theirs') => {
    const code = slipCode(new Uint8Array(40).map((_, i) => i + 3 * made))!
    made++
    await createSlip(database.store.db, WARD, bot.context.seals, { person: LAN.id, code, now: bot.clock() })
    await who.start(`ps_${code}`)
    await work()
    await taps(who, whose)
    if (whose === 'theirs') await says(who, 'bà Lan')
    // The newest line stands first.
    bot.clock.pass('a minute')
  }
  /** The lines of the log but for ids and instants; none has a name, or what the helper calls somebody. */
  const lines = async () => {
    const log = await auditLog(database.store.db, WARD, { limit: 99 })
    expect(JSON.stringify(log)).not.toMatch(/Lan|Nguyễn/)
    return log.map(({ who, role, deed, kind, subject, group, count }) => ({ who, role, deed, kind, subject, group, count })) // prettier-ignore
  }
  const line = (who: string, deed: string, kind: string, more = {}) => ({ who, role: 'resident', deed, kind, subject: LAN.id, group: 7, count: 1, ...more }) // prettier-ignore

  test('a slip that joined its owner stands in the log, by whoever typed it, for the group of the list', async () => {
    await slipped(resident, 'mine')
    expect(await lines()).toEqual([line((await resident.contact()).id, 'joined', 'slip')])
  })

  test('so do a slip that opened acting for somebody, and that this is over, whoever ended it', async () => {
    const { id } = await resident.contact()
    await slipped(resident, 'theirs')
    expect(await lines()).toEqual([line(id, 'joined', 'helping')])
    await says(resident, '/nguoithan')
    await taps(resident, 'stop')
    await taps(resident, 'p0')
    expect((await lines())[0]).toEqual(line(id, 'revoked', 'helping'))

    bot.clock.pass('a minute')
    await slipped(resident, 'theirs')
    const owner = bot.resident()
    await begin(owner)
    await slipped(owner, 'mine')
    await says(owner, '/nguoithan')
    await taps(owner, 'withdraw')
    expect((await lines())[0]).toEqual(line((await owner.contact()).id, 'revoked', 'helping'))
  })

  test('somebody of the list who erases themselves stands in it, by the ids of then and no name', async () => {
    await slipped(resident, 'mine')
    const { id } = await resident.contact()
    await says(resident, '/xoa')
    await taps(resident, 'yes')
    await taps(resident, 'yes')
    expect((await resident.contact()).id).not.toBe(id)
    expect((await lines())[0]).toEqual(line(id, 'erased', 'person'))
  })

  test('somebody whom no list knows leaves no line by erasing themselves', async () => {
    await says(resident, '/xoa')
    await taps(resident, 'yes')
    await taps(resident, 'yes')
    expect(await lines()).toEqual([])
  })
})
