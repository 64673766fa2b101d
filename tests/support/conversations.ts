import { readdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parse } from 'yaml'
import type { Role } from '../../src/core/model/contact.js'
import type { Locale } from '../../src/core/model/message.js'

/** One message of a golden conversation, and what must come of it; a plain string is a typed message without expectations. */
export interface Line {
  say?: string
  /** An option of the newest question. */
  tap?: string
  start?: string
  media?: 'sticker' | 'picture' | 'voice' | 'file' | 'unknown'
  /** A button that was never ours, letter for letter. */
  forged?: string
  /** An option of the answer to an earlier line, counted from 1. */
  old?: { line: number; option: string }
  /** The text so many times in a row (10,000 characters, a flood). */
  times?: number
  text?: string
  after?: string
  seen?: number
  expect?: Expected
}

export interface Expected {
  step?: string | null
  ask?: string
  ledger?: string[]
  has?: string[]
  hasNot?: string[]
  options?: string[]
  labels?: string[]
  request?: unknown
  silent?: boolean
  form?: string
  group?: number | null
  locale?: Locale
}

export interface Conversation {
  title: string
  at?: string
  locale?: Locale
  role?: Role
  group?: number
  /** Starts the talk at a step of a guide: consent and first questions are behind, the main path is walked. */
  standing?: string
  talk: (string | Line)[]
}

const ROOT = 'tests/conversations'

/** The golden conversations by file. */
export function loadConversations(): { name: string; conversations: Conversation[] }[] {
  return readdirSync(ROOT, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.yaml'))
    .sort()
    .map((name) => ({
      name: name.replace(/\.yaml$/, ''),
      conversations: [parse(readFileSync(join(ROOT, name), 'utf8'))].flat() as Conversation[],
    }))
}
