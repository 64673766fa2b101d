import { setTimeout as setTimeoutPromise } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { type Config, ConfigError, readConfig } from './config.js'
import { type Polling, startPolling } from './channels/telegram/poll.js'
import { setUpTelegram } from './channels/telegram/set-up.js'
import { type Context, createContext } from './context.js'
import { settle } from './core/flow/editions.js'
import { dayOf } from './core/policy/calendar.js'
import { fillRoster } from './demo/roster.js'
import { simulate } from './demo/simulate.js'
import { reasonOf, sentenceFor } from './sentence.js'
import { takeLock } from './store/lock.js'
import { migrate } from './store/migrate.js'
import { standing } from './store/runs.js'
import { letIn } from './access/page-link.js'
import { invitationPayload, invite } from './access/invite.js'
import { createRoleMenus } from './turns/role-menus.js'
import { menusOf } from './turns/menus.js'
import { serveWeb } from './web/serve.js'

/** Residents of the demo ward and the days in which they began. */
const DEMO = { residents: 320, days: 30, seed: 147 }
/** How long a stop may take before the process ends anyway, ms. */
const STOP_MS = 10_000

/** Starts in order; what was started is stopped in reverse. */
async function start(config: Config): Promise<void> {
  const stops: (() => Promise<unknown> | unknown)[] = []
  const stop = async (): Promise<void> => {
    for (const step of stops.reverse()) await step()
  }
  try {
    if (config.databaseUrl === undefined) stops.push(takeLock(config.dataDir))
    const context = createContext(config)
    stops.push(() => context.close())
    const { applied } = await migrate(context.store)
    if (applied.length > 0)
      context.log.info({ applied, where: context.store.where }, 'database: schema brought up to date')
    await tellMoved(context)
    context.requests.start()
    context.delivery.start()
    context.escalation.start()
    context.questions.start()
    context.upkeep.start()
    context.reminders.start()
    context.live.start()
    context.schedules.start()
    const web = await listen(context)
    stops.push(() => web.close())
    stops.push(openTelegram(context))
    endOnSignals(stop)
    await greet(context, web.port)
    // Beside the first visitors: the page answers at once.
    if (config.demo) void fillDemo(context)
  } catch (error) {
    await stop().catch(() => {})
    throw error
  }
}

/** Ctrl+C and a service manager end the process in order; the second signal changes nothing. */
function endOnSignals(stop: () => Promise<void>): void {
  let ending = false
  const end = (signal: string) => {
    if (ending) return
    ending = true
    setTimeout(() => process.exit(1), STOP_MS).unref()
    void stop().then(
      () => process.exit(0),
      (error: Error) => {
        process.stderr.write(`Stopping after ${signal} failed: ${error.message}\n`)
        process.exit(1)
      },
    )
  }
  process.on('SIGINT', () => end('SIGINT'))
  process.on('SIGTERM', () => end('SIGTERM'))
}

/**
 * Lets Telegram in beside everything else: its set-up and its refusals never hold up the start or another channel. Gives back how to
 * close the door again.
 */
function openTelegram({ telegram, config, intake, texts, store, clock, log }: Context): () => Promise<void> {
  if (!telegram || !config.telegram) return async () => {}
  const secret = config.telegram.webhookSecret
  const roleMenus = createRoleMenus({ telegram, store, texts, clock, log })
  let closed = false
  let polling: Polling | undefined
  void setUpTelegram({
    telegram,
    webhook: secret === undefined ? null : { url: `${config.publicUrl}/webhooks/telegram`, secret },
    menus: menusOf(texts, dayOf(clock())),
    log,
  }).then((ready) => {
    // A network that is away at the start comes back: asking for updates goes on as long as the bot runs.
    if (secret === undefined && !closed)
      polling = startPolling({ telegram, take: (updates) => intake.take(telegram, updates), log })
    if (ready && !closed) roleMenus.start()
    if (ready) log.info({ channel: 'telegram', by: secret === undefined ? 'polling' : 'webhook' }, 'telegram: open')
  })
  return async () => {
    closed = true
    await roleMenus.stop()
    await polling?.stop()
  }
}

