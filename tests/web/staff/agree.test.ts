import fc from 'fast-check'
import { sql } from 'kysely'
import { readSheet } from 'read-excel-file/node'
import { showStats } from '../../../src/cli/stats.js'
import { scopeOf } from '../../../src/core/policy/roles.js'
import type { LedgerRow } from '../../../src/store/ledger.js'
import { streamLedger } from '../../../src/store/ledger.js'
import { recordDone } from '../../../src/turns/record.js'
import { openSite, type Site } from '../site.js'
import { enrolSix, signIn } from './signed-in.js'

const FLOWS = { 'vneid-level-1': 'VNeID mức 1', 'id-card': 'Làm thẻ căn cước' } as const
type FlowName = keyof typeof FLOWS

/** What anybody may do to the figures: a head writes something down, or a resident moves on by the chat. */
const deeds = fc.array(
  fc.record({
    flow: fc.constantFrom<FlowName>('vneid-level-1', 'id-card'),
    person: fc.integer({ min: 1, max: 6 }),
    upTo: fc.constantFrom('step', 'step', 'end'),
    taps: fc.integer({ min: 0, max: 3 }),
  }),
  { minLength: 1, maxLength: 12 },
)

describe('figures', () => {
  test('are the same on the page, in the chat, from the tool and in the file, and are what the ledger says', async () => {
    await fc.assert(
      fc.asyncProperty(deeds, async (history) => {
        const site = await openSite()
        try {
          await enrolSix(site)
          await live(site, history)
          const told = await everywhere(site)
          const ledger = await streamLedger(site.context.store.db, {}, null, 10_000)
          for (const flow of Object.keys(FLOWS) as FlowName[]) {
            const plain = recount(ledger, flow)
            expect([flow, told.page(flow)]).toEqual([flow, plain])
            expect([flow, told.chat(flow)]).toEqual([flow, plain])
            expect([flow, told.tool(flow)]).toEqual([flow, plain])
            expect([flow, told.file(flow)]).toEqual([flow, plain])
          }
        } finally {
          await site.close()
        }
      }),
      { numRuns: 8, seed: 20261123 },
    )
  }, 120_000)
})

type Count = { started: number; finished: number }

/** Who began and who ended, counted from nothing but the events. */
function recount(ledger: readonly LedgerRow[], flow: FlowName): Count {
  const own = ledger.filter((event) => event.flow === flow)
  const persons = (some: readonly LedgerRow[]) => new Set(some.map(({ person }) => person)).size
  return { started: persons(own), finished: persons(own.filter(({ outcome }) => outcome === 'finished')) }
}

async function live(site: Site, history: readonly { flow: FlowName; person: number; upTo: string; taps: number }[]) {
  const head = scopeOf({ id: 'head', role: 'leader', leads: [5] })
  for (const { flow, person, upTo, taps } of history) {
    site.now.at += 60_000
    await recordDone(site.context, head, {
      flow,
      persons: [`r-${person}`],
      upTo: upTo === 'end' ? 'end' : 'step',
      now: site.now.at,
    })
    if (taps === 0) continue
    const visitor = await site.visitor()
    await visitor.post({ id: 'o', kind: 'start', payload: `${flow}_g5` })
    await visitor.choose('Đồng ý, bắt đầu')
    await visitor.choose('Bác')
    for (let i = 0; i < taps; i++) await visitor.choose((await visitor.newest()).options[0]!.label)
  }
}

/** The same question asked in four places. */
async function everywhere(site: Site) {
  const staff = await signIn(site, 'staff')
  const page = (await staff.get('/staff')).text
  const { answer } = await staff.get('/staff/exports/completion.xlsx')
  const sheet = await readSheet(Buffer.from(await answer.arrayBuffer()))
  const visitor = await site.visitor()
  await visitor.post({ id: 'o', kind: 'start', payload: '' })
  await visitor.choose('Đồng ý, bắt đầu')
  await sql`update contact set role = 'staff' where id in (select contact from address)`.execute(site.context.store.db)
  await visitor.write('thống kê')
  await site.context.requests.runOnce()
  const chat = (await visitor.newest()).text
  let tool = ''
  await showStats(site.tool, { json: true }, (text) => void (tool += text))
  const stats = JSON.parse(tool) as ({ flow: string } & Count)[]
  const none: Count = { started: 0, finished: 0 }
  return {
    page(flow: FlowName): Count {
      const card = page.split('<section class="card">').find((one) => one.includes(`<h3>${FLOWS[flow]}</h3>`))!
      const [, finished, started] = /(\d+)\/(\d+) người xong/.exec(card) ?? []
      return started === undefined ? none : { started: Number(started), finished: Number(finished) }
    },
    chat(flow: FlowName): Count {
      const [, started, finished] =
        new RegExp(`${FLOWS[flow]}: (\\d+) người bắt đầu, (\\d+) người xong`).exec(chat) ?? []
      return started === undefined ? none : { started: Number(started), finished: Number(finished) }
    },
    tool: (flow: FlowName): Count => {
      const found = stats.find((one) => one.flow === flow)
      return found ? { started: found.started, finished: found.finished } : none
    },
    file(flow: FlowName): Count {
      const rows = sheet.filter((row) => row[0] === FLOWS[flow] && row[2] === 'cả hướng dẫn')
      const sum = (at: number) => rows.reduce((all, row) => all + Number(row[at]), 0)
      return { started: sum(3), finished: sum(4) }
    },
  }
}
