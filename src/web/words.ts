import type { Context as Call } from 'hono'
import type { Context } from '../context.js'
import type { Locale } from '../core/model/message.js'
import { dayOf } from '../core/policy/calendar.js'

/** Texts of the page, in the polite form for somebody we do not know yet. */
export interface PageTexts {
  say(locale: Locale, key: string, vars?: Record<string, string | number>): string
}

export function createPageTexts({ texts, clock }: Pick<Context, 'texts' | 'clock'>): PageTexts {
  return { say: (locale, key, vars = {}) => texts.render({ key, vars }, { locale, form: 'bac', day: dayOf(clock()) }) }
}

/** Nothing was stored: the sentence that says so, and when to try again. */
export function retryLater(c: Call, status: 429 | 503, text: string): Response {
  return c.json({ error: 'later', text }, status, { 'Retry-After': '5' })
}
