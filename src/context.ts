import { randomBytes } from 'node:crypto'
import { type Logger, pino } from 'pino'
import type { Config } from './config.js'
import { loadContent } from './content.js'
import { learnedFrom } from './content/learned.js'
import type { Material } from './core/flow/inspect.js'
import type { ChannelName } from './core/model/message.js'
import type { Ward } from './core/model/ward.js'
import type { World } from './core/talk/world.js'
import type { SendingChannel } from './channels/channel.js'
import { createWaysIn, type WaysIn } from './access/ways-in.js'
import { type Counts, createCounts } from './channels/counts.js'
import { createTelegram, type Telegram, type TelegramSettings } from './channels/telegram/telegram.js'
import type { CallOptions } from './channels/zalo/sdk/index.js'
import type { Zalo } from './channels/zalo/zalo.js'
import { type Budget, createLocalBudget, createSharedBudget, RATES } from './delivery/budget.js'
import { createDelivery, type Delivery } from './delivery/delivery.js'
import { createLive, type Live } from './delivery/live.js'
import { createWakes, type Wakes } from './delivery/wakes.js'
import { openStore } from './parts/database.js'
import { connectRedis } from './parts/redis.js'
import { worldOf } from './parts/world.js'
import { openZalo } from './parts/zalo.js'
import { lastLook } from './reminders/leaving.js'
import { followBroadcast } from './reminders/live.js'
import type { ReminderParts } from './reminders/parts.js'
import { createReminders, type Reminders } from './reminders/reminders.js'
import { createSchedules, type Schedules } from './reminders/schedules.js'
import { scrub } from './store/erase.js'
import type { Store } from './store/open.js'
import { appSecret, createSeals, type Seals } from './store/sealed.js'
import { foldTally } from './store/tally.js'
import { createEscalation, type Escalation } from './tickets/escalate.js'
import { createKnownTexts } from './questions/known.js'
import { createOverlay } from './questions/overlay.js'
import { createQuestions, type Questions } from './questions/questions.js'
import type { TeachParts } from './questions/teach.js'
import { createTexts, type Texts } from './texts.js'
import type { Dialog } from './dialogs/dialogue.js'
import { dialogsByCommand } from './dialogs/by-command.js'
import { createDialogs, type Opener } from './dialogs/dialogs.js'
import { type CatchUp, createCatchUp } from './turns/catch-up.js'
import { createIntake, type Intake } from './turns/intake.js'
import { createRequests, type Requests } from './turns/requests.js'
import { createTurns, type Turns } from './turns/turns.js'
import { createRetention } from './upkeep/retention.js'
import { createSoundness, type Soundness } from './upkeep/soundness.js'
import { createUpkeep, type Upkeep } from './upkeep/upkeep.js'
import { createWatchdogs } from './upkeep/watchdogs.js'
import { createZaloAccess, type ZaloAccess } from './upkeep/zalo-access.js'

/** Every part of a running bot, built once. */
export interface Context {
  config: Config
  log: Logger
  clock: () => number
  newId: () => string
  material: Material
  ward: Ward
  world: World
  texts: Texts
  store: Store
  /** Sealed columns: phone numbers, tokens. */
  seals: Seals
  wakes: Wakes
  turns: Turns
  requests: Requests
  /** How invitations lead to every app that is set up. */
  waysIn: WaysIn
  /** Null: not set up. */
  telegram: Telegram | null
  /** Tokens of the Official Account, and how new ones are got; null: Zalo is not set up. */
  zaloAccess: ZaloAccess | null
  /** Null: not set up. */
  zalo: Zalo | null
  catchUp: CatchUp | null
  intake: Intake
  delivery: Delivery
  /** Messages that follow a broadcast on the screen. */
  live: Live
  upkeep: Upkeep
  soundness: Soundness
  reminders: Reminders
  /** What reminders are made with, for those who make them outside the loop. */
  reminding: ReminderParts
  schedules: Schedules
  counts: Counts
  /** Brings tickets that nobody took before ward staff. */
  escalation: Escalation
  /** Brings what staff taught to the turns and to those who asked. */
  questions: Questions
  /** What it takes to teach the bot an answer. */
  teaching: TeachParts
  /** Stops taking messages, finishes what is under way, closes what is open. */
  close(): Promise<void>
}

/** Parts that tests and tools bring along. */
export interface Overrides {
  clock?: () => number
  newId?: () => string
  store?: Store
  material?: Material
  log?: Logger
  floodLimit?: number
  /** Other waiting times than Telegram's real ones. */
  telegram?: Partial<TelegramSettings>
  /** Other waiting times than those of Zalo's client. */
  zalo?: Pick<CallOptions, 'timeoutMs'>
  budget?: Budget
  /** These apps in place of those of the settings, of which none is opened; and the web page counts as nobody's way. */
  channels?: readonly SendingChannel[]
  /** What a turn leaves to be done waits until `requests.runOnce` is called. */
  requestsByHand?: boolean
  /** Other forms than the bot's own. */
  dialogs?: Partial<Record<Opener, Dialog>>
}

/**
 * 96 random bits, 16 characters: beyond guessing, short enough for a log line. None begins with a hyphen: a spreadsheet would take it
 * for a formula, and a command line for an option.
 */
export function randomId(): string {
  const id = randomBytes(12).toString('base64url')
  return id.startsWith('-') ? randomId() : id
}

/** How long a stop waits for signs to the apps, such as «pressed», ms. */
const CHORES_MS = 2000
/** No look through the whole database so soon after a start, ms: it takes a thread of its own and reads the whole file. */
const SOUNDNESS_RESTS_MS = 10 * 60_000

