import { type FlowFigures, type Share, sumFigures } from '../core/figures.js'
import { cardGuides, type Flows } from '../core/flow/definition.js'
import type { Line } from '../core/model/message.js'
import type { Ward } from '../core/model/ward.js'
import type { Scope } from '../core/policy/roles.js'
import { guideLine } from '../core/talk/draft.js'
import { cardsInDoubt } from '../store/cards.js'
import { counted } from '../store/counted.js'
import { type RosterFigure, rosterFigures } from '../store/roster-figures.js'
import type { Db } from '../store/tables.js'
import type { Texts } from '../texts.js'
import { type Draft, draftBytes, type DraftTable } from './draft-form.js'

/** Official letters that are drafted with the figures filled in. */
export const DRAFTS = ['report', 'card-team'] as const
export type DraftName = (typeof DRAFTS)[number]

export interface DraftParts {
  db: Db
  /** The whole ward: a draft speaks for it. */
  scope: Scope
  flows: Flows
  ward: Ward
  texts: Texts
  /** The day of the figures, `2026-11-23`. */
  day: string
}

type Say = (key: string, vars?: Line['vars']) => string

/** The bytes of a draft as .docx, and how many people its figures are about. */
export async function draftFile(name: DraftName, parts: DraftParts): Promise<{ bytes: Buffer; count: number }> {
  if (parts.scope.groups !== 'ward') throw new Error('a draft speaks for the whole ward')
  const voice = { locale: 'vi', form: 'ban', day: parts.day } as const
  const say: Say = (key, vars) => parts.texts.render({ key: `documents:${key}`, ...(vars ? { vars } : {}) }, voice)
  const roster = await rosterFigures(parts.db, parts.scope)
  const body = name === 'report' ? await reportBody(parts, say, roster) : await cardTeamBody(parts, say, roster)
  const bytes = await draftBytes({ ...formOf(name, parts, say), body })
  return { bytes, count: sumOf(roster, name === 'report' ? (one) => one.people : withoutCard) }
}

const sumOf = (roster: readonly RosterFigure[], of: (one: RosterFigure) => number) =>
  roster.reduce((sum, one) => sum + of(one), 0)
const withoutCard = ({ withoutCard: { permanent, temporary, unknown } }: RosterFigure) =>
  permanent + temporary + unknown
const cells = (text: string) => text.split('|')
/** A people's committee, by how its name begins. */
const COMMITTEE = /^(ủy ban nhân dân|uỷ ban nhân dân|ubnd)(\s|$)/i
const issuerOf = ({ ward }: DraftParts, say: Say) => ward.reports.issuer ?? say('issuer')
const groupOf = (say: Say, group: number | null) => (group === null ? say('no-group') : say('group', { group }))

/** `2026-11-23` as an office writes it. */
function dateOf(day: string): string {
  const [year, month, date] = day.split('-')
  return `${date}/${month}/${year}`
}

function formOf(name: DraftName, parts: DraftParts, say: Say): Omit<Draft, 'body'> {
  const { recipients, place } = parts.ward.reports
  const named = recipients.length > 0 ? recipients : [say('blank')]
  return {
    mark: say('draft'),
    issuer: issuerOf(parts, say),
    number: say(`${name}.number`),
    republic: say('republic'),
    motto: say('motto'),
    dateline: say('dateline', { place: place ?? say('blank'), year: parts.day.slice(0, 4) }),
    kind: name === 'report' ? say('report.kind') : null,
    subject: say(`${name}.subject`),
    to: { word: say('to'), names: name === 'report' ? [] : named },
    received: [say('received'), ...named.map((one) => `- ${one};`), say('filed')],
    // Whoever names another issuer knows in whose name it signs.
    authority: say(COMMITTEE.test(issuerOf(parts, say)) ? 'authority' : 'no-authority'),
    office: say(COMMITTEE.test(issuerOf(parts, say)) ? 'office' : 'no-office'),
    signature: say('signature'),
  }
}

