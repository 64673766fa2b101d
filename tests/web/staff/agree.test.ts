import fc from 'fast-check'
import { sql } from 'kysely'
import { readSheet } from 'read-excel-file/node'
import { exportList } from '../../../src/cli/export.js'
import { showStats } from '../../../src/cli/stats.js'
import type { FlowFigures } from '../../../src/core/figures.js'
import { holding } from '../../../src/core/flow/undo.js'
import { OPERATOR, type Scope, scopeOf } from '../../../src/core/policy/roles.js'
import { guideLine } from '../../../src/core/talk/draft.js'
import { csvLine } from '../../../src/exports/csv.js'
import { type LedgerRow, streamLedger } from '../../../src/store/ledger.js'
import { helpedStrangers, joinHelped } from '../../../src/store/strangers.js'
import { recordDone } from '../../../src/turns/record.js'
import { takeBack } from '../../../src/turns/take-back.js'
import { all, type Element, parseHtml, textOf } from '../../support/html.js'
import { rosterPerson } from '../../store/roster-samples.js'
import { unzip } from '../../support/zip.js'
import { openSite, type Site, type Visitor } from '../site.js'
import { enrol, enrolSix, signIn } from './signed-in.js'

const FLOWS = { 'vneid-level-1': 'VNeID mức 1', 'id-card': 'Làm thẻ căn cước' } as const
type FlowName = keyof typeof FLOWS
const NAMES = Object.keys(FLOWS) as FlowName[]

/** Groups 5 and 6 are broken down, group 7 is two people. */
const PEOPLE = [1, 2, 3, 4, 5, 6, 61, 62, 63, 64, 65, 71, 72]
const groupOf = (n: number) => (n < 10 ? 5 : Math.floor(n / 10))
const SMALL = 7
/** People of the roster by group. */
const listedIn = (group: string) => PEOPLE.filter((n) => String(groupOf(n)) === group).length

/** What anybody may do to the figures: a head writes something down, or a resident moves on by the chat, or gets stuck. */
const deeds = fc.array(
  fc.record({
    flow: fc.constantFrom(...NAMES),
    person: fc.constantFrom(...PEOPLE),
    upTo: fc.constantFrom('step', 'step', 'end'),
    taps: fc.array(fc.constantFrom(0, 0, 0, 1), { maxLength: 4 }),
    home: fc.constantFrom(5, 6),
    takenBack: fc.constantFrom(false, false, true),
    /** Whoever chats brings somebody in, and a head may say who of the roster that is. */
    helps: fc.constantFrom('nobody', 'somebody', 'listed', 'listed'),
  }),
  { minLength: 1, maxLength: 14 },
)

interface GroupTold {
  started: number
  finished: number
  confirmed: number
}

/** Figures as they are told somewhere; places that do not tell all of them leave some out. */
interface Told {
  started: number
  finished: number
  /** Out of how many, and the share of them in whole percent. */
  people?: number
  percent?: number
  confirmed?: number
  /** Persons by the title of the step where they stand. */
  here?: Record<string, number>
  /** By group: the started and the finished, and of those the ones by somebody else's word. */
  groups?: Record<string, GroupTold>
  /** Who finished in the last seven days, and of those the ones by somebody else's word. */
  week?: { now: number; confirmed: number }
}

describe('figures', () => {
  test('are the same wherever they are asked for, and are what the ledger says', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (history) => {
        const site = await openSite()
        try {
          await enrolSix(site)
          await enrol(site, PEOPLE.filter((n) => n > 10).map((n) => rosterPerson(n, { group: groupOf(n) }))) // prettier-ignore
          await live(site, history)
          const events = await streamLedger(site.context.store.db, scopeOf(OPERATOR), {}, null, 10_000)
          const runs = [...new Set(events.map(({ run }) => run))]
          // What was taken back is left aside, and nothing else.
          const held = new Set(runs.flatMap((run) => holding(events.filter((event) => event.run === run))))
          const ledger = events.filter((event) => held.has(event))
          for (const flow of NAMES) {
            const ward = recount(site, ledger, flow)
            for (const [where, told] of Object.entries(await toldOfTheWard(site, flow))) agree(`${where} of ${flow}`, told, ward) // prettier-ignore
            const five = recount(site, ledger.filter(({ group }) => group === 5), flow, ['5']) // prettier-ignore
            for (const [where, told] of Object.entries(await toldOfGroupFive(site, flow))) agree(`${where} of ${flow}, group 5`, told, five) // prettier-ignore
          }
          await expectCompletion(site, ledger)
        } finally {
          await site.close()
        }
      }),
      { numRuns: 6, seed: 20261127 },
    )
  }, 300_000)
})

