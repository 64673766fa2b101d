import { sql } from 'kysely'
import type { Outcome } from '../../src/channels/channel.js'
import { isToVisit } from '../../src/core/broadcast/visits.js'
import { messagesOf } from '../../src/core/broadcast/planner.js'
import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { touch } from '../../src/store/addresses.js'
import { outcomePage } from '../../src/store/recipients.js'
import { createZaloBot } from '../support/fake-zalo/bot.js'
import type { OaSettings } from '../support/fake-zalo/state.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createScripted, type Scripted } from '../delivery/scripted.js'
import { addResidents, createStage, PLAN, send, type Stage, WARD } from './stage.js'

const HOUR = 3_600_000
const numbers = (from: number, n: number) => Array.from({ length: n }, (_, i) => from + i)
const SHUT = { kind: 'window-closed' } as const
const all = await engines()

describeEngines('a reminder that its app does not take before its reader writes', all, (engine) => {
  let database: TestDatabase
  let stage: Stage
  let zalo: Scripted
  beforeEach(async () => {
    database = await engine.fresh()
    zalo = Object.assign(createScripted(), { name: 'zalo' as const })
    stage = createStage(database.store, { also: [zalo] })
  })
  afterEach(() => database.drop())

  const state = async () => (await sql<{ state: string }>`select state from broadcast order by created_at desc limit 1`.execute(stage.store.db)).rows[0]!.state // prettier-ignore
  const places = async () => {
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, PLAN)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    return shown.tally.reasons
  }
  /** `c-ID` of the same person as `c-OF`, by another app. */
  const secondApp = async (id: number, of: number) => {
    await addResidents(stage.store, [id], { started: false })
    await sql`update address set channel = 'zalo' where address = ${String(id)}`.execute(stage.store.db)
    await sql`update contact set person = ${`p-${of}`} where id = ${`c-${id}`}`.execute(stage.store.db)
    await sql`update person set merged_into = ${`p-${of}`} where id = ${`p-${id}`}`.execute(stage.store.db)
  }
  const writes = async (channel: 'telegram' | 'zalo', address: string) => {
    await touch(stage.store.db, [{ channel, address, at: stage.clock() }])
    await sql`update session set last_at = ${stage.clock()} where contact = ${`c-${address}`}`.execute(stage.store.db)
  }

  test('is over for its people, who are to be visited: a hundred and fifty of them keep back none of the others', async () => {
    await addResidents(stage.store, numbers(1000, 400))
    stage.channel.outcomes = numbers(0, 150).map(() => SHUT)
    const { id } = await send(stage)
    await stage.work()
    expect(await stage.reminders.progress(id)).toEqual([
      { result: 'cancelled', reason: 'window-closed', count: 150, cost: 0 },
      { result: 'sent', reason: null, count: 250, cost: 0 },
    ])
    expect(await state()).toBe('done')
    const shut = (await outcomePage(stage.store.db, WARD, id, '', 1000)).filter(isToVisit)
    expect(shut).toHaveLength(150)
    // Their day is free again, and the plan knows what the app said.
    expect((await sql<{ n: number }>`select count(*) as n from reminded`.execute(stage.store.db)).rows[0]!.n).toBe(250)
    expect(await places()).toEqual({ 'paper: window-closed': 150, 'left-out: today': 250 })
    const [first] = shut
    stage.clock.pass('a minute')
    await writes('telegram', first!.contact!.slice(2))
    expect(await places()).toEqual({ 'paper: window-closed': 149, 'left-out: today': 250 })
  })

  test('goes by the other app, or to the next who reads for them', async () => {
    await addResidents(stage.store, [1])
    await secondApp(2, 1)
    await writes('zalo', '2')
    await addResidents(stage.store, [4], { started: false })
    await addResidents(stage.store, [3], { by: 'c-4' })
    zalo.outcomes = [SHUT]
    stage.channel.outcomes = [SHUT]
    stage.clock.pass('an hour')
    const { id } = await send(stage, { ...PLAN, audience: { ...PLAN.audience, who: { kind: 'at-step', step: 'scan-card' } } }) // prettier-ignore
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent', 'p-3 sent'])
    expect(zalo.calls.map((call) => call.split(':')[0])).toEqual(['2'])
    expect(stage.channel.calls.map((call) => call.split(':')[0])).toEqual(['4', '1', '3'])
  })

  test('comes all the same to somebody who wrote while it was refused, once they are quiet', async () => {
    await addResidents(stage.store, [1])
    stage.channel.outcomes = [
      async () => {
        stage.clock.pass('1 second')
        await writes('telegram', '1')
        return SHUT
      },
    ]
    const { id } = await send(stage)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 waiting'])
    stage.clock.pass('10 minutes')
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 sent'])
    expect(stage.channel.calls).toHaveLength(2)
  })

  test('and was stopped meanwhile: nobody waits in it', async () => {
    await addResidents(stage.store, [1])
    const refuse = async (): Promise<Outcome> => (await stage.reminders.stop(id), SHUT)
    stage.channel.outcomes = [refuse]
    const { id } = await send(stage)
    await stage.work()
    expect(await stage.outcomes(id)).toEqual(['p-1 cancelled: window-closed'])
    expect(await places()).toEqual({ 'paper: window-closed': 1 })
  })
})