/** The composition root: the only place that names concrete parts. Throws ContentError when flows or texts are broken. */
export function createContext(config: Config, overrides: Overrides = {}): Context {
  const log = overrides.log ?? pino({ level: config.logLevel, base: null })
  const clock = overrides.clock ?? Date.now
  const newId = overrides.newId ?? randomId
  const material = overrides.material ?? loadContent(config)
  const texts = createTexts(material)
  const store = overrides.store ?? openStore(config)
  const model = learnedFrom(material)
  const overlay = createOverlay(store, model)
  const world = worldOf(material, texts, overrides.floodLimit, model, overlay.taught)
  const ward = material.ward.value
  const redis = config.redisUrl === undefined ? undefined : connectRedis(config.redisUrl, log)
  const wakes = createWakes(log, redis)
  const speaking = { world, texts, clock, newId }
  const seals = createSeals(() => appSecret(config))
  /** After the commit, and after whoever reads right now. */
  const erased = () => void setTimeout(() => void scrub(store).catch(() => {}), 1000).unref()
  const questions = createQuestions({ ...speaking, ward, store, overlay, log, wake: wakes.wake })
  const teaching = { ward, model, known: createKnownTexts(material, model), newId, changed: questions.changed }
  const asksNumber = (name: ChannelName) => channels.some((one) => one.name === name && one.capabilities.contactRequest)
  const apps = overrides.channels ? {} : { telegram: config.telegram, zalo: config.zalo }
  const telegram = apps.telegram ? createTelegram({ ...apps.telegram, ...overrides.telegram }) : null
  const waysIn = createWaysIn({ publicUrl: config.publicUrl, telegram, zalo: apps.zalo !== undefined })
  const forms = {
    ...speaking,
    ...teaching,
    erased,
    seals,
    asksNumber,
    publicUrl: config.publicUrl,
    random: randomBytes,
    reminding: () => about,
    waysIn,
  }
  const dialogs = createDialogs(speaking, overrides.dialogs ?? dialogsByCommand(forms))
  const requests = createRequests({ ...speaking, store, ward, dialogs, settled: questions.settle, wakes, log })
  const turns = createTurns(
    store,
    {
      world,
      texts,
      newId,
      onPoison: (error, where) =>
        log.error(
          { err: error instanceof Error ? error.stack : String(error), ...where },
          'turn: put aside, the resident was told',
        ),
    },
    wakes,
    log,
    overrides.requestsByHand ? () => {} : requests.nudge,
  )
  const zaloAccess = apps.zalo ? createZaloAccess({ config: apps.zalo, store, seals, clock, newId, log }) : null
  const counts = createCounts()
  const rates = { ...RATES }
  const local = createLocalBudget(clock, rates)
  const budget = overrides.budget ?? (redis ? createSharedBudget({ redis: redis.publish, log, local, rates }) : local)
  const zalo =
    apps.zalo && zaloAccess
      ? openZalo(apps.zalo, { zaloAccess, store, clock, log, counts, rates, budget, waiting: overrides.zalo ?? {} })
      : null
  const channels = overrides.channels ?? [telegram, zalo].filter((channel) => channel !== null)
  const about: ReminderParts = {
    store,
    world,
    texts,
    ward,
    channels,
    pages: config.demo && overrides.channels === undefined,
    newId,
    clock,
    log,
    wake: wakes.wake,
  }
  const reminders = createReminders(about)
  const escalation = createEscalation({ ...speaking, ward, store, log, wake: wakes.wake })
  const schedules = createSchedules(about, reminders)
  const delivery = createDelivery({
    store,
    channels,
    budget,
    wakes,
    clock,
    log,
    seen: counts.sent,
    alone: store.engine === 'sqlite',
    lastLook: (tx, rows) => lastLook(tx, about, rows),
  })
  const live = createLive({ store, channels, budget, wakes, clock, log, follow: (tx, one) => followBroadcast(tx, about, one) }) // prettier-ignore
  const intake = createIntake({ ...speaking, turns, dialogs, store, seals, wakes, log, counts })
  const catchUp = zalo && createCatchUp({ zalo, intake, store, budget, clock, log })
  const watched = apps.zalo && zaloAccess ? { config: apps.zalo, access: zaloAccess } : null
  const { publicUrl } = config
  const watchdogs = createWatchdogs({ ...speaking, store, publicUrl, counts, zalo: watched, wakes, log })
  const retention = createRetention({ store, ward, clock, newId })
  const soundness = createSoundness({ store, clock, rest: SOUNDNESS_RESTS_MS })
  const upkeep = createUpkeep({ watchdogs, catchUp, retention, soundness, fold: () => foldTally(store.db), log })
  return {
    config,
    log,
    clock,
    newId,
    material,
    ward,
    world,
    texts,
    store,
    seals,
    wakes,
    turns,
    requests,
    waysIn,
    telegram,
    zaloAccess,
    zalo,
    catchUp,
    intake,
    delivery,
    live,
    escalation,
    questions,
    teaching,
    upkeep,
    soundness,
    reminders,
    reminding: about,
    schedules,
    counts,
    async close() {
      catchUp?.stop()
      await upkeep.stop()
      await turns.stop()
      await requests.stop()
      await escalation.stop()
      await questions.stop()
      await intake.settled(CHORES_MS)
      await schedules.close()
      await reminders.close()
      await live.stop()
      await delivery.stop()
      await wakes.close()
      await store.close()
    },
  }
}
