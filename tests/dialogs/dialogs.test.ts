import { sql } from 'kysely'
import type { Dialog } from '../../src/dialogs/dialogue.js'
import { DIALOG_MS } from '../../src/dialogs/dialogs.js'
import { countDeferred, listDead } from '../../src/store/inbox.js'
import { begin, createBot, holdRequests, type TestBot } from '../support/context.js'
import { describeEngines, engines, type TestDatabase } from '../support/databases.js'
import { createForms } from '../support/forms.js'

const words = (text: string) => ({ key: 'phrases:group.option', vars: { group: text } })
const option = (id: string, label = id) => ({ id, label: words(label) })

/** A form that asks for a name until it has two words, then whether to keep it, and keeps it. */
function nameForm(kept: string[], more: Partial<Dialog> = {}): Dialog {
  return {
    name: 'name',
    version: 1,
    async run(d) {
      const name = await d.text('name', { block: [words('name?')], options: [] }, (text) =>
        text.includes(' ') ? { ok: text } : { no: words('two words') },
      )
      if (typeof name !== 'string') return
      const number = await d.act('number', async () => kept.length + 1)
      const keep = await d.choose('keep', {
        block: [words(`keep ${name} as ${number}?`)],
        options: [option('yes', 'Keep'), option('no', 'Leave')],
      })
      if (keep === 'no') return d.say(words('not kept'))
      await d.act('keep', async ({ tx, contact }) => {
        kept.push(name)
        await sql`update contact set grp = 9 where id = ${contact.contact}`.execute(tx)
      })
      d.say(words(`kept ${name}`))
    },
    ...more,
  }
}

