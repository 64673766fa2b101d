import { createInterface } from 'node:readline'
import { pino } from 'pino'
import { stringify } from 'yaml'
import { terminal } from '../channels/terminal/terminal.js'
import { readConfig } from '../config.js'
import { createContext } from '../context.js'
import type { Content, Locale } from '../core/model/message.js'
import type { Said } from '../core/model/outbox.js'
import { reasonOf, sentenceFor } from '../sentence.js'
import { migrate } from '../store/migrate.js'
import { openSqlite } from '../store/open.js'
import { outboxAfter } from '../store/outbox.js'
import { openAsHead } from './as-head.js'
import { UsageError, wholeNumber } from './usage.js'

/**
 * Talk to the bot in the terminal, in a database that is forgotten afterwards. `--repro` prints the talk as a test case at the end,
 * `--start PAYLOAD` opens it like a poster, `--en` greets in English, `--head N` makes you the head of group N of a demo ward with made-up people.
 */
async function main(args: readonly string[]): Promise<void> {
  const repro = args.includes('--repro')
  const payload = args[args.indexOf('--start') + 1] ?? ''
  const head = args.includes('--head') ? wholeNumber('head', args[args.indexOf('--head') + 1] ?? '', 1, 999) : null
  if (head !== null && (repro || args.includes('--start')))
    throw new UsageError('--head stands alone: a test case is a resident’s talk, and a head comes by an invitation')
  const locale: Locale = args.includes('--en') ? 'en' : 'vi'
  const context = createContext(
    {
      ...readConfig({}),
      flowsDir: process.env['FLOWS_DIR'] ?? 'flows',
      contentDir: process.env['CONTENT_DIR'] ?? 'content',
    },
    { store: openSqlite(':memory:'), log: pino({ level: 'error', base: null }) },
  )
  await migrate(context.store)
  const talk: { start?: string; say?: string; expect?: { has: string[]; options: number } }[] = []
  let said = 0
  let count = 0

  /** Sends one message and prints what is said to it. */
  const send = async (content: Content, shown = true): Promise<void> => {
    const parsed = terminal.parse({ id: `terminal-${++count}`, content }, context.clock())
    if (parsed.kind !== 'read') throw new Error('the terminal does not read its own lines')
    const accepted = await context.turns.accept({ ...parsed.inbound[0]!, locale })
    if (accepted.kind === 'deferred') await context.requests.runOnce()
    // What a head sends goes on behind the talk.
    if (head !== null) await context.reminders.runOnce()
    const answers = await outboxAfter(context.store.db, accepted.contact, said, 20)
    for (const { n, body } of answers) {
      said = n
      if (!shown) continue
      const words = JSON.parse(body) as Said
      const { text, options } = words
      process.stdout.write(`\n${terminal.render(words).join('\n')}\n`)
      const entry = talk.at(-1)
      if (entry) entry.expect = { has: [text.split('\n')[0]!], options: options.length }
    }
    if (shown && answers.length === 0) process.stdout.write('\n(…)\n')
  }

  if (head === null) {
    talk.push({ start: args.includes('--start') ? payload : '' })
    await send({ kind: 'start', payload: args.includes('--start') ? payload : '' })
  } else {
    process.stdout.write(
      `Made-up people in a ward in memory; you are the head of group ${head}. Pages open with «npm start» alone.\n`,
    )
    await openAsHead(context, head, send)
  }
  const lines = createInterface({ input: process.stdin, output: process.stdout, prompt: '\n> ' })
  lines.prompt()
  for await (const line of lines) {
    if (/^(\/quit|\/thoat)$/.test(line.trim())) break
    talk.push({ say: line })
    await send({ kind: 'text', text: line })
    lines.prompt()
  }
  lines.close()
  await context.close()
  if (repro)
    process.stdout.write(
      `\n# tests/conversations/…\n${stringify({ title: 'A sentence about what should happen', locale, talk })}`,
    )
}

try {
  await main(process.argv.slice(2))
} catch (error) {
  process.stderr.write(`${sentenceFor(error) ?? `It failed: ${reasonOf(error)}`}\n`)
  process.exitCode = error instanceof UsageError ? 2 : 1
}
