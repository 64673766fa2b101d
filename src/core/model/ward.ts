import { z } from 'zod'

const day = z.iso.date('must be a date like 2022-10-24')
const Named = z.strictObject({ from: day, until: day.optional(), vi: z.string().min(1), en: z.string().min(1) })
const Place = z
  .strictObject({ where: z.string().min(1).optional(), phone: z.string().min(3).optional(), checked: day })
  .refine((place) => place.where !== undefined || place.phone !== undefined, 'needs `where` or `phone`')

const dong = z.int().min(0).max(10_000_000)
const Fees = z.strictObject({
  from: day,
  /** The last day for which the amounts are known; behind it the bot says whom to ask. */
  until: day,
  /** Đồng: a CCCD for a căn cước card, a change of card, a card anew after loss or damage. */
  exchange: dong,
  change: dong,
  reissue: dong,
  /** The day on which somebody last held them against the circular. */
  checked: day,
})

const clock = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time like 07:30')
const ruleId = z.string().regex(/^[a-z][a-z0-9-]{0,39}$/, 'must be lower-case letters, digits and hyphens')
const group = z.int().min(1).max(999)

/** A reminder that repeats itself as long as its cause is there; staff switch it on. `at`: the time of day it runs. */
const ReminderRule = z.discriminatedUnion('kind', [
  z.strictObject({ id: ruleId, kind: z.literal('stuck'), flow: z.string(), days: z.int().min(1).max(60), at: clock }),
  z.strictObject({ id: ruleId, kind: z.literal('overdue'), flow: z.string(), at: clock }),
  z.strictObject({ id: ruleId, kind: z.literal('activation-due'), days: z.int().min(1).max(6), at: clock }),
  /** The mobile team comes to these groups on a day; said the day before. */
  z.strictObject({ id: ruleId, kind: z.literal('visit'), flow: z.string(), on: day, groups: z.array(group).min(1), at: clock }),
]) // prettier-ignore

/** Rules of reminders: everything has a value that bothers nobody. */
const Reminders = z.strictObject({
  /** Reminders that one person may get in seven days. */
  'per-week': z.int().min(1).max(7).default(2),
  /** Hours in which nothing leaves that nobody asked for. */
  quiet: z.strictObject({ from: clock, until: clock }).default({ from: '21:00', until: '07:00' }),
  /** Above so many messages a second person has to agree. */
  'approval-above': z.int().min(1).default(500),
  /** Messages of one broadcast that may cost something, and those that the package has for nothing in a month: no broadcast counts on one that another has used. */
  'paid-most': z.int().min(0).default(0),
  'package-left': z.int().min(0).default(0),
  /** Hosts that a sender's own text may link to. */
  links: z.array(z.string().regex(/^[a-z0-9.-]+$/)).default([]),
  /** Phone numbers that a sender's own text may name, beside those of `contacts`. */
  numbers: z
    .array(z.string('must be in quotes, such as "0208 386 1234"').regex(/^\+?\d[\d .()-]{6,18}$/, 'must be a phone number'))
    .default([]),
  /** Zalo group chats (GMF) of residential groups, by the group's number: a post there reaches those whom no message does. */
  'group-posts': z
    .record(z.string().regex(/^[1-9]\d{0,2}$/, 'must be the number of a group'), z.string().regex(/^\w{1,64}$/, 'must be the id of a Zalo group, in quotes'), {
      error: 'must name the group chat of each group, such as { 5: "id of the Zalo group" }, or {} for none',
    })
    .default({}),
  /** When heads and staff get the week's figures: 1 Monday … 7 Sunday; null: never. */
  summary: z.strictObject({ weekday: z.int().min(1).max(7), at: clock }).nullable().default({ weekday: 1, at: '08:00' }),
  /** Weekdays (1 Monday … 7 Sunday) on which no rule writes to anybody, public holidays aside; a visit is announced all the same. */
  'rest-days': z.array(z.int().min(1).max(7)).max(6).default([7]),
  /** Days from one message of a rule to the next for the same person, and how many they get without moving on: then they are visited. */
  'rule-every-days': z.int().min(1).max(30).default(3),
  'rule-most': z.int().min(1).max(20).default(4),
  rules: z.array(ReminderRule).default([]),
}) // prettier-ignore
export type ReminderSettings = z.infer<typeof Reminders>
export type ReminderRule = z.infer<typeof ReminderRule>

