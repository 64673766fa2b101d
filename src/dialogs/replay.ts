import { createRequire } from 'node:module'
import type { ReplayControls, ReplayEngine as Engine, ReplayState } from '@grammyjs/conversations/out/engine.js'
import type { Command } from '../core/language/commands.js'
import type { Line } from '../core/model/message.js'
import type { DialogAnswer } from '../core/talk/draft.js'
import type { Dialog, Dialogue, Now, Question } from './dialogue.js'

// The engine's own file: the package's front door would load grammY with it (measured: 6 ms against 121 ms).
const { ReplayEngine } = createRequire(import.meta.url)('@grammyjs/conversations/out/engine.js') as {
  ReplayEngine: typeof Engine
}

/** How long one answer may take, ms: a form that hangs must not hold its contact for ever. */
const ANSWER_MS = 10_000

/** What an answer to a form came to. `diverged`: the form's code no longer fits what was answered. */
export type Played =
  | { kind: 'asks'; blocks: Line[][]; question: Question; state: string }
  | { kind: 'over'; blocks: Line[][]; asked: boolean; next: { command: Command; args: string } | null }
  | { kind: 'diverged' }

interface Log {
  state: ReplayState
  /** The question that waits, as the engine names it. */
  open: number
}

/** Runs a form up to its next question: from the beginning, or from what was answered so far and one answer more. */
export async function play(
  dialog: Dialog,
  opened: { args: string; startedAt: number },
  now: Now,
  answered: { state: string; answer: DialogAnswer } | null,
): Promise<Played> {
  const blocks: Line[][] = []
  let question: Question | null = null
  let asked = false
  let back = false
  let quiet = false
  let next: { command: Command; args: string } | null = null
  let failure: { error: unknown } | null = null
  const keys = new Map<string, number>()
  /** A key that is used again, in a loop, is told apart by how often: equal keys would let answers change places (libraries.md §2). */
  const unique = (key: string) => {
    const times = (keys.get(key) ?? 0) + 1
    keys.set(key, times)
    return times === 1 ? key : `${key}#${times}`
  }

  const dialogue = (controls: ReplayControls): Dialogue => {
    const ask = async (key: string, wanted: Question): Promise<DialogAnswer> => {
      question = wanted
      const answer = (await controls.interrupt(`ask:${unique(key)}`)) as DialogAnswer
      // What was said before an answer was said already.
      blocks.length = 0
      question = null
      asked = true
      return answer
    }
    return {
      ...opened,
      endQuietly: () => void (quiet = true),
      goBack: () => void (back = true),
      goTo: (command, args) => void (next = { command, args }),
      say: (...lines) => void blocks.push(lines),
      ask,
      async choose(key, wanted) {
        for (;;) {
          const answer = await ask(key, wanted)
          if (answer.kind === 'option') return answer.option
        }
      },
      async text(key, wanted, read) {
        for (;;) {
          const answer = await ask(key, { ...wanted, free: true })
          if (answer.kind === 'option') return { option: answer.option }
          const meant = read(answer.text)
          if ('ok' in meant) return meant.ok
          blocks.push([meant.no].flat())
        }
      },
      async act(key, work) {
        // An action that throws, and is caught in the form, would hang the engine for ever (grammyjs/conversations issue 155).
        const done = await controls.action(
          async () => {
            try {
              return { value: await work(now) }
            } catch (error) {
              failure ??= { error }
              return { failed: true }
            }
          },
          `act:${unique(key)}`,
        )
        if ('failed' in done) throw new Error('an act of the form failed')
        return done.value as Awaited<ReturnType<typeof work>>
      },
    }
  }

  const engine = new ReplayEngine((controls) => dialog.run(dialogue(controls)))
  const log = answered === null ? null : (JSON.parse(answered.state) as Log)
  if (log && answered) ReplayEngine.supply(log.state, log.open, answered.answer)
  const result = await limited(log ? engine.replay(log.state) : engine.play())
  // The assertion: assigned inside the functions above, which the compiler does not follow.
  const failed = failure as { error: unknown } | null
  if (failed !== null) throw failed.error
  switch (result.type) {
    case 'interrupted': {
      const [open, more] = result.interrupts
      if (open === undefined || more !== undefined || question === null)
        throw new Error(`form ${dialog.name}: asks two things at once`)
      return { kind: 'asks', blocks, question, state: JSON.stringify({ state: result.state, open } satisfies Log) }
    }
    case 'returned':
      return { kind: 'over', blocks, asked: !quiet && (asked || back), next }
    case 'canceled':
      throw new Error(`form ${dialog.name}: cancelled by the engine`)
    case 'thrown':
      if (result.error instanceof Error && result.error.message.startsWith('Bad replay')) return { kind: 'diverged' }
      throw result.error
  }
}

async function limited<T>(work: Promise<T>): Promise<T> {
  let late: NodeJS.Timeout | undefined
  const tooLong = new Promise<never>((_, reject) => {
    late = setTimeout(() => reject(new Error(`a form took longer than ${ANSWER_MS} ms`)), ANSWER_MS)
  })
  try {
    return await Promise.race([work, tooLong])
  } finally {
    clearTimeout(late)
  }
}
