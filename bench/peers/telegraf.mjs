// The walk as a Telegraf wizard: its session in Redis, a ledger row a message.
import { Redis } from '@telegraf/session/redis'
import { Hono } from 'hono'
import { createClient } from 'redis'
import { Markup, Scenes, session, Telegraf } from 'telegraf'
import { openLedger } from './ledger.mjs'
import { ledgerPlace, readGuide, sentMessage, serveBench } from './serve.mjs'

const guide = readGuide()
const ledger = await openLedger(ledgerPlace())
const client = createClient({ url: process.env.REDIS_URL })
const bot = new Telegraf('1:bench')
bot.botInfo = { id: 1, is_bot: true, first_name: 'Ward', username: 'ward_bot' }

/** Every request is built and answered on the spot: nothing leaves the process. */
Object.getPrototypeOf(Object.getPrototypeOf(bot.telegram)).callApi = async (_method, payload) =>
  sentMessage(JSON.parse(JSON.stringify(payload)).chat_id)

const keyboard = ({ options }) =>
  Markup.inlineKeyboard(options.map(({ label, id }) => [Markup.button.callback(label, id)]))
const say = (ctx, message) => ctx.reply(message.text, keyboard(message))
const log = (ctx, step, outcome, detail) =>
  ledger.append({ at: Date.now(), contact: String(ctx.chat.id), flow: guide.flow, step, outcome, detail })
const chosen = (ctx, message) => {
  const data = ctx.callbackQuery?.data
  return message.options.some(({ id }) => id === data) ? data : undefined
}

/** A handler reads the answer to its question; the trouble of a step is talked over within the step. */
const questions = [...guide.before, ...guide.steps]
const handlers = questions.map((question, i) => async (ctx) => {
  const { state } = ctx.wizard
  const front = state.trouble === 'which' ? guide.troubles : state.trouble === 'remedy' ? guide.remedy : question
  const answer = chosen(ctx, front)
  if (answer === undefined) return say(ctx, front)
  if (answer === 'trouble' && front === question) {
    await log(ctx, question.id, 'trouble', null)
    state.trouble = 'which'
    return say(ctx, guide.troubles)
  }
  if (front === guide.troubles) {
    await log(ctx, question.id, 'trouble', answer)
    state.trouble = 'remedy'
    return say(ctx, guide.remedy)
  }
  if (front === guide.remedy) {
    await log(ctx, question.id, 'helped', answer)
    delete state.trouble
    return say(ctx, question)
  }
  await log(ctx, question.id, i < guide.before.length ? 'answered' : 'done', answer)
  const next = questions[i + 1]
  if (next === undefined) {
    await say(ctx, guide.finished)
    return ctx.scene.leave()
  }
  await say(ctx, next)
  return ctx.wizard.next()
})
const wizard = new Scenes.WizardScene(
  'walk',
  async (ctx) => {
    await log(ctx, '', 'opened', null)
    await say(ctx, questions[0])
    return ctx.wizard.next()
  },
  ...handlers,
)

bot.use(session({ store: Redis({ client, prefix: process.env.REDIS_PREFIX }) }))
bot.use(new Scenes.Stage([wizard]).middleware())
bot.start((ctx) => ctx.scene.enter('walk'))
bot.catch((error) => {
  throw error
})

const app = new Hono()
app.post('/webhook', async (c) => {
  await bot.handleUpdate(await c.req.json())
  return c.body(null, 200)
})
serveBench(app, async () => {
  await client.disconnect()
  await ledger.close()
})
