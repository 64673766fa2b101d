import type { Logger } from 'pino'
import type { Ward } from '../core/model/ward.js'
import { within } from '../core/policy/quiet.js'
import { tellAsker } from '../core/talk/taught.js'
import { type SpeakParts, speakTo } from '../speak/speak.js'
import { loadReachable } from '../store/contacts.js'
import type { Store } from '../store/open.js'
import { type Asker, forgetAsker, untoldAskers } from '../store/questions.js'
import type { Overlay } from './overlay.js'

/** How often another process's answers are looked for, ms. */
const LOOK_MS = 20_000
/** Askers looked up at a time. */
const TELL_LIMIT = 50

/** Brings what staff taught to the turns and to those who asked. */
export interface Questions {
  /** Something was taught in this process. */
  changed(): void
  /** After a commit: what was taught just now takes effect here at once. */
  settle(): Promise<void>
  /** Looks once. */
  runOnce(): Promise<void>
  start(): void
  stop(): Promise<void>
}

export interface QuestionParts extends SpeakParts {
  ward: Ward
  store: Store
  overlay: Overlay
  log: Logger
  wake: (contacts: readonly string[]) => void
}

export function createQuestions(parts: QuestionParts): Questions {
  const { ward, store, overlay, clock, log, wake } = parts
  let timer: NodeJS.Timeout | undefined
  let running: Promise<unknown> = Promise.resolve()
  let dirty = false

  /** One asker in a transaction of their own; gone in between means that another process told them. */
  const tell = async (asker: Asker): Promise<void> => {
    const told = await store.transaction(async (tx) => {
      // The session first, as a turn does: two that wait for each other would both have to begin again.
      const contact = await loadReachable(tx, asker.contact, { lock: true })
      // Taken back since it was looked up: the question waits again, and so does whoever asked.
      const entry = overlay.entry(asker.taught)
      if (!entry || !(await forgetAsker(tx, asker)) || !contact) return false
      await speakTo(tx, parts, contact, (draft) => tellAsker(draft, entry, asker.at))
      return true
    })
    if (told) wake([asker.contact])
  }

  const tellAll = async (): Promise<void> => {
    // Whoever asked days ago is not woken at night.
    if (within(ward.reminders.quiet, clock())) return
    for (;;) {
      const askers = await untoldAskers(store.db, TELL_LIMIT)
      if (askers.length === 0) return
      // Another process may have taught since.
      await overlay.refresh()
      for (const asker of askers) await tell(asker)
    }
  }

  const runOnce = async (): Promise<void> => {
    await overlay.refresh()
    await tellAll()
  }

  /** One look at a time; one that fails is tried again at the next. */
  const look = (): Promise<void> => {
    const next = running
      .then(runOnce)
      .catch((error: Error) => log.error({ err: error.message }, 'questions: not looked'))
    running = next
    return next
  }

  return {
    changed: () => void (dirty = true),
    async settle() {
      if (!dirty) return
      dirty = false
      await look()
    },
    runOnce,
    start() {
      void look()
      timer = setInterval(() => void look(), LOOK_MS)
    },
    async stop() {
      clearInterval(timer)
      await running
    },
  }
}