describeEngines('Zalo without money or allowance, or with another clock', all, (engine) => {
  const NOTHING_LEFT: readonly [string, (oa: OaSettings) => void][] = [
    ['-211: paid messages are not in the package', (oa) => void (oa.paid = false)],
    ['-320: no account that pays', (oa) => void Object.assign(oa, { allowance: 0, cloudAccount: null })],
    ['-321: the account is empty', (oa) => void Object.assign(oa, { allowance: 0, cloudAccount: { balance: 110 } })],
  ]

  test.each(NOTHING_LEFT)('%s: everybody has one outcome, and who got nothing is to be visited', async (_, change) => {
    const database = await engine.fresh()
    const bot = await createZaloBot({ store: database.store, oa: { allowance: 500 }, env: { ZALO_PAID_MESSAGES: 'on' }, overrides: {} }) // prettier-ignore
    const { reminders, ward } = bot.context
    ward.reminders['paid-most'] = 10
    try {
      const people = numbers(0, 6).map(() => bot.fake.user())
      for (const text of ['/start vneid-level-1_g5', '1', '1', '1', '1']) {
        for (const person of people) person.says(text)
        await bot.settle()
      }
      bot.clock.pass('3 days')
      // One of them was here just now, and costs nothing.
      people[5]!.opensChat()
      await bot.settle()
      const shown = await reminders.preview({ contact: 'head', scope: scopeOf(OPERATOR) }, { ...PLAN, paid: true })
      if (shown.kind !== 'preview') throw new Error(shown.kind)
      expect(shown.tally.places).toMatchObject({ paid: 5, now: 1 })
      change(bot.fake.oa)
      await reminders.confirm({ id: shown.id, key: 'k', by: 'head', count: messagesOf(shown.tally) })
      for (let round = 0; round < 5; round++) {
        await reminders.runOnce()
        await bot.settle()
      }
      const paid = _.startsWith('-321') ? 2 : 0
      expect(await reminders.progress(shown.id)).toEqual([
        { result: 'cancelled', reason: 'window-closed', count: 5 - paid, cost: 0 },
        { result: 'sent', reason: null, count: 1 + paid, cost: 55 * paid },
      ])
      expect(bot.logs.filter((line) => line.includes('the account may send no more'))).toHaveLength(5 - paid)
      expect((await sql<{ state: string }>`select state from broadcast`.execute(database.store.db)).rows).toEqual([{ state: 'done' }]) // prettier-ignore
      // Whoever writes is reached again, for nothing.
      const shut = await sql<{ address: string }>`select address from address where shut_at is not null`.execute(database.store.db) // prettier-ignore
      people.find(({ id }) => id === shut.rows[0]!.address)!.says('xin chào')
      await bot.settle()
      bot.clock.pass('1 day')
      const again = await reminders.preview({ contact: 'head', scope: scopeOf(OPERATOR) }, { ...PLAN, paid: true })
      if (again.kind !== 'preview') throw new Error(again.kind)
      expect(again.tally.reasons['paper: window-closed']).toBe(4 - paid)
    } finally {
      ward.reminders['paid-most'] = 0
      await bot.close()
      await database.drop()
    }
  })
})

