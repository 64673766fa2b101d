import { createHash } from 'node:crypto'
import type { BroadcastPlan, Route } from '../core/model/broadcast.js'
import type { Said } from '../core/model/outbox.js'
import { createPlanner, type Tally } from '../core/broadcast/planner.js'
import { wordReminder } from '../core/broadcast/message.js'
import type { Placement } from '../core/policy/reach.js'
import { audiencePage, type Member } from '../store/audience.js'
import { loadByAddresses } from '../store/contacts.js'
import type { NewRecipient } from '../store/recipients.js'
import { loadRuns } from '../store/runs.js'
import { inWords } from '../speak/words.js'
import { chatsOf, groupsFull } from './posts.js'
import { allowanceOf, breathe, causeOf, policyOf, queryOf, type ReminderParts } from './parts.js'

/** Persons read at a time: a plan for a hundred thousand holds no more than these. */
const PAGE = 1_000
/** Messages shown in a preview. */
const SAMPLES = 3

/** What a plan came to. */
export interface Planned {
  tally: Tally
  /** Another one: somebody else, or something else for somebody. */
  fingerprint: string
  samples: Sample[]
}

/** A message as one of the recipients will see it; no name, because it may be shown in a chat. */
export interface Sample {
  person: string
  step: string | null
  said: Said
}

type Chosen = { member: Member; route: Route; price: number }

/** Plans for everybody of an audience as of `now`, page by page; `write` takes each page as it is. Nothing is kept here. */
export async function runPlan(
  parts: ReminderParts,
  plan: BroadcastPlan,
  now: number,
  broadcast: string | null,
  write: (page: NewRecipient[]) => Promise<void> = async () => {},
): Promise<Planned> {
  const { store } = parts
  const planner = createPlanner(
    policyOf(parts, plan, now, await groupsToPost(parts, plan, now)),
    await allowanceOf(parts, now),
  )
  const query = queryOf(parts, plan, now, broadcast)
  const hash = createHash('sha256')
  const chosen = new Map<string, Chosen>()
  let after = ''
  for (;;) {
    const page = await audiencePage(store.db, query, after, PAGE)
    const placed = page.map((member): NewRecipient => {
      const placement = planner.place(member)
      hash.update(mark(member, placement))
      if (placement.reason === null) choose(chosen, { member, route: placement.route, price: placement.price })
      return { person: member.person, run: member.run, step: member.step, group: member.group, placement }
    })
    await write(placed)
    const last = page.at(-1)
    if (!last || page.length < PAGE) break
    after = last.person
    await breathe()
  }
  return { tally: planner.tally(), fingerprint: hash.digest('base64url'), samples: await samplesOf(parts, plan, now, [...chosen.values()].slice(0, SAMPLES)) } // prettier-ignore
}

/** Groups whose chat takes a post of this plan. Officials are nobody that a group's chat should hear of. */
async function groupsToPost(parts: ReminderParts, plan: BroadcastPlan, now: number): Promise<Set<number>> {
  const chats = chatsOf(parts)
  if (chats.size === 0 || plan.audience.who.kind === 'officials') return new Set()
  const full = await groupsFull(parts, parts.store, Math.max(now, plan.at ?? 0))
  return new Set([...chats.keys()].filter((group) => !full.has(group)))
}

/** One recipient in the fingerprint: who reads, where the person stands, by which way and at what price. Who gets no message is in the numbers. */
function mark({ person, step }: Member, placement: Placement): string {
  if (placement.reason !== null) return `${person} ${placement.place} ${placement.reason}\n`
  const { place, route, price } = placement
  return `${person} ${place} ${route.contact} ${route.channel} ${price} ${step ?? ''}\n`
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
  return chosen.flatMap(({ member, route }) => {
    const row = readers.find(({ channel, address }) => channel === route.channel && address === route.address)
    if (!row) return []
    const worded = wordReminder(world, {
      flow,
      run: runs.find(({ id }) => id === member.run) ?? null,
      cause: causeOf(plan.audience.who),
      wording: plan.wording,
      person: member.person,
      group: member.group,
      helper: member.reader?.helper === true ? { label: null } : null,
      reader: { contact: row.contact, session: row.session },
      channel: route.channel,
      at: now,
    })
    return [{ person: member.person, step: member.step, said: inWords(texts, worded.reply, row.session, now, worded.place) }] // prettier-ignore
  })
} // prettier-ignore
