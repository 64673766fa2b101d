// A bot without a web: messages come in as lines on the standard input, `{id, item}`, and what became of them goes out as lines,
// `{id, accepted, heard}` or `{id, failed}`. For tests that kill it, and that run several on one database.
import { readFileSync } from 'node:fs'
import { createInterface } from 'node:readline'
import { readConfig } from '../../src/config.js'
import { createContext } from '../../src/context.js'
import type { Inbound } from '../../src/core/model/message.js'
import { outboxLast } from '../../src/store/outbox.js'
import { migrate } from '../../src/store/migrate.js'
import { readMaterial } from './material.js'

const config = { ...readConfig(process.env), wardFile: 'ward.demo.yaml' }
const kept = process.env['TEST_MATERIAL']
const context = createContext(config, {
  floodLimit: 1_000_000,
  ...(kept ? { material: readMaterial(readFileSync(kept, 'utf8')) } : {}),
})
await migrate(context.store)
context.requests.start()
const tell = (line: object) => process.stdout.write(`${JSON.stringify(line)}\n`)

/** Contacts that somebody asked to listen to: every wake is told. */
const listening = new Set<string>()

createInterface({ input: process.stdin })
  .on('line', (line) => {
    const { id, item, listen } = JSON.parse(line) as { id: number; item: Inbound; listen?: string }
    if (listen !== undefined) {
      if (!listening.has(listen)) context.wakes.listen(listen, () => tell({ woken: listen }))
      listening.add(listen)
      tell({ id, listening: listen })
      return
    }
    context.turns.accept(item).then(
      async (accepted) => {
        const [last] = await outboxLast(context.store.db, accepted.contact, 1)
        tell({ id, accepted, heard: last ? JSON.parse(last.body) : null })
      },
      (error: Error) => tell({ id, failed: error.message }),
    )
  })
  .on('close', () => void context.close().then(() => process.exit(0)))

tell({ ready: process.pid })
