import type { AddressInfo } from 'node:net'
import { Faults } from './faults.js'
import { createPerson, type Person } from './person.js'
import { createBotApi } from './server.js'
import { newState, type Pending, type State } from './state.js'

export type { Person } from './person.js'

/** A Telegram on loopback that refuses what the real one refuses. */
export interface FakeTelegram {
  url: string
  token: string
  state: State
  faults: Faults
  person(language?: string): Person
  /**
   * Brings what is pending to the webhook: one queue a chat for messages, another a person for callbacks, the next of a queue after a
   * 2xx. An update that is refused stays for the next time. Gives back the answers' statuses.
   */
  deliver(): Promise<number[]>
  /** Brings one update to the webhook, whatever the queues say. */
  post(update: unknown, headers?: Record<string, string>): Promise<number>
  /** Waits until everything is confirmed by a question for updates. */
  polled(): Promise<void>
  close(): Promise<void>
}

export const FAKE_TOKEN = '4711:fake-token-of-the-tests_0123456789'

export async function startFakeTelegram(clock: () => number, token = FAKE_TOKEN): Promise<FakeTelegram> {
  const state = newState(token, clock)
  const faults = new Faults()
  const api = createBotApi(state, faults)
  await new Promise<void>((ready) => void api.server.listen(0, '127.0.0.1', ready))
  let people = 1000

  const post: FakeTelegram['post'] = async (update, headers = {}) => {
    const { url, secret } = state.webhook!
    const answer = await fetch(url, {
      method: 'POST',
      headers: {
        'content-type': 'application/json',
        ...(secret === undefined ? {} : { 'x-telegram-bot-api-secret-token': secret }),
        ...headers,
      },
      body: typeof update === 'string' ? update : JSON.stringify(update),
    })
    await answer.arrayBuffer()
    return answer.status
  }

  const deliverQueue = async (queue: string, statuses: number[]): Promise<void> => {
    const isMine = (pending: Pending) => pending.queue === queue
    for (let head = state.pending.find(isMine); head; head = state.pending.find(isMine)) {
      const allowed = state.webhook!.allowed
      if (allowed.length > 0 && !allowed.some((kind) => kind in head!.update)) {
        state.pending = state.pending.filter((pending) => pending !== head)
        continue
      }
      const status = await post(head.update)
      statuses.push(status)
      if (status < 200 || status >= 300) return
      state.pending = state.pending.filter((pending) => pending !== head)
    }
  }

  return {
    url: `http://127.0.0.1:${(api.server.address() as AddressInfo).port}`,
    token,
    state,
    faults,
    person: (language = 'vi') => createPerson(state, ++people, language),
    async deliver() {
      const statuses: number[] = []
      const queues = new Set(state.pending.map(({ queue }) => queue))
      await Promise.all([...queues].map((queue) => deliverQueue(queue, statuses)))
      return statuses
    },
    post,
    polled: () => api.quiet(),
    async close() {
      faults.clear()
      api.endPolls()
      api.server.closeAllConnections()
      await new Promise((closed) => void api.server.close(closed))
    },
  }
}