describeEngines('apps that refuse whatever comes to their mind', all, (engine) => {
  test('everybody has exactly one outcome within the days of the broadcast, nobody is reminded twice, and who got nothing can be told why', async () => {
    const database = await engine.fresh()
    const zalo = Object.assign(createScripted(), { name: 'zalo' as const })
    const stage = createStage(database.store, { also: [zalo] })
    const { clock } = stage
    const other = createStage(database.peer(), { clock, channel: stage.channel, also: [zalo] })
    let seed = 7
    const chance = () => (seed = (seed * 48_271) % 2_147_483_647) / 2_147_483_647
    const arrived: string[] = []
    const answer = (call: string): Outcome => {
      const [address = ''] = call.split(':')
      const dice = chance()
      if (dice < 0.15) return SHUT
      if (dice < 0.2) return { kind: 'window-closed', quota: '-211' }
      if (dice < 0.3) return { kind: 'retry-after', ms: 6 * HOUR, scope: 'address' }
      if (dice < 0.33) return { kind: 'retry-after', ms: 60_000, scope: 'channel' }
      if (dice < 0.36) return { kind: 'blocked' }
      if (dice < 0.38) return { kind: 'rejected', code: 'test' }
      if (dice < 0.4) return { kind: 'auth-lost', reason: 'test' }
      if (dice < 0.45) return { kind: 'not-sent', reason: 'test' }
      if (dice < 0.5) {
        if (chance() < 0.5) arrived.push(address)
        return { kind: 'unknown', reason: 'test' }
      }
      arrived.push(address)
      return { kind: 'sent', providerId: '1' }
    }
    for (const channel of [stage.channel, zalo]) channel.outcomes = numbers(0, 20_000).map(() => answer)
    try {
      await addResidents(stage.store, numbers(1000, 120))
      await sql`update address set channel = 'zalo'`.execute(stage.store.db)
      await addResidents(stage.store, numbers(2000, 120))
      const { id } = await send(stage)
      for (let hour = 0; hour < 8 * 24; hour++) {
        if (chance() < 0.05) await stage.reminders.pause(id)
        await Promise.all([stage.work(), other.work()])
        if (chance() < 0.5) await other.reminders.resume(id)
        if (hour < 24 && chance() < 0.3) {
          const address = String(1000 + Math.floor(chance() * 120))
          await touch(stage.store.db, [{ channel: 'zalo', address, at: clock() }])
          await sql`update session set last_at = ${clock()} where contact = ${`c-${address}`}`.execute(stage.store.db)
        }
        clock.pass('1 hour')
      }
      await stage.work()
      const found = await outcomePage(stage.store.db, WARD, id, '', 1000)
      expect(found).toHaveLength(240)
      const of = (result: string) => found.filter((row) => row.result === result)
      expect(of('waiting')).toEqual([])
      expect((await sql<{ state: string }>`select state from broadcast`.execute(stage.store.db)).rows[0]!.state).not.toMatch(/running|paused/) // prettier-ignore
      expect(arrived.length).toBe(new Set(arrived).size)
      const heard = new Set(arrived)
      for (const { contact, result } of found) {
        const address = contact!.slice(2)
        if (result === 'sent') expect(heard).toContain(address)
        else if (result !== 'maybe') expect(heard).not.toContain(address)
      }
      // Whoever came back meanwhile was told where they stand by the answer to what they wrote.
      const silent = found.filter((row) => row.result !== 'sent' && row.result !== 'maybe')
      expect(silent.filter((row) => !isToVisit(row) && row.reason !== 'came-back')).toEqual([])
      expect(of('sent').length).toBeGreaterThan(100)
      expect(of('cancelled').length).toBeGreaterThan(20)
    } finally {
      await database.drop()
    }
  }, 120_000)
})
