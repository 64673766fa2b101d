// Who is measured, what is sent to each, and how to tell that the work was really done.
import { spawn } from 'node:child_process'
import { fileURLToPath } from 'node:url'

const here = (path) => fileURLToPath(new URL(path, import.meta.url))

/** Stands in a request where the number of the resident goes, eight digits. */
export const NUMBER = '\u0001'

export const post = (path, body, headers = []) =>
  [
    `POST ${path} HTTP/1.1`,
    'Host: 127.0.0.1',
    'Content-Type: application/json',
    ...headers,
    `Content-Length: ${Buffer.byteLength(body.replaceAll(NUMBER, '00000000'))}`,
    '',
    body,
  ].join('\r\n')

/** The walk as the chat page sends it: cookie, own id a message, the number of the newest message seen. */
function pageWalk(walk) {
  const headers = [
    `Cookie: ward_chat=resident${NUMBER}000000`,
    'Origin: http://127.0.0.1',
    // As behind a proxy: the guard against made-up visitors counts network addresses.
    `X-Forwarded-For: r${NUMBER}`,
  ]
  return walk.map(({ content }, i) =>
    post(
      '/chat/messages',
      JSON.stringify({ id: `message-${NUMBER}-${i}`, ...content, seen: i }).replaceAll('\\u0001', NUMBER),
      headers,
    ),
  )
}

/** The walk as Telegram delivers it: /start, then taps; the answered message is cut short. */
export function telegramWalk(walk, { path = '/webhook', headers = [], data = ({ option }) => option } = {}) {
  const person = { id: `#1${NUMBER}`, is_bot: false, first_name: 'An', language_code: 'vi' }
  const chat = { id: `#1${NUMBER}`, type: 'private', first_name: 'An' }
  return walk.map((message, i) => {
    const { content } = message
    const id = `#${NUMBER}${String(i).padStart(2, '0')}`
    const update =
      content.kind === 'start'
        ? {
            update_id: id,
            message: {
              message_id: 1,
              from: person,
              chat,
              date: 1_700_000_000,
              text: `/start ${content.payload}`,
              entities: [{ offset: 0, length: 6, type: 'bot_command' }],
            },
          }
        : {
            update_id: id,
            callback_query: {
              id: `${NUMBER}${i}`,
              from: person,
              message: {
                message_id: i,
                from: { id: 1, is_bot: true, first_name: 'Ward' },
                chat,
                date: 1_700_000_000,
                text: 'x',
              },
              chat_instance: '1',
              data: data(message),
            },
          }
    // Numbers: a leading 1 keeps eight digits eight digits.
    const body = JSON.stringify(update)
      .replaceAll('\\u0001', NUMBER)
      .replace(/"#1\u0001"/g, `1${NUMBER}`)
      .replace(/"#\u0001(\d\d)"/g, `1${NUMBER}$1`)
    return post(path, body, headers)
  })
}

export const cut = (requests) => requests.map((request) => request.split(NUMBER))

/** @param {{residents: number, messages: number, events: number}} done What was sent, and how many ledger events ours makes of a walk. */
async function oursIsComplete(ask, { residents, messages, events }) {
  const found = await ask(`select
    (select count(*) from run where state = 'finished'), (select count(*) from ledger where outcome = 'finished'),
    (select count(*) from ledger), (select count(*) from inbox where status = 'done'), (select count(*) from outbox), (select count(*) from contact)`)
  return compare(['runs finished', 'finished in the ledger', 'ledger events', 'inbox', 'outbox', 'contacts'], found, [
    residents,
    residents,
    residents * events,
    messages,
    messages,
    residents,
  ])
}

async function peerIsComplete(ask, { residents, messages }) {
  const found = await ask(`select
    (select count(*) from ledger where step = 'wait-approval' and outcome = 'done'), (select count(*) from ledger),
    (select count(distinct contact) from ledger)`)
  return compare(['finished in the ledger', 'ledger rows', 'contacts'], found, [residents, messages, residents])
}

function compare(names, found, wanted) {
  return names.flatMap((name, i) => (found[i] === wanted[i] ? [] : [`${name}: ${found[i]} instead of ${wanted[i]}`]))
}

/** Everybody, ours first. */
export function subjects(walk) {
  const page = cut(pageWalk(walk))
  const telegram = cut(telegramWalk(walk))
  return [
    {
      name: 'ours',
      title: 'ours',
      program: here('../dist/bench-ours.js'),
      requests: page,
      isComplete: oursIsComplete,
      redis: false,
    },
    {
      name: 'grammy',
      title: 'grammY 1.46 + conversations 2.1',
      program: here('peers/grammy.mjs'),
      requests: telegram,
      isComplete: peerIsComplete,
      redis: true,
    },
    {
      name: 'telegraf',
      title: 'Telegraf 4.16 wizard',
      program: here('peers/telegraf.mjs'),
      requests: telegram,
      isComplete: peerIsComplete,
      redis: true,
    },
    {
      name: 'empty',
      title: 'empty handler',
      program: here('peers/empty.mjs'),
      requests: page,
      isComplete: null,
      redis: false,
    },
  ]
}

/** Starts a program of the benchmark; ends with this process, whatever happens to it. */
export function start(program, env = {}, flags = [], before = []) {
  const [command, ...words] = [...before, process.execPath, ...flags, program]
  const child = spawn(command, words, {
    env: { PATH: process.env.PATH, HOME: process.env.HOME, NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'inherit', 'inherit', 'ipc'],
  })
  const kill = () => child.kill('SIGKILL')
  process.once('exit', kill)
  const ended = new Promise((resolve) => child.once('exit', resolve))
  const ask = (question) =>
    new Promise((resolve, reject) => {
      const gone = (code) => reject(new Error(`${program} ended with ${code}`))
      child.once('exit', gone)
      child.once('message', (answer) => {
        child.off('exit', gone)
        resolve(answer)
      })
      if (question !== undefined) child.send(question)
    })
  return {
    /** The program's first word. */
    ready: ask,
    ask,
    async stop() {
      if (child.exitCode === null && child.connected) child.send('stop')
      const late = setTimeout(kill, 5000)
      await ended
      clearTimeout(late)
      process.off('exit', kill)
    },
    kill,
  }
}
