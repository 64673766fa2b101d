import { readCommand } from '../../src/core/language/commands.js'
import { quietHours } from '../../src/store/opt-outs.js'
import { begin, type Resident, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { onFreshBot } from '../support/forms.js'

describeEngines('the hours in which somebody wants reminders', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let resident: Resident
  const { says, taps } = onFreshBot(engine, async (made) => {
    ;({ database, bot } = made)
    resident = bot.resident()
    await begin(resident)
  })
  const kept = async () => {
    const { person } = await resident.session()
    return (await quietHours(database.store.db, [person])).get(person)
  }

  test('are chosen in everyday words, stand in «dữ liệu của tôi», and can be given up again', async () => {
    const asked = await says(resident, 'giờ nhắn')
    expect(asked.text).toMatch(/ban ngày[^]*lúc nào thì tiện/)
    expect((await taps(resident, 'evening')).text).toContain('chỉ đến buổi tối')
    expect(await kept()).toEqual([{ from: '21:00', until: '18:00' }])
    expect((await says(resident, '/dulieu')).text).toContain('chỉ đến buổi tối')
    await says(resident, '/gionhan')
    expect((await says(resident, '4')).text).toContain('ban ngày')
    expect(await kept()).toBeUndefined()
  })

  test('are taken from one sentence, and left as they are by «để như cũ»', async () => {
    expect((await says(resident, 'Chỉ nhắn buổi sáng thôi nhé')).text).toContain('chỉ đến buổi sáng')
    expect(await kept()).toEqual([{ from: '11:30', until: '07:00' }])
    await says(resident, 'đổi giờ nhắn')
    await taps(resident, 'cancel')
    expect(await kept()).toEqual([{ from: '11:30', until: '07:00' }])
  })
})

describe('what asks for other hours', () => {
  test.each([
    ['giờ nhắn', ''],
    ['gio nhan tin', ''],
    ['Chọn giờ nhắn tin', ''],
    ['chỉ nhắn buổi tối', 'evening'],
    ['chi nhan tin cho toi vao buoi chieu thoi', 'afternoon'],
    ['Nhắn cho tôi buổi sáng nhé', 'morning'],
    ['only message me in the evening', 'evening'],
  ])('«%s»', (text, args) => expect(readCommand(text)).toMatchObject({ command: 'gionhan', args }))
})