/** Whatever a place tells must be so. */
function agree(where: string, told: Told, plain: Required<Told>): void {
  const asked = Object.fromEntries(Object.entries(plain).filter(([name]) => name in told))
  expect([where, told]).toEqual([where, asked])
}

interface Stand {
  group: number | null
  step: string
  finished: boolean
  confirmed: boolean
}

/** Where everybody stands in a guide, by nothing but the events. */
function stands(ledger: readonly LedgerRow[], flow: string): Stand[] {
  const found = new Map<string, Stand>()
  for (const event of ledger.filter((one) => one.flow === flow)) {
    const known = found.get(event.person!)
    const ended = event.outcome === 'finished' || event.outcome === 'confirmed'
    found.set(event.person!, {
      group: event.group,
      step: event.to ?? event.step,
      finished: ended || (known?.finished ?? false),
      confirmed: (ended && (event.source === 'leader' || event.source === 'staff')) || (known?.confirmed ?? false),
    })
  }
  return [...found.values()]
}

const titleOf = ({ context }: Site, flow: string, step: string) =>
  context.texts.render(guideLine(flow, `steps.${step}.title`), { locale: 'vi', form: 'bac', day: '2026-11-23' })

function recount(site: Site, ledger: readonly LedgerRow[], flow: string, of = ['5', '6', '7']): Required<Told> {
  const all = stands(ledger, flow)
  const here: Record<string, number> = {}
  const groups: Record<string, GroupTold> = {}
  for (const { group, step, finished, confirmed } of all) {
    if (!finished) here[titleOf(site, flow, step)] = (here[titleOf(site, flow, step)] ?? 0) + 1
    const own = (groups[String(group)] ??= { started: 0, finished: 0, confirmed: 0 })
    own.started++
    if (finished) own.finished++
    if (confirmed) own.confirmed++
  }
  const count = (of: (one: Stand) => boolean) => all.filter(of).length
  const finished = count((one) => one.finished)
  // Whoever is on the roster, and those who chat besides.
  const people = all.length === 0 ? 0 : [...new Set([...of, ...Object.keys(groups)])].reduce((sum, group) => sum + Math.max(listedIn(group), groups[group]?.started ?? 0), 0) // prettier-ignore
  const percent = people === 0 ? 0 : Math.floor((finished * 100) / people)
  const confirmed = count((one) => one.confirmed)
  // All of it happened within these days.
  return { started: all.length, finished, people, percent, confirmed, here, groups, week: { now: finished, confirmed } } // prettier-ignore
}

async function live(
  site: Site,
  history: readonly {
    flow: FlowName
    person: number
    upTo: string
    taps: readonly number[]
    home: number
    takenBack: boolean
    helps: string
  }[],
) {
  for (const { flow, person, upTo, taps, home, takenBack, helps } of history) {
    site.now.at += 60_000
    const head = scopeOf({ id: 'head', role: 'leader', leads: [groupOf(person)] })
    await recordDone(site.context, head, {
      flow,
      persons: [`r-${person}`],
      upTo: upTo === 'end' ? 'end' : 'step',
      now: site.now.at,
    })
    if (takenBack) await takeBack(site.context, head, { flow, at: site.now.at, now: site.now.at + 1_000 })
    if (taps.length === 0) continue
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload: `${flow}_g${home}` })
    await visitor.choose('Đồng ý, bắt đầu')
    await visitor.choose('Bác')
    for (const tap of taps) {
      const { options } = await visitor.newest()
      await visitor.choose(options[Math.min(tap, options.length - 1)]!.label)
    }
    if (helps !== 'nobody') await help(site, visitor, flow, helps === 'listed' ? { person: `r-${person}`, head } : null)
  }
}

