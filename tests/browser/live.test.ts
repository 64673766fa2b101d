import type { Browser } from 'playwright-core'
import { letIn } from '../../src/access/page-link.js'
import { serveWeb } from '../../src/web/serve.js'
import { bundle, databaseSettings, launch, removeBundles, type Running } from '../support/children.js'
import { describeBrowser, openBrowser } from '../support/browser.js'
import { describeEngines, engines } from '../support/databases.js'
import { openSite, type Site } from '../web/site.js'
import { enrolSix } from '../web/staff/signed-in.js'

const all = await engines()

describeBrowser('the overview, open in a browser', () => {
  describeEngines('shows what a head writes down', all, (engine) => {
    let browser: Browser
    let site: Site
    let served: Awaited<ReturnType<typeof serveWeb>>
    let other: Running | undefined
    let base: string
    beforeAll(async () => {
      browser = await openBrowser()
      site = await openSite({ PUBLIC_URL: 'http://127.0.0.1' }, { engine })
      site.now.at = Date.now()
      await enrolSix(site)
      served = await serveWeb(site.context)
      base = `http://127.0.0.1:${served.port}`
      Object.assign(site.context.config, { publicUrl: base })
    }, 120_000)
    afterAll(async () => {
      other?.kill('SIGKILL')
      await other?.ended
      removeBundles()
      await browser.close()
      await served.close()
      await site.close()
    })

    /** A link to the pages, for whoever opens it. */
    const link = (role: 'staff' | 'leader', group: number | null) => {
      const { store, newId } = site.context
      return store.transaction((tx) => letIn(tx, { publicUrl: base, role, group, newId, now: Date.now() }))
    }

    /** Where the head is: on PostgreSQL at another process, on SQLite at the only one there can be. */
    const headsServer = async () => {
      if (engine.name === 'sqlite') return base
      const env = { PORT: '0', HOST: '127.0.0.1', DATA_DIR: site.tool.dataDir, ...databaseSettings(site.context.store) }
      other = launch(bundle('src/main.ts'), { env })
      const address = await other.line(/http\S+\/chat/)
      return new URL(/http\S+\/chat/.exec(address)![0]).origin
    }

    test(`within seconds and without a reload${engine.name === 'postgres' ? ', from one process to another' : ''}`, async () => {
      const page = await browser.newPage({ locale: 'vi-VN' })
      let loads = 0
      page.on('load', () => loads++)
      await page.goto(await link('staff', null))
      await page.getByRole('button', { name: 'Vào trang' }).click()
      await page.goto(`${base}/staff?flow=vneid-level-1`)
      await page.getByText('6 người trong sổ').waitFor()
      const before = loads

      const there = await headsServer()
      const code = new URL(await link('leader', 5)).searchParams.get('code')!
      const form = (fields: Record<string, string>) => ({ method: 'POST', redirect: 'manual' as const, body: new URLSearchParams(fields) }) // prettier-ignore
      const entered = await fetch(`${there}/staff/enter`, form({ code }))
      const cookie = entered.headers
        .getSetCookie()
        .find((line) => line.startsWith('ward_staff='))!
        .split(';')[0]!
      const group = await (await fetch(`${there}/staff/groups/5`, { headers: { cookie } })).text()
      const csrf = /name="csrf" value="([^"]+)"/.exec(group)![1]!
      const done = await fetch(`${there}/staff/groups/5/done`, { ...form({ csrf, flow: 'vneid-level-1', one: 'r-1' }), headers: { cookie } }) // prettier-ignore
      expect(done.status).toBe(303)
      const since = Date.now()
      await page
        .getByText(/^1\/6 người xong/)
        .first()
        .waitFor({ timeout: 30_000 })
      // It asks every ten seconds; the rest is a busy machine's.
      expect(Date.now() - since).toBeLessThan(20_000)
      expect(loads).toBe(before)
      await page.close()
    }, 120_000)
  })
})
