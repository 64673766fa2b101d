// What the peers and the empty handler have in common: hono on node-server as ours, and the orchestrator's questions.
import { serve } from '@hono/node-server'

/** @param {import('hono').Hono} app @param {() => Promise<void>} close */
export function serveBench(app, close) {
  const server = serve({ fetch: app.fetch, port: 0, hostname: '127.0.0.1' }, ({ port }) => process.send({ port }))
  process.on('disconnect', () => process.exit(1))
  process.on('message', (question) => {
    if (question === 'usage') process.send({ rss: process.memoryUsage.rss(), cpu: process.cpuUsage() })
    if (question === 'stop') {
      server.closeAllConnections()
      server.close(() => void close().then(() => process.exit(0)))
    }
  })
}

/** An answer of the Bot API to sendMessage, the same for both peers. */
export function sentMessage(chat) {
  return {
    message_id: 1,
    date: 1_700_000_000,
    chat: { id: Number(chat), type: 'private', first_name: 'An' },
    text: 'x',
  }
}

/** The messages of the walk as a bot's author has them: by what they ask. */
export function readGuide(env = process.env) {
  const walk = JSON.parse(env.WALK)
  const find = (asks) => walk.find((message) => message.asks === asks)
  const message = ({ said, asks, step }, i) => ({
    id: step ?? asks,
    text: said.text,
    // The option that was chosen goes first here as everywhere; ids are read from the buttons of ours.
    options: said.options.map(({ label, data }) => ({ label, id: data.split(':')[1] })),
    answer: walk[i + 1]?.option,
  })
  const all = walk.map((entry, i) => ({ ...message(entry, i), asks: entry.asks }))
  const seen = new Set()
  return {
    before: all.filter(({ asks }) => ['consent', 'form', 'group', 'about'].includes(asks)),
    steps: all.filter(({ asks, id }) => asks === 'step' && !seen.has(id) && seen.add(id)),
    troubles: all.find(({ asks }) => asks === 'troubles'),
    remedy: all.find(({ asks }) => asks === 'remedy'),
    finished: all.at(-1),
    flow: find('consent') && 'vneid-level-1',
  }
}

export const ledgerPlace = () =>
  process.env.DATABASE_URL ? { url: process.env.DATABASE_URL } : { file: `${process.env.DATA_DIR}/ledger.db` }
