// The walk that everybody is measured on, taken from the real flow and the real content: one resident, from opening the chat to the end of
// VNeID level 1, with one trouble on the way. Prints it as JSON; nothing is stored.
import { readConfig } from '../src/config.js'
import { loadContent } from '../src/content.js'
import { worldOf } from '../src/parts/world.js'
import type { Content } from '../src/core/model/message.js'
import type { Said } from '../src/core/model/outbox.js'
import { newSession, type Talk, turn } from '../src/core/turn.js'
import { createTexts } from '../src/texts.js'
import { inWords } from '../src/speak/words.js'

const FLOW = 'vneid-level-1'
/** The step at which the resident gets stuck once: the card is not read, and the first remedy helps. */
const STUCK_AT = 'scan-card'
/** More messages than any walk needs: a flow in which the walk turns in circles ends here. */
const LIMIT = 100

interface Passed {
  /** What was sent. */
  content: Content
  /** The option that was chosen; '' for the opening. */
  option: string
  /** What was answered. */
  said: Said
  /** What the answer asks, with the step in front. */
  asks: string
  step: string | null
  /** Ledger events of this message. */
  outcomes: string[]
}

const material = loadContent({ ...readConfig({}), wardFile: 'ward.demo.yaml' })
const texts = createTexts(material)
const world = worldOf(material, texts, Infinity)
const at = Date.now()
let ids = 0
const newId = () => `id${++ids}`

let talk: Talk = { contact: { id: 'contact', role: 'resident', group: null }, session: newSession('person'), runs: [] }
const walk: Passed[] = []
let content: Content = { kind: 'start', payload: FLOW }
let option = ''
let stuck = false

while (walk.length < LIMIT) {
  const item = { channel: 'web' as const, externalId: '', address: '', content, at, secrets: [] }
  const turned = turn(world, talk, item, newId)
  const runs = new Map([...talk.runs, ...turned.runs].map((run) => [run.id, run]))
  const run = turned.session.run === null ? undefined : runs.get(turned.session.run)
  const place = { flow: run?.flow ?? '', number: turned.number }
  const said = inWords(texts, turned.reply!, turned.session, at, place)
  const { ask } = turned.session.prompt
  const outcomes = turned.events.map(({ outcome }) => outcome)
  walk.push({ content, option, said, asks: ask.kind, step: run?.step ?? null, outcomes })
  if (ask.kind === 'finished') break
  talk = { contact: turned.contact, session: turned.session, runs: [...runs.values()] }
  // The first choice is always the one that goes on.
  let chosen = 0
  if (ask.kind === 'group') chosen = 4
  if (ask.kind === 'step' && run?.step === STUCK_AT && !stuck) {
    stuck = true
    chosen = turned.session.prompt.options.indexOf('trouble')
  }
  option = turned.session.prompt.options[chosen]!
  content = { kind: 'tap', data: said.options[chosen]!.data }
}
if (walk.at(-1)!.asks !== 'finished') throw new Error(`the walk did not end within ${LIMIT} messages`)
process.stdout.write(JSON.stringify(walk))
