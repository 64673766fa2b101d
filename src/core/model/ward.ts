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

/** The form of `content/ward.yaml`: everything about the ward that is configuration and not text. */
export const WardFile = z.strictObject({
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
