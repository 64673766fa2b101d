import { readFileSync, existsSync } from 'node:fs'
import { createZaloBot } from '../../support/fake-zalo/bot.js'
import { describeEngines, engines } from '../../support/databases.js'

const HUNTED = ['079203004567', '483926', 'Baham@1972', '912345678', '0912 345 987', 'Nguyễn Thị Tư', 'Câu của bác', 'Chào bác, cô đây'] // prettier-ignore

describeEngines('what people write on Zalo', (await engines()).slice(0, 1), (engine) => {
  test('is in no log line and not in the database, whatever goes wrong; nor is a token', async () => {
    const database = await engine.fresh()
    const bot = await createZaloBot({ store: database.store, oa: { echoes: true, receipts: true }, env: { ZALO_CONTACT_PICTURE: 'https://phoyen.example/p.png' } }) // prettier-ignore
    const { fake } = bot
    const person = fake.user()
    for (const [i, text] of [
      '/start',
      '1',
      '1',
      'số căn cước 079203004567',
      'mã OTP là 483926',
      'mật khẩu là Baham@1972',
      'gọi cho tôi 0912 345 987',
      'Câu của bác',
    ].entries()) {
      // prettier-ignore
      const answer = (['reset', 'html-502', 'cut', { code: -201 }, { code: -9999 }, { code: -216 }] as const)[i % 6]!
      fake.faults.next('/oa/message', { accepted: i % 2 === 0, answer })
      person.says(text)
      await bot.calm()
    }
    person.taps('#w:079203004567')
    person.says('gọi lại cho tôi')
    await bot.calm()
    expect(JSON.stringify(fake.accepted)).toContain('request_user_info')
    person.submitsInfo({ name: 'Nguyễn Thị Tư', phone: '84912345678' })
    fake.colleague('9', person.id, 'Chào bác, cô đây')
    fake.webhooks.queue('user_send_image', { sender: { id: person.id }, recipient: { id: fake.oa.oaId }, message: { msg_id: 'i1', text: 'thẻ của tôi 079203004567', attachments: [{ type: 'image', payload: { url: 'https://b-f1.zdn.vn/079203004567' } }] } }) // prettier-ignore
    await bot.calm()
    await fake.webhooks.post('{"text":"Câu của bác 0912 345 987"}', { 'X-ZEvent-Signature': 'mac=00' })
    await bot.context.catchUp!.runOnce()
    await bot.calm()
    expect(person.heard().length).toBeGreaterThan(6)
    const file = database.store.where
    const raw = ['', '-wal'].map((end) => file + end).filter(existsSync).map((path) => readFileSync(path).toString('utf8')).join('') // prettier-ignore
    const logs = bot.logs.join('')
    expect(raw.length).toBeGreaterThan(50_000)
    expect(logs.length).toBeGreaterThan(500)
    const secrets = [fake.app.appSecret, fake.app.oaSecret, 'access-1', 'access-2', 'refresh-1', 'refresh-2']
    for (const word of [...HUNTED, ...secrets]) {
      expect({ word, logs: logs.includes(word) }).toEqual({ word, logs: false })
      expect({ word, raw: raw.includes(word) }).toEqual({ word, raw: false })
    }
    await bot.close()
    await database.drop()
  })
})