/** Counts the people whose step was moved or is gone since they last wrote; each is carried along when they write again. */
async function tellMoved({ store, world, log }: Context): Promise<void> {
  const counts = new Map<string, number>()
  for (const { flow: id, edition, step, state, count } of await standing(store.db)) {
    const flow = world.flows.get(id)
    if (state === 'finished') continue
    const how = flow ? settle(flow, { id: '', person: '', flow: id, edition, step, state, seq: 0, startedAt: 0, enteredAt: 0, trail: [], tries: 0 }).how : 'flow gone' // prettier-ignore
    if (how !== 'same') counts.set(`${id}/${step}: ${how}`, (counts.get(`${id}/${step}: ${how}`) ?? 0) + count)
  }
  for (const [where, count] of counts) log.warn({ where, count }, 'guide changed under people standing in it')
}

async function fillDemo(context: Context): Promise<void> {
  try {
    if ((await standing(context.store.db)).length > 0) return
    const done = await simulate(context, DEMO)
    await fillRoster(context, DEMO.seed)
    await giveBackMemory()
    context.log.info(done, 'demo: made-up residents let in')
  } catch (error) {
    // A stop in the middle of it: the residents who are in stay in.
    context.log.warn({ err: reasonOf(error) }, 'demo: not all made-up residents were let in')
  }
}

/** Between two collections of garbage, ms: pages that the first one empties are only given back by the second. */
const COLLECT_MS = 500

/**
 * Thousands of messages in a few seconds leave garbage that a server at rest has no reason to collect. «Last resort» also shrinks the heap,
 * which Node 22 and 24 do not do by themselves (measured on 20, 22, 24: 155 to 215 MB before, 109 to 128 MB after).
 */
async function giveBackMemory(): Promise<void> {
  setFlagsFromString('--expose-gc')
  const collect = runInNewContext('gc') as (options?: { type: string; execution: string; flavor: string }) => void
  for (let times = 0; times < 3; times++) {
    collect()
    collect({ type: 'major', execution: 'sync', flavor: 'last-resort' })
    await setTimeoutPromise(COLLECT_MS, undefined, { ref: false })
  }
}

/** Says where to go; in the demo with one-time links for each role. */
async function greet({ config, store, texts, clock, newId, log, ward }: Context, port: number): Promise<void> {
  const base = config.publicUrl.replace(/:0$/, `:${port}`)
  if (!config.demo) return log.info({ url: `${base}/chat`, database: store.where }, 'started')
  const now = clock()
  const link = (code: string) => `${base}/chat?start=${invitationPayload(code)}`
  const group = ward.groups[4] ?? ward.groups[0] ?? null
  const [staff, head] = [await invite(store.db, 'staff', null, now), await invite(store.db, 'leader', group, now)]
  const pages = await store.transaction((tx) =>
    letIn(tx, { publicUrl: base, role: 'staff', group: null, newId, now: clock(), contact: 'demo-staff' }),
  )
  const voice = { locale: 'vi', form: 'bac', day: '2026-01-01' } as const
  const say = (key: string, vars = {}) => texts.render({ key: `phrases:start.${key}`, vars }, voice)
  process.stdout.write(
    `\n${say('demo')}\n\n  ${say('resident')}\n    ${base}/chat\n  ${say('staff')}\n    ${link(staff)}\n  ${say('pages')}\n    ${pages}\n  ${say('leader', { group: group ?? 0 })}\n    ${link(head)}\n\n${say('stop')}\n`,
  )
}

/** Opens the door; a port or host that cannot be had is a wrong setting. */
async function listen(context: Context): Promise<Awaited<ReturnType<typeof serveWeb>>> {
  try {
    return await serveWeb(context)
  } catch (error) {
    const code = error instanceof Error && 'code' in error ? error.code : undefined
    if (code === 'EADDRINUSE')
      throw new ConfigError('PORT', `${context.config.port} is taken by another program: choose another number`)
    if (code === 'EACCES')
      throw new ConfigError('PORT', `${context.config.port} is not allowed for this user: choose one above 1023`)
    if (code === 'EADDRNOTAVAIL' || code === 'ENOTFOUND' || code === 'EAI_AGAIN')
      throw new ConfigError('HOST', `${context.config.host} is no address of this machine`)
    throw error
  }
}

try {
  await start(readConfig(process.env))
} catch (error) {
  const bug = error instanceof Error ? (error.stack ?? error.message) : String(error)
  process.stderr.write(`${sentenceFor(error) ?? `The start failed: ${bug}`}\n`)
  process.exit(1)
}
