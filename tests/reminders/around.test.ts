import { sql } from 'kysely'
import type { BroadcastPlan } from '../../src/core/model/broadcast.js'
import { lastLook } from '../../src/reminders/leaving.js'
import { loadByAddresses, saveSessions } from '../../src/store/contacts.js'
import { eraseContact } from '../../src/store/erase.js'
import { optOut } from '../../src/store/opt-outs.js'
import { claimOutbox } from '../../src/store/sending.js'
import { describeEngines, engines } from '../support/databases.js'
import { addResidents, PLAN, send, type Stage, WARD, onFreshStage } from './stage.js'

const AT_STEP: BroadcastPlan = { ...PLAN, audience: { ...PLAN.audience, who: { kind: 'at-step', step: 'scan-card' } } }

describeEngines('a reminder and what happens around it', await engines(), (engine) => {
  let stage: Stage
  onFreshStage(engine, (made) => void ({ stage } = made))

  const db = () => stage.store.db
  const to = () => stage.channel.calls.map((call) => call.split(':')[0])
  const reminded = async () => (await sql<{ person: string }>`select person from reminded order by person`.execute(db())).rows.map(({ person }) => person) // prettier-ignore
  const tally = async (plan = PLAN) => {
    const shown = await stage.reminders.preview({ contact: 'head', scope: WARD }, plan)
    if (shown.kind !== 'preview') throw new Error(shown.kind)
    return { now: shown.tally.places.now, ...shown.tally.reasons }
  }
  /** `c-2` acts for `p-31` and those behind, who have no phone. */
  const family = async (...ids: number[]) => {
    await addResidents(stage.store, [2], { started: false })
    await addResidents(stage.store, ids, { by: 'c-2' })
    for (const id of ids) await sql`delete from address where address = ${String(id)}`.execute(db())
  }

  test('comes to nobody who wrote within ten minutes, and then it comes', async () => {
    await addResidents(stage.store, [1, 2])
    const wrote = stage.clock()
    await sql`update session set last_at = ${wrote} where contact = 'c-1'`.execute(db())
    stage.clock.pass('1 minute')
    const { id } = await send(stage)
    await stage.work()
    expect(to()).toEqual(['2'])
    stage.clock.pass(10 * 60_000 - 60_000 - 1)
    await stage.work()
    expect(to()).toEqual(['2'])
    stage.clock.pass(1)
    await stage.work()
    expect(to()).toEqual(['2', '1'])
    expect(await stage.outcomes(id)).toEqual(['p-1 sent', 'p-2 sent'])
  })

  test('leaves a newer question in front when it comes late: «1» answers that one', async () => {
    await addResidents(stage.store, [1])
    await send(stage)
    await stage.reminders.runOnce()
    const session = async () => (await loadByAddresses(db(), [{ channel: 'telegram', address: '1' }]))[0]!.session
    const before = await session()
    const prompt = { n: before.said + 1, ask: { kind: 'about', flow: 'id-card' }, options: ['start', 'later'] } as const
    await stage.store.transaction((tx) =>
      saveSessions(tx, [{ contact: 'c-1', session: { ...before, version: before.version + 1, said: before.said + 1, prompt: { ...prompt, options: [...prompt.options] } } }]),
    ) // prettier-ignore
    await stage.delivery.runOnce()
    expect(to()).toEqual(['1'])
    expect((await session()).prompt).toEqual(prompt)
  })

  test('on its way to a helper when one of those it names is erased, it names only the others', async () => {
    await family(31, 32, 33)
    const { id } = await send(stage, AT_STEP)
    await stage.reminders.runOnce()
    const claimed = await stage.store.transaction((tx) =>
      claimOutbox(tx, { channel: 'telegram', lane: 'rest', now: stage.clock(), leaseMs: 90_000, limit: 10 }),
    )
    expect(claimed).toHaveLength(1)
    expect(claimed[0]!.body).toContain('mẹ 31')
    await stage.store.transaction((tx) => eraseContact(tx, 'c-31', () => 'anon-1'))
    expect(await stage.store.transaction((tx) => lastLook(tx, stage.parts, claimed))).toEqual([])
    await stage.work()
    expect(stage.channel.calls).toHaveLength(1)
    expect(stage.channel.calls[0]).toMatch(/mẹ 32[^]*mẹ 33/)
    expect(stage.channel.calls[0]).not.toContain('mẹ 31')
    expect((await stage.outcomes(id)).sort()).toEqual(['anon-1 cancelled: erased', 'p-32 sent', 'p-33 sent'])
  })

  test('that the app rejects counts for nothing: neither for the day nor for the week', async () => {
    await addResidents(stage.store, [1])
    for (let day = 0; day < 3; day++) {
      stage.channel.outcomes = [{ kind: 'rejected', code: 'test' }]
      expect(await tally()).toEqual({ now: 1 })
      const { id } = await send(stage)
      await stage.work()
      expect(await stage.outcomes(id)).toEqual(['p-1 failed: rejected: test'])
      expect([await reminded(), await tally()]).toEqual([[], { now: 1 }])
      stage.clock.pass('1 day')
    }
    expect(to()).toEqual(['1', '1', '1'])
  })

  test('that somebody’s «đừng nhắn nữa» keeps back frees the day of the helper who was to read it', async () => {
    await family(31)
    await send(stage, AT_STEP)
    await stage.reminders.runOnce()
    expect(await reminded()).toEqual(['p-2', 'p-31'])
    expect(await tally()).toMatchObject({ now: 0 })
    await stage.store.transaction((tx) => optOut(tx, ['p-31'], stage.clock()))
    expect(await reminded()).toEqual([])
    expect(await tally()).toEqual({ now: 1, 'left-out: opted-out': 1 })
    await stage.work()
    expect(stage.channel.calls).toEqual([])
  })
})
