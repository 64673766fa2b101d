import { createHash } from 'node:crypto'
import type { BroadcastPlan, Route } from '../core/model/broadcast.js'
import type { Said } from '../core/model/outbox.js'
import { MARK, type MarkKind } from '../core/broadcast/changes.js'
import { createPlanner, type Tally } from '../core/broadcast/planner.js'
import { isToVisit } from '../core/broadcast/visits.js'
import { wordReminder } from '../core/broadcast/message.js'
import type { Placement } from '../core/policy/reach.js'
import { audiencePage, type Member } from '../store/audience.js'
import { loadByAddresses } from '../store/contacts.js'
import type { NewRecipient } from '../store/recipients.js'
import { loadRuns } from '../store/runs.js'
import { inWords } from '../speak/words.js'
import { chatsOf, groupsFull } from './posts.js'
import { exceptions } from './exceptions.js'
import { allowanceOf, breathe, causeOf, policyOf, queryOf, type ReminderParts } from './parts.js'

/** Persons read at a time: a plan for a hundred thousand holds no more than these, and a few signs of each of the others. */
const PAGE = 1_000
/** Messages shown in a preview. */
const SAMPLES = 3

/** What a plan came to. */
export interface Planned {
  tally: Tally
  /** Another one: somebody else, or somebody by another way or at another price. */
  fingerprint: string
  /** Marks of all messages and posts (`core/broadcast/changes`). */
  shown: string
  samples: Sample[]
  /** Persons whom no message reaches, by group; null: whose group is not known. */
  unreached: ReadonlyMap<number | null, number>
}

/** A message as one of the recipients will see it; no name, because it may be shown in a chat. */
export interface Sample {
  person: string
  step: string | null
  said: Said
}

type Chosen = { member: Member; route: Route; price: number; helps: boolean }

/**
 * Plans for everybody of an audience as of `now`, page by page; `write` takes each page as it is. Nothing is kept here. `anyOf`: for everybody who
 * has one of these guides before them.
 */
export async function runPlan(
  parts: ReminderParts,
  plan: BroadcastPlan,
  now: number,
  broadcast: string | null,
  rule: string | null,
  write: (page: NewRecipient[]) => Promise<void> = async () => {},
  anyOf: readonly string[] = [plan.audience.flow],
): Promise<Planned> {
  const { store } = parts
  const planner = createPlanner(
    policyOf(parts, plan, now, await groupsToPost(parts, plan, now)),
    await allowanceOf(parts, now),
  )
  const query = { ...queryOf(parts, plan, now, broadcast), anyOf }
  const marks = new Set<string>()
  const chosen = new Map<string, Chosen>()
  const butOf = await exceptions(parts, plan, rule, now)
  const unreached = new Map<number | null, number>()
  let after = ''
  for (;;) {
    const page = await audiencePage(store.db, query, after, PAGE)
    const but = await butOf(page)
    const placed = page.map((member): NewRecipient => {
      const placement = planner.place(member, (placed) => but(member, placed))
      for (const one of marksOf(member, placement)) marks.add(one)
      if (isUnreached(placement)) unreached.set(member.group, (unreached.get(member.group) ?? 0) + 1)
      if (placement.reason === null)
        choose(chosen, {
          member,
          route: placement.route,
          price: placement.price,
          helps: placement.reader.label !== null,
        })
      return { person: member.person, run: member.run, step: member.step, group: member.group, placement }
    })
    await write(placed)
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = last.person
    await breathe()
  }
  const shown = [...marks].sort().join('')
  const fingerprint = createHash('sha256').update(shown).digest('base64url')
  return { tally: planner.tally(), fingerprint, shown, unreached, samples: await samplesOf(parts, plan, now, [...chosen.values()].slice(0, SAMPLES)) } // prettier-ignore
}

/** Whether a placed person stands on the list of visits. */
export function isUnreached(placement: Placement): boolean {
  return placement.reason !== null && isToVisit({ result: placement.place, reason: placement.reason })
}

/** Groups whose chat takes a post of this plan. Officials are nobody that a group's chat should hear of. */
async function groupsToPost(parts: ReminderParts, plan: BroadcastPlan, now: number): Promise<Set<number>> {
  const chats = chatsOf(parts)
  if (chats.size === 0 || plan.audience.who.kind === 'officials') return new Set()
  const full = await groupsFull(parts, parts.store, Math.max(now, plan.at ?? 0))
  return new Set([...chats.keys()].filter((group) => !full.has(group)))
}

/** The messages and posts of a plan, and what they cost, one mark each: who gets no message is in the numbers. */
function marksOf({ person, group }: Member, placement: Placement): string[] {
  if (placement.reason !== null) return placement.place === 'group-post' ? [mark('g', String(group))] : []
  const { route, price } = placement
  const message = `${person} ${route.contact} ${route.channel}`
  return [mark('m', message), ...(price === 0 ? [] : [mark('p', `${message} ${price}`)])]
}

function mark(kind: MarkKind, text: string): string {
  const digest = createHash('sha256').update(text).digest('base64url')
  return `${kind}${digest.slice(0, MARK - 1)}`
}

/** Samples from different steps, as far as there are any. */
function choose(chosen: Map<string, Chosen>, one: Chosen): void {
  if (chosen.size < SAMPLES && !chosen.has(one.member.step ?? '')) chosen.set(one.member.step ?? '', one)
}

async function samplesOf(parts: ReminderParts, plan: BroadcastPlan, now: number, chosen: readonly Chosen[]): Promise<Sample[]> {
  const { store, world, texts } = parts
  const flow = world.flows.get(plan.audience.flow)!
  const readers = await loadByAddresses(store.db, chosen.map(({ route }) => route)) // prettier-ignore
  const runs = await loadRuns(store.db, chosen.map(({ member }) => member.person)) // prettier-ignore
  return chosen.flatMap(({ member, route, helps }) => {
    const row = readers.find(({ channel, address }) => channel === route.channel && address === route.address)
    if (!row) return []
    const worded = wordReminder(world, {
      flow,
      run: runs.find(({ id }) => id === member.run) ?? null,
      cause: causeOf(plan.audience.who),
      wording: plan.wording,
      person: member.person,
      group: member.group,
      helper: helps ? { label: null } : null,
      reader: { contact: row.contact, session: row.session },
      channel: route.channel,
      at: now,
    })
    return [{ person: member.person, step: member.step, said: inWords(texts, worded.reply, row.session, now, worded.place) }] // prettier-ignore
  })
} // prettier-ignore