/** Official letters: what the ward does not say stays blank in the draft, to be filled in by hand. */
const Reports = z.strictObject({
  /** Who issues them, in full; null: the People's Committee of the ward by its name of the day. */
  issuer: z.string().min(1).nullable().default(null),
  /** Where they are signed. */
  place: z.string().min(1).nullable().default(null),
  /** To whom, a line each: nobody is addressed whom the ward did not name. */
  recipients: z.array(z.string().min(1)).default([]),
})

/** The form of `content/ward.yaml`: everything about the ward that is configuration and not text. */
export const WardFile = z.strictObject({
  /** When somebody answers tickets: weekdays (1 Monday … 7 Sunday) and hours; null: not known, and the bot promises none. */
  office: z
    .strictObject({
      days: z.array(z.int().min(1).max(7)).min(1),
      hours: z.array(z.strictObject({ from: clock, until: clock })).min(1),
    })
    .nullable()
    .default(null),
  /** How long things are kept, days: what the bot said, which events came in, contacts nobody writes from, and those never agreed to. */
  retention: z
    .strictObject({
      'messages-days': z.int().min(30).max(3650).default(365),
      'inbox-days': z.int().min(7).max(365).default(30),
      'idle-days': z.int().min(90).max(3650).default(730),
      'unconsented-days': z.int().min(7).max(365).default(30),
      /** Questions without an answer, after they were last asked. */
      'questions-days': z.int().min(7).max(730).default(180),
      /** Previews of reminders that nobody confirmed, or agreed to. */
      'previews-days': z.int().min(1).max(90).default(7),
      /** Whom a reminder went to, after it ended. */
      'reminders-days': z.int().min(31).max(3650).default(365),
      /** Tickets, after they were closed. */
      'tickets-days': z.int().min(7).max(3650).default(365),
      /** Invitations, slips and other codes, after they were used or ran out. */
      'codes-days': z.int().min(1).max(365).default(30),
      /** Sheets to tick at the door: paper that comes back later cannot be entered by its rows. */
      'sheets-days': z.int().min(14).max(365).default(90),
    })
    .prefault({}),
  /** After how many hours without anybody taking it a ticket is brought before ward staff. */
  tickets: z.strictObject({ 'escalate-after-hours': z.int().min(1).max(168).default(4) }).prefault({}),
  /** True for a ward that does not exist: the chat then says so. */
  demo: z.boolean().default(false),
  /** The ward's name by date, without gaps. */
  names: z.array(Named).min(1),
  /** The ward police's name by date, without gaps. */
  police: z.array(Named).min(1),
  'also-called': z.array(z.string()).default([]),
  team: z.strictObject({ vi: z.string().min(1), en: z.string().min(1) }),
  /** Numbers of the residential groups. */
  groups: z.array(z.int().min(1).max(999)).default([]),
  contacts: z.strictObject({
    eid_hotline: Place,
    npsp_hotline: Place,
    police: Place.nullable(),
    service_centre: Place.nullable(),
    team: Place.nullable(),
  }),
  /** Fees of the card by date; days that no entry covers are days on which the bot names no amount. */
  fees: z.array(Fees).default([]),
  holidays: z.array(day),
  /** Percent of finished among those who started, by flow. */
  targets: z.record(z.string(), z.number().min(0).max(100)).default({}),
  consent: z.strictObject({ version: z.string().min(1) }),
  reminders: Reminders.prefault({}),
  reports: Reports.prefault({}),
})
export type Ward = z.infer<typeof WardFile>
export type NamedPeriod = z.infer<typeof Named>
export type Place = z.infer<typeof Place>
export type Fees = z.infer<typeof Fees>

/** The fees known for a day. */
export function feesOn(fees: readonly Fees[], on: string): Fees | undefined {
  return fees.find(({ from, until }) => from <= on && on <= until)
}

/** The entry in force on a day; before the first one, the first; behind the last one, the last. */
export function inForce<T extends { from: string; until?: string | undefined }>(periods: readonly T[], day: string): T {
  return periods.findLast((period) => period.from <= day) ?? periods[0]!
}

/** The form of `content/sources.yaml`. */
export const SourcesFile = z.record(
  z.string().regex(/^[a-z0-9-]{1,40}$/),
  z.strictObject({
    vi: z.string().min(1),
    en: z.string().min(1),
    valid: z.strictObject({ from: day, until: day.optional() }),
    /** The day on which our texts were last held against the document. */
    reviewed: day,
  }),
)
export type Sources = z.infer<typeof SourcesFile>
