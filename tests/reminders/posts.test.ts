import { OPERATOR, scopeOf } from '../../src/core/policy/roles.js'
import { WardFile } from '../../src/core/model/ward.js'
import { isToVisit } from '../../src/core/broadcast/visits.js'
import { type Outcome, UNBOUND } from '../../src/channels/channel.js'
import { outcomePage } from '../../src/store/recipients.js'
import { createZaloBot } from '../support/fake-zalo/bot.js'
import { createClock } from '../support/clock.js'
import { createSchedules } from '../../src/reminders/schedules.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { loadWorld } from '../support/world.js'
import { createScripted } from '../delivery/scripted.js'
import { enrol, rosterPerson } from '../store/roster-samples.js'
import { createStage, PLAN, send, type Stage } from './stage.js'

describeEngines('a post in the chat of a group', await engines(), (engine) => {
  let database: TestDatabase
  let stage: Stage
  let posts: string[]
  let answers: Outcome[]
  beforeEach(async () => {
    database = await engine.fresh()
    stage = open()
    posts = []
    answers = []
    // Nobody of groups 5, 6 and 7 has ever written to us; the seventh has no chat.
    await enrol(database.store.db, [5, 6, 7].map((group) => rosterPerson(group, { group }))) // prettier-ignore
  })
  afterEach(() => database.drop())

  const open = (more: Parameters<typeof createStage>[1] = {}) => {
    const { value } = loadWorld().material.ward
    const ward = { ...value, reminders: { ...value.reminders, 'group-posts': { 5: 'five', 6: 'six' } } }
    const channel = Object.assign(createScripted(), {
      capabilities: UNBOUND,
      sendToGroup: async (group: string, text: string): Promise<Outcome> => {
        posts.push(`${group}: ${text}`)
        return answers.shift() ?? { kind: 'sent', providerId: null }
      },
    })
    return createStage(database.store, { ward, channel, ...more })
  }
  const places = async (id: string) => (await outcomePage(database.store.db, scopeOf(OPERATOR), id, '', 10)).map((row) => `${row.group} ${row.result}${isToVisit(row) ? ' visit' : ''}`) // prettier-ignore

  test('reaches those whom no message does, once a group, and names nobody', async () => {
    const { id } = await send(stage)
    await Promise.all([stage.work(), stage.work()])
    await stage.work()
    expect(posts.map((post) => post.split(':')[0])).toEqual(['five', 'six'])
    expect(posts[0]).toContain('bà con tổ 5')
    expect(posts[0]).toContain('Đừng gửi số căn cước')
    expect(posts.join()).not.toContain('Nguyễn')
    expect(await places(id)).toEqual(['5 group-post', '6 group-post', '7 paper visit'])
  })

  test('is one a day and two in a week: then its people are to be visited', async () => {
    const days: number[] = []
    for (let day = 0; day < 9; day++) {
      const before = posts.length
      for (let n = 0; n < 2; n++) {
        await send(open({ clock: stage.clock, newId: () => `b-${day}-${n}` }))
        await stage.work()
      }
      days.push(posts.length - before)
      stage.clock.pass('a day')
    }
    expect(days).toEqual([2, 2, 0, 0, 0, 0, 0, 2, 2])
    expect(await places('b-0-1')).toEqual(['5 paper visit', '6 paper visit', '7 paper visit'])
  })

  test('that the team comes is not posted when it is there: its people are told at the door', async () => {
    const wording = { kind: 'visit', day: '2026-11-24' } as const
    const { id } = await send(stage, { ...PLAN, wording, at: Date.parse('2026-11-24T09:00:00+07:00') })
    await stage.work()
    expect(await places(id)).toEqual(['5 paper visit', '6 paper visit', '7 paper visit'])
    stage.clock.pass('2 days')
    await stage.work()
    expect(posts).toEqual([])
  })

  test('of a reminder leaves the day to the announcement that the team comes', async () => {
    const { ward } = stage.parts
    const rule = {
      id: 'team',
      kind: 'visit',
      flow: 'vneid-level-1',
      on: '2026-11-24',
      groups: [6],
      at: '10:00',
    } as const
    stage.parts.ward = {
      ...ward,
      reminders: { ...ward.reminders, rules: [{ ...rule, groups: [...rule.groups] }], summary: null },
    }
    const schedules = createSchedules(stage.parts, stage.reminders)
    await schedules.set('team', true, 'staff')
    stage.clock.pass('an hour')
    const { id } = await send(stage)
    await stage.work()
    expect(posts.map((post) => post.split(':')[0])).toEqual(['five'])
    expect(await places(id)).toEqual(['5 group-post', '6 left-out', '7 paper visit'])
    stage.clock.pass('an hour')
    await schedules.runOnce()
    await stage.work()
    expect(posts.map((post) => post.split(':')[0])).toEqual(['five', 'six'])
    expect(posts[1]).toContain('thứ Ba 24/11')
  })

  test('waits for the morning, and a stop leaves nothing of it', async () => {
    const night = open({ clock: createClock('2026-11-23T22:00:00+07:00') })
    const { id } = await send(night)
    await night.work()
    expect(posts).toEqual([])
    night.clock.pass('9 hours')
    await night.work()
    expect(posts).toHaveLength(2)
    night.clock.pass('39 hours')
    const second = await send(open({ clock: night.clock, newId: () => 'second' }))
    await night.reminders.stop(second.id)
    night.clock.pass('10 hours')
    await night.work()
    expect(posts).toHaveLength(2)
    expect(await places(second.id)).toEqual(['5 paper visit', '6 paper visit', '7 paper visit'])
    expect(await places(id)).toEqual(['5 group-post', '6 group-post', '7 paper visit'])
  })

  test('that surely did not arrive is tried again, that is in doubt is not, and a refused one puts its people on paper', async () => {
    answers = [{ kind: 'not-sent', reason: 'reset' }, { kind: 'unknown', reason: 'reset' }, { kind: 'rejected', code: '-403' }] // prettier-ignore
    const { id } = await send(stage)
    await stage.work()
    expect(posts.map((post) => post.split(':')[0])).toEqual(['five', 'six'])
    stage.clock.pass('2 minutes')
    await stage.work()
    await stage.work()
    expect(posts.map((post) => post.split(':')[0])).toEqual(['five', 'six', 'five'])
    expect(await places(id)).toEqual(['5 paper visit', '6 group-post', '7 paper visit'])
  })

  test('says a sender’s own words only where they mean no single person', async () => {
    await send(stage, { ...PLAN, wording: { kind: 'own', text: 'Mời bà con làm {{guide}} sáng thứ Bảy.' } })
    await stage.work()
    expect(posts[0]).toContain('Mời bà con làm')
    stage.clock.pass('a day')
    await send(stage, { ...PLAN, wording: { kind: 'own', text: '{{You}} đang ở bước {{number}}.' } })
    await stage.work()
    expect(posts.at(-1)).not.toContain('đang ở bước')
  })

  test('goes by the Official Account to a group that it made', async () => {
    const bot = await createZaloBot({ store: database.store })
    try {
      const member = bot.fake.user()
      member.says('/start vneid-level-1_g5')
      await bot.settle()
      const made = await bot.context.zalo!.client.createGroup({ name: 'Tổ 5', assetId: bot.fake.addGroupAsset(), memberIds: [member.id] }) // prettier-ignore
      if (!made.ok) throw new Error('no group')
      const { ward, reminders } = bot.context
      const parts = { ...ward.reminders, 'group-posts': { 5: made.data.groupId! } }
      const own = createStage(database.store, { ward: { ...ward, reminders: parts }, channels: [bot.context.zalo!], clock: bot.clock }) // prettier-ignore
      expect((await reminders.preview({ contact: 'a', scope: scopeOf(OPERATOR) }, PLAN)).kind).toBe('preview')
      await send(own)
      await own.reminders.runOnce()
      const posted = bot.fake.accepted.filter(({ kind }) => kind === 'group')
      expect(posted.map(({ to }) => to)).toEqual([made.data.groupId])
      expect(posted[0]!.text).toContain('bà con tổ 5')
    } finally {
      await bot.close()
    }
  })
})

test('a list of groups without their chats is refused with what to write instead', () => {
  const { value } = loadWorld().material.ward
  const read = WardFile.safeParse({ ...value, reminders: { ...value.reminders, 'group-posts': [5] } })
  expect(read.error?.issues.map(({ path, message }) => `${path.join('.')} ${message}`)).toEqual([
    'reminders.group-posts must name the group chat of each group, such as { 5: "id of the Zalo group" }, or {} for none',
  ])
})
