// The walk on grammY with its conversations plugin: a conversation in Redis, a ledger row a message.
import { conversations, createConversation } from '@grammyjs/conversations'
import { RedisAdapter } from '@grammyjs/storage-redis'
import { Bot, InlineKeyboard, webhookCallback } from 'grammy'
import { Hono } from 'hono'
import { Redis } from 'ioredis'
import { openLedger } from './ledger.mjs'
import { ledgerPlace, readGuide, sentMessage, serveBench } from './serve.mjs'

const guide = readGuide()
const ledger = await openLedger(ledgerPlace())
const redis = new Redis(process.env.REDIS_URL)

/** Every request is built and answered on the spot: nothing leaves the process. */
const answered = async (_url, { body }) => ({
  ok: true,
  json: async () => ({ ok: true, result: sentMessage(JSON.parse(body).chat_id) }),
})
const bot = new Bot('1:bench', {
  client: { fetch: answered },
  botInfo: { id: 1, is_bot: true, first_name: 'Ward', username: 'ward_bot' },
})

const keyboard = ({ options }) => InlineKeyboard.from(options.map(({ label, id }) => [InlineKeyboard.text(label, id)]))

async function walk(conversation, ctx) {
  const contact = String(ctx.chatId)
  const log = (step, outcome, detail) =>
    conversation.external(async () => {
      await ledger.append({ at: Date.now(), contact, flow: guide.flow, step, outcome, detail })
    })
  const ask = async (message) => {
    await ctx.reply(message.text, { reply_markup: keyboard(message) })
    const answer = await conversation.waitForCallbackQuery(message.options.map(({ id }) => id))
    return answer.callbackQuery.data
  }
  await log('', 'opened', null)
  for (const question of guide.before) await log(question.id, 'answered', await ask(question))
  for (const step of guide.steps) {
    for (;;) {
      const answer = await ask(step)
      if (answer !== 'trouble') {
        await log(step.id, 'done', answer)
        break
      }
      await log(step.id, 'trouble', null)
      await log(step.id, 'trouble', await ask(guide.troubles))
      await log(step.id, 'helped', await ask(guide.remedy))
    }
  }
  await ctx.reply(guide.finished.text, { reply_markup: keyboard(guide.finished) })
}

bot.use(
  conversations({
    storage: {
      type: 'key',
      prefix: process.env.REDIS_PREFIX,
      adapter: new RedisAdapter({ instance: redis }),
    },
  }),
)
bot.use(createConversation(walk))
bot.command('start', (ctx) => ctx.conversation.enter('walk'))
bot.catch((error) => {
  throw error
})

const app = new Hono()
app.post('/webhook', webhookCallback(bot, 'hono'))
serveBench(app, async () => {
  redis.disconnect()
  await ledger.close()
})
