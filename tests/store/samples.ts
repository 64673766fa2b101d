import type { Session } from '../../src/core/model/contact.js'
import type { LedgerEvent } from '../../src/core/model/ledger.js'
import type { Run } from '../../src/core/model/run.js'
import { type AddressKey, createContacts, type NewContact } from '../../src/store/contacts.js'
import type { Store } from '../../src/store/open.js'
import type { OutboxMessage } from '../../src/store/outbox.js'

export const NOW = Date.parse('2026-11-23T09:00:00+07:00')

export function session(person: string, more: Partial<Session> = {}): Session {
  return {
    version: 0,
    said: 0,
    locale: 'vi',
    form: 'bac',
    person,
    run: null,
    prompt: { n: 0, ask: { kind: 'nothing' }, options: [] },
    consent: null,
    formAsked: false,
    groupAsked: false,
    intent: {},
    flood: { since: 0, count: 0 },
    lastAt: 0,
    ...more,
  }
}

/** Contact `c-1` on the web, who is person `p-1`. */
export function newContact(n: number | string, more: Partial<NewContact> = {}): NewContact {
  return {
    address: { channel: 'web', address: `a-${n}` },
    contact: { id: `c-${n}`, role: 'resident', group: null },
    session: session(`p-${n}`),
    at: NOW,
    ...more,
  }
}

export function addContacts(store: Store, made: readonly NewContact[]): Promise<AddressKey[]> {
  return store.transaction((tx) => createContacts(tx, made))
}

/** Run `r-1` of person `p-1`. */
export function run(n: number | string, more: Partial<Run> = {}): Run {
  return {
    id: `r-${n}`,
    person: `p-${n}`,
    flow: 'vneid-level-1',
    edition: 1,
    step: 'phone',
    state: 'open',
    seq: 1,
    startedAt: NOW,
    enteredAt: NOW,
    trail: [],
    tries: 0,
    ...more,
  }
}

export function event(runId: string, seq: number, more: Partial<LedgerEvent> = {}): LedgerEvent {
  return {
    run: runId,
    seq,
    at: NOW + seq,
    person: 'p-1',
    contact: 'c-1',
    channel: 'web',
    group: null,
    flow: 'vneid-level-1',
    edition: 1,
    step: 'phone',
    number: 1,
    outcome: seq === 1 ? 'entered' : 'done',
    source: 'self',
    detail: null,
    to: 'phone',
    ...more,
  }
}

export function message(contact: string, n: number, more: Partial<OutboxMessage> = {}): OutboxMessage {
  return {
    contact,
    n,
    channel: 'web',
    address: `a-${contact}`,
    at: NOW,
    kind: 'reply',
    body: JSON.stringify({ text: `Bước ${n} ✓`, options: [] }),
    status: 'kept',
    ...more,
  }
}

/** What a rejected promise was rejected with; fails when it was not. */
export async function failureOf(work: Promise<unknown>): Promise<Error> {
  const failed = await work.then(
    () => null,
    (error: unknown) => error,
  )
  if (failed === null) throw new Error('it did not fail')
  return failed as Error
}