/** Somebody is brought in without a code and begins; they may turn out to be a person of the roster who has not. */
async function help(site: Site, visitor: Visitor, flow: FlowName, listed: { person: string; head: Scope } | null) {
  const settle = async () => {
    for (let left = 1; left > 0;) left = await site.context.requests.runOnce()
  }
  await visitor.write('/nguoithan')
  await settle()
  const offered = (await visitor.newest()).options.map(({ label }) => label)
  if (!offered.includes('Thêm một người')) return
  for (const step of ['Thêm một người', 'mẹ', 'Đã đồng ý']) {
    if (step === 'mẹ') await visitor.write(step)
    else await visitor.choose(step)
    await settle()
  }
  await visitor.post({ id: 'h', kind: 'start', payload: flow })
  await visitor.choose((await visitor.newest()).options[0]!.label)
  if (listed === null) return
  const { store } = site.context
  const begun = await sql`select 1 from run where person = ${listed.person} and flow = ${flow}`.execute(store.db)
  const [one] = (await helpedStrangers(store.db, listed.head, { limit: 1 })).people
  if (begun.rows.length > 0 || !one) return
  await store.transaction((tx) => joinHelped(tx, listed.head, { helped: one.person, person: listed.person, now: site.now.at })) // prettier-ignore
}

/** Somebody who asks in the chat, and what is answered to a command. */
async function asker(site: Site, role: 'staff' | 'leader'): Promise<(words: string) => Promise<string>> {
  const { db } = site.context.store
  const visitor: Visitor = await site.visitor()
  await visitor.post({ id: 'o', kind: 'start', payload: '' })
  await visitor.choose('Đồng ý, bắt đầu')
  const found = await sql<{ contact: string }>`
    select a.contact from address a join contact c on c.id = a.contact where c.created_at = ${site.now.at}`.execute(db)
  const { contact } = found.rows[0]!
  await sql`update contact set role = ${role} where id = ${contact}`.execute(db)
  if (role === 'leader') await sql`insert into leads (contact, grp, since) values (${contact}, 5, 1)`.execute(db)
  return async (words) => {
    await visitor.write(words)
    for (let done = -1; done !== 0;) done = await site.context.requests.runOnce()
    return (await visitor.newest()).text
  }
}

async function toldOfTheWard(site: Site, flow: FlowName): Promise<Record<string, Told>> {
  site.now.at += 60_000
  const staff = await signIn(site, 'staff')
  const ask = await asker(site, 'staff')
  const whole = fromChat(await ask('thống kê'), flow)
  const { groups } = fromChat(await ask(`/thongke ${flow}`), flow)
  return {
    'the overview': overview(parseHtml((await staff.get(`/staff?flow=${flow}`)).text), flow),
    'the report’s draft': await report(staff, flow),
    'the guide’s page': guidePage(parseHtml((await staff.get(`/staff/guides/${flow}`)).text), flow, whole),
    '/thongke': whole,
    '/thongke with the guide': { ...whole, groups: groups ?? {} },
    'ward stats': await fromTool(site, flow, {}),
  }
}

async function toldOfGroupFive(site: Site, flow: FlowName): Promise<Record<string, Told>> {
  site.now.at += 60_000
  const head = await signIn(site, 'leader', 5)
  const ask = await asker(site, 'leader')
  const [atAGlance, unfinished] = [await ask('/to'), await ask('/chuaxong')]
  const tool = await fromTool(site, flow, { group: '5' })
  const page = overview(parseHtml((await head.get(`/staff?flow=${flow}`)).text), flow)
  const chat = fromChat(await ask('thống kê'), flow)
  const group = textOf(all(parseHtml((await head.get(`/staff/groups/5?flow=${flow}`)).text), 'main')[0]!)
  return {
    'the overview of the head': page,
    'the group’s page': { ...shareIn(group), confirmed: confirmedIn(group) },
    '/thongke of the head': chat,
    '/to': glance(atAGlance, flow),
    '/chuaxong': openOnes(unfinished, flow, tool),
    'ward stats --group 5': tool,
  }
}

