import type { Material } from '../core/flow/material.js'
import { addDays, dayOf } from '../core/policy/calendar.js'
import { type Finding, finding } from './finding.js'

/** How long a text may go without being held against its document again, days. */
export const REVIEW_DAYS = 180

/** What in the content has not been looked at for too long, and what ends soon. */
export function checkReviews({ sources, answers, ward }: Material, now: number): Finding[] {
  const today = dayOf(now)
  const old = addDays(today, -REVIEW_DAYS)
  const inForce = Object.values(sources.value).filter(({ valid }) => valid.until === undefined || valid.until >= today)
  const stale = inForce.filter(({ reviewed }) => reviewed < old).length
  const overdue = [...answers.vi.values()].filter(({ value }) => value.review < today).length
  const { contacts, holidays, fees } = ward.value
  const unchecked = Object.values(contacts).filter((place) => place !== null && place.checked < old).length
  const found = [
    stale + overdue + unchecked > 0
      ? finding('content', 'warn', 'stale', { sources: stale, answers: overdue, contacts: unchecked })
      : finding('content', 'ok', 'ok'),
  ]
  // In December the next year's days off must be there, or «overdue» is said too early.
  const year = today >= `${today.slice(0, 4)}-12-01` ? Number(today.slice(0, 4)) + 1 : Number(today.slice(0, 4))
  if (!holidays.some((day) => day.startsWith(String(year))))
    found.push(finding('holidays', 'warn', 'missing', { year }))
  if (!fees.some(({ until }) => until >= today)) found.push(finding('fees', 'warn', 'ended'))
  return found
}