async function reportBody(parts: DraftParts, say: Say, roster: readonly RosterFigure[]): Promise<Draft['body']> {
  const { db, scope, flows, ward } = parts
  const { rows, beside } = await counted(db, scope)
  const sums = sumFigures(flows, rows, beside)
  const words = (line: Line) => parts.texts.render(line, { locale: 'vi', form: 'ban', day: parts.day })
  const guide = (flow: string) => words(guideLine(flow, 'short'))
  const [officials, done] = [sumOf(roster, (one) => one.officials), sumOf(roster, (one) => one.officialsDone)]
  const vouched = sumOf(roster, (one) => one.officialsConfirmed)
  const head = (key: string) => cells(say(`report.${key}-head`))
  const guides: DraftTable = [
    head('guides'),
    ...sums.map(({ flow, people, started, finished, confirmed, percent }) => [
      guide(flow),
      people,
      started,
      finished,
      confirmed,
      percent,
      ward.targets[flow] ?? say('none'),
    ]),
  ]
  const steps: DraftTable = [
    head('steps'),
    ...sums.flatMap(({ flow, standing }) =>
      standing.map(({ step, count }) => [guide(flow), words(guideLine(flow, `steps.${step}.title`)), count]),
    ),
  ]
  return [
    say('report.intro', { issuer: issuerOf(parts, say) }),
    { heading: say('report.guides') },
    { table: guides },
    { heading: say('report.steps') },
    { table: steps },
    { heading: say('report.groups') },
    { table: byGroup(say, guide, head('groups'), sums) },
    { heading: say('report.cards') },
    { table: cards(say, head('cards'), roster) },
    ...(await doubted(parts, say)),
    { heading: say('report.officials') },
    say('report.officials-text', { done, confirmed: vouched, officials, percent: officials === 0 ? 0 : Math.floor((done * 100) / officials) }), // prettier-ignore
    say('report.percent-of'),
    say('report.few'),
    say('source', { date: dateOf(parts.day) }),
  ]
}

/** That some of whom the roster does not say so hold a card by their own or somebody else's word; nothing where there are none. */
async function doubted({ db, scope, flows }: DraftParts, say: Say): Promise<string[]> {
  const words = [...(await cardsInDoubt(db, scope, cardGuides(flows))).values()]
  const self = words.filter((word) => word === 'self').length
  return words.length === 0 ? [] : [say('cards-doubted', { self, confirmed: words.length - self })]
}

/** `2/94 (1; 5)`: finished of the people, how many of those by a head's or the ward's word, and how many began. */
const reached = ({ finished, confirmed, people, started }: Share) => `${finished}/${people} (${confirmed}; ${started})`

function byGroup(say: Say, guide: (flow: string) => string, head: string[], sums: readonly FlowFigures[]): DraftTable {
  const all = [...new Set(sums.flatMap(({ groups }) => groups.map(({ group }) => group)))]
  const cell = ({ groups }: FlowFigures, group: number | null) => {
    const own = groups.find((one) => one.group === group)
    return own ? reached(own) : '0'
  }
  return [
    [...head, ...sums.map(({ flow }) => guide(flow))],
    ...all
      .sort((a, b) => (a ?? Infinity) - (b ?? Infinity))
      .map((group) => [groupOf(say, group), ...sums.map((sum) => cell(sum, group))]),
    [say('total'), ...sums.map(reached)],
  ]
}

function cards(say: Say, head: string[], roster: readonly RosterFigure[]): DraftTable {
  const numbers = (all: readonly RosterFigure[]) =>
    [
      (one: RosterFigure) => one.people,
      (one: RosterFigure) => one.withoutCard.permanent,
      (one: RosterFigure) => one.withoutCard.temporary,
      (one: RosterFigure) => one.withoutCard.unknown,
      (one: RosterFigure) => one.cardUnknown,
      (one: RosterFigure) => one.reviewed,
      (one: RosterFigure) => one.households,
    ].map((of) => sumOf(all, of))
  return [head, ...roster.map((one) => [groupOf(say, one.group), ...numbers([one])]), [say('total'), ...numbers(roster)]] // prettier-ignore
}

async function cardTeamBody(parts: DraftParts, say: Say, roster: readonly RosterFigure[]): Promise<Draft['body']> {
  const numbers = (all: readonly RosterFigure[]) => ({
    permanent: sumOf(all, (one) => one.withoutCard.permanent),
    temporary: sumOf(all, (one) => one.withoutCard.temporary),
    unknown: sumOf(all, (one) => one.withoutCard.unknown),
    count: sumOf(all, withoutCard),
    visits: sumOf(all, (one) => one.cardVisits),
  })
  const row = (name: string, all: readonly RosterFigure[]) => {
    const { permanent, temporary, unknown, count, visits } = numbers(all)
    return [name, permanent, temporary, unknown, count, visits]
  }
  const concerned = roster.filter((one) => withoutCard(one) + one.cardVisits > 0)
  return [
    say('card-team.intro', { date: dateOf(parts.day), ...numbers(concerned) }),
    ...(await doubted(parts, say)),
    say('card-team.ask', { issuer: issuerOf(parts, say) }),
    say('card-team.place'),
    say('card-team.time'),
    say('card-team.contact'),
    say('card-team.heads'),
    {
      table: [
        cells(say('card-team.heads-head')),
        ...concerned.map((one) => row(groupOf(say, one.group), [one])),
        row(say('total'), concerned),
      ],
    },
    say('card-team.close'),
  ]
}