const none = (): Told => ({ started: 0, finished: 0, people: 0, percent: 0, here: {} })

type Staff = Awaited<ReturnType<typeof signIn>>

/** `61/140 người xong (43 %), 70 người đã bắt đầu`, as pages and `/to` say it. */
function shareIn(text: string): Told & { people: number; percent: number } {
  const found = /(\d+)\/(\d+) người xong \((\d+) %[^)]*\), (\d+) người đã bắt đầu/.exec(text)
  const [finished = 0, people = 0, percent = 0, started = 0] = found?.slice(1).map(Number) ?? []
  return { started, finished, people, percent }
}

const confirmedIn = (text: string) => Number(/rong số đã xong, (\d+) người/.exec(text)?.[1] ?? 0)
/** «7 ngày qua có 3 người xong (1 đã xác nhận)» of the page, «7 ngày qua thêm 3 người xong, 1 đã xác nhận» of the chat. */
function weekIn(text: string): { now: number; confirmed: number } {
  const [now = 0, confirmed = 0] = /7 ngày qua (?:có|thêm) (\d+) người xong(?:,| \()\s*(\d+) đã xác nhận/.exec(text)?.slice(1).map(Number) ?? [] // prettier-ignore
  return { now, confirmed }
}

const plainTitle = (text: string) => text.replace(/^Bước \d+ · /, '')

/** The lines below the guide's own line, up to the next paragraph. */
function paragraph(text: string, start: RegExp): { head: RegExpExecArray; lines: string[] } | null {
  const lines = text.split('\n')
  const at = lines.findIndex((line) => start.test(line))
  if (at < 0) return null
  const rest = lines.slice(at + 1)
  const end = rest.findIndex((line) => !/^\s*·/.test(line))
  return { head: start.exec(lines[at]!)!, lines: end < 0 ? rest : rest.slice(0, end) }
}

function hereIn(lines: readonly string[]): Record<string, number> {
  const found = lines.flatMap((line) => {
    const [, count, title] = /(\d+) người đang ở (?:bước \d+: )?(.+)$/.exec(line) ?? []
    return title === undefined ? [] : [[title, Number(count)] as const]
  })
  return added(found)
}

const added = (pairs: readonly (readonly [string, number])[]) => {
  const sums: Record<string, number> = {}
  for (const [name, count] of pairs) if (count > 0) sums[name] = (sums[name] ?? 0) + count
  return sums
}

function fromChat(text: string, flow: FlowName): Told {
  const told = paragraph(text, new RegExp(`${FLOWS[flow]}: (\\d+) người bắt đầu, (\\d+) người xong, trên (\\d+) người dân \\((\\d+) %`)) // prettier-ignore
  if (!told) return none()
  const groups = told.lines.flatMap((line) => {
    const [, name, started, finished, confirmed] = /(Tổ \d+|Chưa rõ tổ): (\d+) bắt đầu, (\d+) xong \((\d+) đã xác nhận\)/.exec(line) ?? [] // prettier-ignore
    if (name === undefined || started === '0') return []
    return [[name === 'Chưa rõ tổ' ? 'null' : name.slice(3), { started: Number(started), finished: Number(finished), confirmed: Number(confirmed) }] as const] // prettier-ignore
  })
  return {
    started: Number(told.head[1]),
    finished: Number(told.head[2]),
    people: Number(told.head[3]),
    percent: Number(told.head[4]),
    confirmed: confirmedIn(told.lines.join('\n')),
    here: hereIn(told.lines),
    week: weekIn(told.lines.join('\n')),
    ...(groups.length > 0 ? { groups: Object.fromEntries(groups) } : {}),
  }
}

/** `/to` names the three steps where most people stand: where there are no more, they are all. */
function glance(text: string, flow: FlowName): Told {
  const told = paragraph(text, new RegExp(`${FLOWS[flow]}: .*`))
  if (!told) return { started: 0, finished: 0 }
  const steps = told.lines.flatMap((line) => {
    const [, count, title] = /(\d+) người dừng ở «(.+)»/.exec(line) ?? []
    return title === undefined ? [] : [[title, Number(count)] as const]
  })
  const here = added(steps)
  return {
    ...shareIn(told.head[0]),
    confirmed: confirmedIn(told.lines.join('\n')),
    ...(Object.keys(here).length < 3 ? { here } : {}),
  }
}

/** `/chuaxong` tells only who has not finished; how many there are altogether is the others' to say. */
function openOnes(text: string, flow: FlowName, { started, finished }: Told): Told {
  const told = paragraph(text, new RegExp(`${FLOWS[flow]}: (\\d+) người chưa xong`))
  expect(Number(told?.head[1] ?? 0)).toBe(started - finished)
  return { started, finished, here: hereIn(told?.lines ?? []) }
}

async function fromTool(site: Site, flow: FlowName, values: { group?: string }): Promise<Told> {
  let text = ''
  await showStats(site.tool, { json: true, ...values }, (part) => void (text += part))
  const found = (JSON.parse(text) as FlowFigures[]).find((one) => one.flow === flow)
  if (!found) return { ...none(), groups: {} }
  return {
    started: found.started,
    finished: found.finished,
    people: found.people,
    percent: found.percent,
    confirmed: found.confirmed,
    here: added(found.standing.map(({ step, count }) => [titleOf(site, flow, step), count] as const)),
    groups: Object.fromEntries(
      found.groups
        .filter(({ started }) => started > 0)
        .map(({ group, started, finished, confirmed }) => [String(group), { started, finished, confirmed }]),
    ),
  }
}

const number = (cell: Element | undefined) => Number(/\d+/.exec(textOf(cell ?? ''))?.[0] ?? 0)

/** `12 (9 đã xác nhận) · 40 %`. */
const vouchedIn = (cell: Element | undefined) => Number(/\((\d+) đã xác nhận\)/.exec(textOf(cell ?? ''))?.[1])

function overview(page: Element, flow: FlowName): Told {
  const card = all(page, 'section').find((one) => all(one, 'h3').some((title) => textOf(title) === FLOWS[flow]))!
  const rowsOf = (table: Element | undefined) => (table ? all(all(table, 'tbody')[0]!, 'tr') : [])
  const steps = rowsOf(all(card, 'table')[0]).map((row) => [plainTitle(textOf(all(row, 'th')[0]!)), number(all(row, 'td')[0])] as const) // prettier-ignore
  const table = all(page, 'table').find((one) => textOf(all(one, 'caption')[0]!) === `${FLOWS[flow]}: từng tổ`)
  const groups = rowsOf(table).map((row) => {
    const name = /^Tổ (\d+)$/.exec(textOf(all(row, 'th')[0]!))?.[1] ?? 'null'
    const cells = all(row, 'td')
    return [name, { started: number(cells[3]), finished: number(cells[4]), confirmed: vouchedIn(cells[4]) }] as const
  })
  return {
    ...shareIn(textOf(card)),
    confirmed: confirmedIn(textOf(card)),
    here: added(steps),
    week: weekIn(textOf(card)),
    groups: Object.fromEntries(groups.filter(([, one]) => one.started > 0)),
  }
}

/** The table by group of the .docx: `12/40 (9; 15)` is finished of the people, of those by somebody else's word, and begun. */
async function report(staff: Staff, flow: FlowName): Promise<Told> {
  const { answer } = await staff.get('/staff/drafts/report.docx')
  const document = unzip(Buffer.from(await answer.arrayBuffer())).get('word/document.xml')!
  const plain = (xml: string) => [...xml.matchAll(/<w:t(?: [^>]*)?>([^<]*)<\/w:t>/g)].map(([, part]) => part).join('')
  const tables = [...document.matchAll(/<w:tbl>([^]*?)<\/w:tbl>/g)].map(([, table]) =>
    [...table!.matchAll(/<w:tr\b[^>]*>([^]*?)<\/w:tr>/g)].map(([, row]) =>
      [...row!.matchAll(/<w:tc\b[^>]*>([^]*?)<\/w:tc>/g)].map(([, cell]) => plain(cell!)),
    ),
  )
  const [head, ...rows] = tables.find(([first]) => first?.[0] === 'Tổ dân phố' && first.includes(FLOWS[flow])) ?? []
  const read = (row: readonly string[]) => {
    const [finished = 0, people = 0, confirmed = 0, started = 0] = /^(\d+)\/(\d+) \((\d+); (\d+)\)$/.exec(row[head!.indexOf(FLOWS[flow])]!)?.slice(1).map(Number) ?? [] // prettier-ignore
    return { finished, people, confirmed, started }
  }
  if (head === undefined) return { started: 0, finished: 0, confirmed: 0, groups: {} }
  const groups = rows.slice(0, -1).map((row) => [row[0]!.replace('Tổ dân phố ', ''), read(row)] as const)
  return {
    ...read(rows.at(-1)!),
    groups: Object.fromEntries(groups.filter(([, { started }]) => started > 0).map(([group, { people: _, ...told }]) => [group, told])), // prettier-ignore
  }
}

/** The drawing of a guide says how many stand on every step. */
function guidePage(page: Element, flow: FlowName, { started, finished }: Told): Told {
  const steps = all(page, 'li').filter(({ attributes }) => attributes['id']?.startsWith('step-'))
  expect([flow, steps.length > 3]).toEqual([flow, true])
  return {
    started,
    finished,
    here: added(
      steps.map((step) => {
        const where = all(step, 'span').find(({ attributes }) => attributes['class'] === 'where')!
        return [plainTitle(textOf(all(step, 'strong')[0]!)), number(where)] as const
      }),
    ),
  }
}

/** The file, opened again: by guide, group and step, for the ward; and the tool's own file is the same, line by line. */
async function expectCompletion(site: Site, ledger: readonly LedgerRow[]): Promise<void> {
  const staff = await signIn(site, 'staff')
  const { answer } = await staff.get('/staff/exports/completion.xlsx')
  const [heading, ...rows] = await readSheet(Buffer.from(await answer.arrayBuffer()))
  let tool = ''
  await exportList(site.tool, 'completion', { format: 'csv' }, (text) => void (tool += text))
  expect(tool).toBe([heading!, ...rows].map((row) => csvLine(row as (string | number | null)[])).join(''))
  for (const flow of NAMES) {
    const own = rows.filter((row) => row[0] === FLOWS[flow])
    const wholes = own
      .filter((row) => row[2] === 'cả hướng dẫn')
      .map((row) => [row[1], row[3], row[4], row[5], row[7], row[8]])
    const people = stands(ledger, flow)
    const groups = [...new Set(people.map(({ group }) => group))]
    const plain = groups.map((group) => {
      const members = people.filter((one) => one.group === group)
      const finished = members.filter((one) => one.finished).length
      // Whoever is on the group's roster, and those who chat besides.
      const whole = Math.max(listedIn(String(group)), members.length)
      return [group, members.length, finished, members.filter((one) => one.confirmed).length, whole, Math.floor((finished * 100) / whole)] // prettier-ignore
    })
    const order = (all: readonly unknown[][]) => all.map((one) => JSON.stringify(one)).sort()
    expect([flow, order(wholes)]).toEqual([flow, order(plain)])
    // Who of a small group stands where is told under no group.
    const places = added(people.filter(({ finished }) => !finished).map(({ group, step }) => [`${group === SMALL ? null : group} ${titleOf(site, flow, step)}`, 1] as const)) // prettier-ignore
    const told = added(own.filter((row) => row[2] !== 'cả hướng dẫn').map((row) => [`${row[1] as number | null} ${plainTitle(row[2] as string)}`, Number(row[6])] as const)) // prettier-ignore
    expect([flow, told]).toEqual([flow, places])
  }
}
