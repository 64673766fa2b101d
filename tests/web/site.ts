import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import type { Hono } from 'hono'
import { pino } from 'pino'
import { type Config, readConfig } from '../../src/config.js'
import { type Context, createContext } from '../../src/context.js'
import type { PageMessage } from '../../src/channels/web/web.js'
import { createWeb } from '../../src/web/app.js'
import { createFeeds, type Feeds } from '../../src/web/feeds.js'
import { databaseUrl } from '../support/children.js'
import { engines, type TestDatabase, type TestEngine } from '../support/databases.js'

/** A Monday morning in the ward, ms. */
export const MONDAY = Date.parse('2026-11-23T09:00:00+07:00')

/** The demo ward's bot on a database of its own, without a port. */
export interface Site {
  context: Context
  app: Hono
  feeds: Feeds
  database: TestDatabase
  /** The settings with which the tool `ward` works on the same database, beside the site. */
  tool: Config
  /** Log lines so far. */
  lines: string[]
  /** Bodies of all answers so far. */
  answers: string[]
  now: { at: number }
  visitor(language?: string): Promise<Visitor>
  /** All bytes of the database and its log, on SQLite. */
  bytes(): string
  close(): Promise<void>
}

/** A browser without a window. */
export interface Visitor {
  cookie: string
  page: string
  post(
    message: object | string,
    headers?: Record<string, string>,
  ): Promise<{ status: number; body: Answer; headers: Headers }>
  /** Posts a text under an id of its own. */
  write(text: string): Promise<Answer>
  read(after?: number): Promise<{ newest: number; messages: PageMessage[] }>
  newest(): Promise<PageMessage>
  /** Taps the option of the newest message that has this label. */
  choose(label: string): Promise<PageMessage>
}

export interface Answer {
  said?: number
  kind?: string
  error?: string
  text?: string
  shown?: string
}

/** `floodLimit` is high where a test is not about it. */
export async function openSite(
  env: Record<string, string> = {},
  { floodLimit = 10_000, engine }: { floodLimit?: number; engine?: TestEngine } = {},
): Promise<Site> {
  const database = await (engine ?? (await engines()).find(({ name }) => name === 'sqlite')!).fresh()
  const { store } = database
  const dir = store.engine === 'sqlite' ? dirname(store.where) : mkdtempSync(join(tmpdir(), 'ward-site-'))
  const lines: string[] = []
  const answers: string[] = []
  const now = { at: MONDAY }
  const config = readConfig({ PORT: '0', DATA_DIR: dir, ...env })
  const context = createContext(config, {
    store,
    clock: () => now.at,
    log: pino({ level: 'debug' }, { write: (line: string) => lines.push(line) }),
    floodLimit,
  })
  const feeds = createFeeds(context)
  const app = createWeb(context, feeds)
  let ids = 0

  const visitor = async (language = 'vi'): Promise<Visitor> => {
    const first = await app.request(`/chat?lang=${language}`)
    const cookie = first.headers
      .getSetCookie()
      .map((line) => line.split(';')[0])
      .join('; ')
    const headers = { cookie }
    const self: Visitor = {
      cookie,
      page: await first.text(),
      async post(message, more = {}) {
        const answer = await app.request('/chat/messages', {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers, ...more },
          body: typeof message === 'string' ? message : JSON.stringify(message),
        })
        const text = await answer.text()
        answers.push(text)
        return { status: answer.status, body: JSON.parse(text) as Answer, headers: answer.headers }
      },
      write: async (text) => (await self.post({ id: `w${++ids}`, kind: 'text', text })).body,
      async read(after) {
        const answer = await app.request(`/chat/messages${after === undefined ? '' : `?after=${after}`}`, { headers })
        const text = await answer.text()
        answers.push(text)
        return JSON.parse(text) as { newest: number; messages: PageMessage[] }
      },
      newest: async () => (await self.read()).messages.at(-1)!,
      async choose(label) {
        const option = (await self.newest()).options.find((one) => one.label === label)
        if (!option) throw new Error(`«${label}» is not offered: ${JSON.stringify(await self.newest())}`)
        await self.post({ id: `t${++ids}`, kind: 'tap', data: option.data })
        return self.newest()
      },
    }
    return self
  }

  return {
    context,
    app,
    feeds,
    database,
    tool: store.engine === 'sqlite' ? config : { ...config, databaseUrl: databaseUrl(store) },
    lines,
    answers,
    now,
    visitor,
    bytes() {
      return readdirSync(dir)
        .filter((name) => name.startsWith('ward.db'))
        .map((name) => readFileSync(join(dir, name), 'latin1'))
        .join('')
    },
    async close() {
      await feeds.close()
      await context.close()
      await database.drop()
      rmSync(dir, { recursive: true, force: true })
    },
  }
}

/** Answers the first questions of the bot, up to the first step of level 1. */
export async function atFirstStep(visitor: Visitor): Promise<PageMessage> {
  await visitor.post({ id: 'opened', kind: 'start', payload: 'vneid-level-1_g5' })
  await visitor.choose('Đồng ý, bắt đầu')
  await visitor.choose('Bác')
  return visitor.choose('Bắt đầu từ bước 1')
}
