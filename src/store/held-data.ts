import { sql } from 'kysely'
import type { ChannelName } from '../core/model/message.js'
import type { Hours } from '../core/policy/quiet.js'
import { quietHours } from './opt-outs.js'
import type { Db } from './tables.js'

/** What is held of a contact, in counts and plain facts; no secret and no name is in it. */
export interface HeldData {
  channels: ChannelName[]
  messages: number
  events: number
  tickets: number
  helped: number
  phone: boolean
  listed: boolean
  reminders: boolean
  /** The hours that they keep for themselves. */
  quiet: Hours | null
}

/** Everything that is held of a contact and of the person it is. */
export async function heldData(db: Db, contact: string, person: string): Promise<HeldData> {
  const [counts] = (
    await sql<Record<'messages' | 'events' | 'tickets' | 'helped' | 'phone' | 'listed' | 'silent', number>>`
      select
        (select count(*) from outbox where contact = ${contact}) as messages,
        (select count(*) from ledger where person = ${person} or contact = ${contact}) as events,
        (select count(*) from ticket where contact = ${contact}) as tickets,
        (select count(*) from helping where contact = ${contact}) as helped,
        (select count(*) from contact_detail where contact = ${contact}) as phone,
        (select count(*) from roster where person = ${person}) as listed,
        (select count(*) from opt_out where subject in (${contact}, ${person})) as silent`.execute(db)
  ).rows
  const channels = await sql<{ channel: ChannelName }>`
    select distinct channel from address where contact = ${contact} order by channel`.execute(db)
  const n = (key: keyof NonNullable<typeof counts>) => Number(counts![key])
  return {
    channels: channels.rows.map(({ channel }) => channel),
    messages: n('messages'),
    events: n('events'),
    tickets: n('tickets'),
    helped: n('helped'),
    phone: n('phone') > 0,
    listed: n('listed') > 0,
    reminders: n('silent') === 0,
    quiet: (await quietHours(db, [person])).get(person)?.[0] ?? null,
  }
}