describeEngines('a form in the chat', await engines(), (engine) => {
  let database: TestDatabase
  let bot: TestBot
  let kept: string[]
  const open = (dialog: Dialog) => {
    bot = createBot(database.store, { dialogs: { dulieu: dialog } })
    holdRequests(bot)
  }
  beforeEach(async () => {
    kept = []
    database = await engine.fresh()
    open(nameForm(kept))
  })
  afterEach(async () => {
    await bot.context.close()
    await database.drop()
  })
  const { work, says } = createForms(() => bot)

  test('asks, asks again what is wrong, acts once, and comes back to the guide', async () => {
    const resident = bot.resident()
    await begin(resident)
    expect((await says(resident, '/dulieu')).text).toContain('name?')
    expect((await says(resident, 'An')).text).toMatch(/two words[^]*name\?/)
    const asked = await says(resident, 'Nguyễn An')
    expect(asked.text).toContain('keep Nguyễn An as 1?')
    expect(asked.text).not.toContain('two words')
    expect(asked.options).toHaveLength(2)
    const over = await says(resident, '1')
    expect(over.text).toMatch(/kept Nguyễn An[^]*Mình làm tiếp nhé/)
    expect(kept).toEqual(['Nguyễn An'])
    expect(await resident.contact()).toMatchObject({ grp: 9 })
    expect((await resident.ask()).kind).toBe('recap')
    expect(await countDeferred(database.store.db)).toBe(0)
  })

  test('goes on after a restart, and a button pressed twice acts once', async () => {
    const resident = bot.resident()
    await begin(resident)
    await says(resident, '/dulieu')
    await says(resident, 'Lê Thị Bình')
    open(nameForm(kept))
    const again = bot.resident(resident.address)
    await again.tap('yes')
    await again.tap('yes')
    await work()
    expect(kept).toEqual(['Lê Thị Bình'])
    expect((await again.heard()).filter(({ text }) => text.includes('kept Lê'))).toHaveLength(1)
  })

  test('words typed before the next question was there are not taken for its answer', async () => {
    const resident = bot.resident()
    await begin(resident)
    await says(resident, '/dulieu')
    await resident.say('Trần An')
    await resident.say('1950')
    await work()
    expect((await resident.last()).text).toContain('keep Trần An as 1?')
    expect((await resident.ask()).kind).toBe('dialog')
  })

  test('is left by a word, by a slash command, and never swallows a secret', async () => {
    const resident = bot.resident()
    await begin(resident)
    await says(resident, '/dulieu')
    expect((await says(resident, 'thôi')).text).toContain('chưa ghi gì thêm')
    expect((await resident.ask()).kind).toBe('recap')
    await says(resident, '/dulieu')
    expect((await says(resident, 'mã otp của bác là 482913')).text).toContain('đã che')
    expect((await resident.ask()).kind).toBe('dialog')
    expect((await says(resident, 'tiến độ')).text).toContain('Tiến độ')
    expect((await says(resident, '/tieptuc')).text).toContain('Mình làm tiếp nhé')
    expect((await resident.ask()).kind).toBe('recap')
    expect(kept).toEqual([])
  })

  test('that was changed under its answers ends with a sentence and keeps nothing half-done', async () => {
    for (const changed of [
      nameForm(kept, { version: 2 }),
      nameForm(kept, {
        run: async (d) => void (await d.choose('other', { block: [words('x')], options: [option('a')] })),
      }),
    ]) {
      const resident = bot.resident()
      await begin(resident)
      await says(resident, '/dulieu')
      open(changed)
      const again = bot.resident(resident.address)
      expect((await says(again, 'Nguyễn An')).text).toContain('làm lại từ đầu')
      expect((await again.ask()).kind).toBe('recap')
      open(nameForm(kept))
    }
    expect(kept).toEqual([])
  })

  test('that nobody answered for a day is over', async () => {
    const resident = bot.resident()
    await begin(resident)
    await says(resident, '/dulieu')
    bot.clock.pass(DIALOG_MS + 1)
    expect((await says(resident, 'Nguyễn An')).text).toContain('để lâu quá')
  })

  test('whose act fails changes nothing, is tried again, and is put aside with an apology', async () => {
    open(
      nameForm(kept, {
        run: async (d) => {
          await d.choose('go', { block: [words('go?')], options: [option('yes')] })
          try {
            await d.act('break', async ({ tx, contact }) => {
              await sql`update contact set grp = 9 where id = ${contact.contact}`.execute(tx)
              throw new Error('broken')
            })
          } catch {
            d.say(words('went on all the same'))
          }
        },
      }),
    )
    const resident = bot.resident()
    await begin(resident)
    await says(resident, '/dulieu')
    await resident.tap('yes')
    for (let i = 0; i < 4; i++) {
      await work()
      bot.clock.pass(61_000)
    }
    expect((await resident.last()).text).toContain('chưa làm được việc vừa rồi')
    expect(await resident.contact()).toMatchObject({ grp: 5 })
    expect(await listDead(database.store.db, 5)).toHaveLength(1)
    expect((await says(resident, '/tieptuc')).text).toContain('Mình làm tiếp nhé')
  })

  test('for leaders is closed to residents, and to a leader who is one no longer', async () => {
    open(nameForm(kept, { roles: ['leader'] }))
    const resident = bot.resident()
    await begin(resident)
    expect((await says(resident, '/dulieu')).text).toContain('dành cho tổ trưởng')
    const { id } = await resident.contact()
    await sql`update contact set role = 'leader' where id = ${id}`.execute(database.store.db)
    expect((await says(resident, '/dulieu')).text).toContain('name?')
    await sql`update contact set role = 'resident' where id = ${id}`.execute(database.store.db)
    expect((await says(resident, 'Nguyễn An')).text).toContain('dành cho tổ trưởng')
    expect(kept).toEqual([])
  })

  test('may tell somebody else, who is woken', async () => {
    const other = bot.resident()
    await begin(other)
    const { id } = await other.contact()
    open(
      nameForm(kept, {
        run: async (d) => {
          const told = await d.act('tell', ({ tell }) => tell(id, [[words('news')]]))
          d.say(words(String(told)))
        },
      }),
    )
    const resident = bot.resident()
    await begin(resident)
    const before = (await resident.session()).prompt
    expect((await says(resident, '/dulieu')).text).toContain('true')
    expect((await resident.session()).prompt).toEqual(before)
    expect((await other.last()).text).toContain('news')
  })
})
