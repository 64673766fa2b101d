import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import type { Context } from '../context.js'
import { messagesOf } from '../core/broadcast/planner.js'
import { listBroadcasts } from '../store/broadcasts.js'
import { outcomePage } from '../store/recipients.js'
import type { MadeUpApp } from './apps.js'
import type { Resident } from './residents.js'

const ALL = 100_000

/** What a simulated time came to, counted by those who lived in it. */
export interface Month {
  residents: number
  messages: number
  /** People who stood at one step for longer than the rules' days, at some time; what was done about each, each counted once a kind. */
  stuck: { people: number; reminded: number; visits: number; optedOut: number; ticket: number }
  /** Stuck, and neither reminded nor on a list, nor left out for a reason: `address, guide, step, day`. */
  forgotten: string[]
  /** Reminders that arrived, by app. */
  arrived: Record<string, number>
  /** Those that broke a rule: `address, time: rule`. */
  forbidden: string[]
  broadcasts: { rules: number; heads: number }
  /** Persons whom a plan left out or no message reached, by reason, each time counted. */
  notSent: Record<string, number>
  /** đồng. `unsent`: planned, and stopped by its reader's doings before it left. */
  money: { forecast: number; unsent: number; recorded: number; bill: number; paid: number; ofPackage: number; others: number } // prettier-ignore
}

export function sizes<T extends Record<string, ReadonlySet<string>>>(sets: T): { [K in keyof T]: number } {
  return Object.fromEntries(Object.entries(sets).map(([name, { size }]) => [name, size])) as { [K in keyof T]: number }
}

/** What an app would not take: each is a message that should not have been tried. */
export function refusals(apps: readonly MadeUpApp[]): string[] {
  return apps.flatMap(
    ({ name, refused }) =>
    refused.map(({ address, at, kind, why }) => `${address}, ${new Date(at).toISOString()}: a ${kind} that ${name} refuses (${why})`), // prettier-ignore
  )
}

/** What was planned, what is written down, what the apps charged. */
export async function accountOf(
  { store }: Context,
  apps: readonly MadeUpApp[],
  residents: ReadonlyMap<string, Resident>,
): Promise<Pick<Month, 'arrived' | 'broadcasts' | 'notSent' | 'money'>> {
  const broadcasts = await listBroadcasts(store.db, scopeOf(OPERATOR), ALL)
  const notSent: Record<string, number> = {}
  const money = { forecast: 0, unsent: 0, recorded: 0, bill: 0, paid: 0, ofPackage: 0, others: 0 }
  for (const { id, tally } of broadcasts) {
    money.forecast += tally.cost
    for (const { result, reason, price } of await outcomePage(store.db, scopeOf(OPERATOR), id, '', ALL)) {
      if (result === 'sent') money.recorded += price
      else {
        money.unsent += price
        const why = reason === null ? result : `${result}: ${reason}`
        notSent[why] = (notSent[why] ?? 0) + 1
      }
    }
  }
  const arrived: Record<string, number> = {}
  for (const { name, taken } of apps)
    for (const { kind, price, ofPackage, address } of taken) {
      if (kind !== 'reminder' || !residents.has(address)) money.others += price
      else {
        arrived[name] = (arrived[name] ?? 0) + 1
        money.bill += price
        if (price > 0) money.paid++
        if (ofPackage) money.ofPackage++
      }
    }
  const heads = broadcasts.filter(({ rule, tally }) => rule === null && messagesOf(tally) > 0).length
  return { arrived, broadcasts: { rules: broadcasts.length - heads, heads }, notSent, money }
}

/** What went wrong, a sentence each: nothing, when everybody who is stuck was looked after, no rule was broken and the bill is what was forecast. */
export function faultsOf({ forgotten, forbidden, money }: Month): string[] {
  const { forecast, unsent, recorded, bill } = money
  return [
    ...forgotten.map((who) => `stuck, and neither reminded nor on a list of visits: ${who}`),
    ...forbidden.map((what) => `a reminder that broke a rule: ${what}`),
    ...(forecast - unsent === bill ? [] : [`the forecast (${forecast} đ, ${unsent} đ of it not sent) is not the bill (${bill} đ)`]),
    ...(recorded === bill ? [] : [`the outcomes add up to ${recorded} đ, and the bill is ${bill} đ`]),
  ]
} // prettier-ignore
