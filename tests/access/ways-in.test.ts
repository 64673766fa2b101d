import { createWaysIn } from '../../src/access/ways-in.js'

const PARTS = { publicUrl: 'https://phuong.example', telegram: null, zalo: false }
const words = '/start inv_ABC'

describe('the ways into the chat', () => {
  test('are a link to the page where no app is set up', async () => {
    const ways = createWaysIn(PARTS)
    await ways.learn()
    expect(ways.of('inv_ABC')).toEqual([{ app: 'web', url: 'https://phuong.example/chat?start=inv_ABC' }])
  })

  test('are the words to send on Zalo, which has no link that takes them along', () => {
    expect(createWaysIn({ ...PARTS, zalo: true }).of('inv_ABC')).toEqual([
      { app: 'web', url: expect.any(String) as string },
      { app: 'zalo', words },
    ])
  })

  test('are words on Telegram until the bot’s name is known, then its link; it is asked for once', async () => {
    let asked = 0
    const telegram = { me: async () => (asked++, 'phuong_bot') }
    const ways = createWaysIn({ ...PARTS, telegram })
    const before = ways.of('inv_ABC')
    expect(before[1]).toEqual({ app: 'telegram', words })
    await Promise.all([ways.learn(), ways.learn()])
    expect(ways.of('inv_ABC')[1]).toEqual({ app: 'telegram', url: 'https://t.me/phuong_bot?start=inv_ABC' })
    await ways.learn()
    expect(asked).toBe(1)
  })

  test('ask Telegram again after it could not be reached, and are words meanwhile', async () => {
    let reachable = false
    const telegram = { me: async () => (reachable ? 'phuong_bot' : Promise.reject(new Error('offline'))) }
    const ways = createWaysIn({ ...PARTS, telegram })
    await ways.learn()
    expect(ways.of('inv_ABC')[1]).toEqual({ app: 'telegram', words })
    await ways.learn()
    reachable = true
    await ways.learn()
    expect(ways.of('inv_ABC')[1]).toEqual({ app: 'telegram', url: 'https://t.me/phuong_bot?start=inv_ABC' })
  })

  test.each(['', 'a b', 'evil/../x', '9bot', 'bot?start=other', 'x'.repeat(40)])(
    'put nothing into a link that is no user name: «%s»',
    async (name) => {
      const ways = createWaysIn({ ...PARTS, telegram: { me: async () => name } })
      await ways.learn()
      expect(ways.of('inv_ABC')[1]).toEqual({ app: 'telegram', words })
    },
  )

  test('make nobody wait for a Telegram that does not answer, and take the answer when it comes', async () => {
    let answer: (name: string) => void = () => {}
    const telegram = { me: () => new Promise<string>((done) => (answer = done)) }
    const ways = createWaysIn({ ...PARTS, telegram, waitMs: 1 })
    await ways.learn()
    expect(ways.of('inv_ABC')[1]).toEqual({ app: 'telegram', words })
    answer('phuong_bot')
    await ways.learn()
    expect(ways.of('inv_ABC')[1]).toEqual({ app: 'telegram', url: 'https://t.me/phuong_bot?start=inv_ABC' })
  })
})
