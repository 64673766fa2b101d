import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import type { Browser } from 'playwright-core'
import { letIn } from '../../src/access/page-link.js'
import { serveWeb } from '../../src/web/serve.js'
import { describeBrowser, openBrowser } from '../support/browser.js'
import { household, rosterPerson } from '../store/roster-samples.js'
import { type Site, openSite } from '../web/site.js'
import { enrol } from '../web/staff/signed-in.js'

/** Where to put pictures of the paper for somebody to look at; unset: none are made. */
const PICTURES = process.env['SCREENSHOTS']
/** A4 with margins of 1 cm, in CSS pixels. */
const PAPER = { width: Math.round((19 / 2.54) * 96), height: Math.round((27.7 / 2.54) * 96) }
const CM = 96 / 2.54

interface Seen {
  slips: { right: number; height: number; cut: string }[]
  pictures: number[]
  codes: { points: number; lines: number }[]
  words: number[]
  crowded: number
}
/** What stands on the paper, measured in the page. */
const LOOK = `(() => {
  const all = (selector, from = document) => [...from.querySelectorAll(selector)]
  const points = (one) => (parseFloat(getComputedStyle(one).fontSize) * 72) / 96
  const words = (one) => {
    const range = document.createRange()
    range.selectNodeContents(one)
    return [...range.getClientRects()]
  }
  const meet = (a, b) => a.right > b.left && a.left < b.right && a.bottom > b.top && a.top < b.bottom
  return {
    slips: all('.slips .card').map((one) => ({ right: one.getBoundingClientRect().right, height: one.getBoundingClientRect().height, cut: getComputedStyle(one).breakInside })),
    pictures: all('.slips .qr').map((one) => one.getBoundingClientRect().width),
    codes: all('.slips .code').map((one) => ({ points: points(one), lines: new Set(words(one).map(({ top }) => top)).size })),
    words: all('.slips p').map(points),
    crowded: all('.slips .members li').filter((one) => {
      const picture = one.querySelector('.pictures').getBoundingClientRect()
      return picture.bottom > one.getBoundingClientRect().bottom + 1 || all('h3, .code', one).flatMap(words).some((line) => meet(line, picture))
    }).length,
  }
})()`

describeBrowser('paper', () => {
  let browser: Browser
  let site: Site
  let served: Awaited<ReturnType<typeof serveWeb>>
  beforeAll(async () => {
    browser = await openBrowser()
    if (PICTURES) mkdirSync(PICTURES, { recursive: true })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    site = await openSite({ PUBLIC_URL: 'http://127.0.0.1' })
    site.now.at = Date.now()
    served = await serveWeb(site.context)
    Object.assign(site.context.config, { publicUrl: `http://127.0.0.1:${served.port}` })
  })
  afterEach(async () => {
    await served.close()
    await site.close()
  })

  test.each(['vi', 'en'])('slips by household fit A4, none is cut in two, and pictures and codes are large enough to be scanned and read (%s)', async (language) => {
    const link = (code: string) => [
      { app: 'web' as const, url: `http://phuong-ba-hang.example/chat?start=${code}` },
      { app: 'telegram' as const, url: `https://t.me/PhuongBaHangBot?start=${code}` },
    ]
    Object.assign(site.context, { waysIn: { of: link, learn: async () => {} } })
    const sizes = [5, 1, 3, 6, 2, 9]
    const homes = sizes.map((_, i) => household(i + 1, { street: 'Đường Hoa Sen Hồng kéo dài', house: `số ${i + 1}` }))
    const people = sizes.flatMap((size, home) => Array.from({ length: size }, (_, n) => rosterPerson(`${home}-${n}`, { name: `Nguyễn Thị Phương ${'ABCDEFGHI'[n]}`, born: 1950 + n, household: `h-${home + 1}` })))
    await enrol(site, people, homes)
    const page = await (await browser.newContext({ viewport: PAPER, locale: 'vi-VN' })).newPage()
    const base = `http://127.0.0.1:${served.port}`
    const { store, newId } = site.context
    await page.goto(await store.transaction((tx) => letIn(tx, { publicUrl: base, role: 'leader', group: 5, newId, now: site.now.at })))
    await page.locator('form button').first().click()
    await page.goto(`${base}/staff/groups/5/papers?lang=${language}`)
    await page.locator('button[formaction$="household-slips"]').click()
    await page.locator('.slips .card').first().waitFor()
    await page.emulateMedia({ media: 'print' })
    if (PICTURES) await page.screenshot({ path: join(PICTURES, `household-slips-${language}.png`), fullPage: true })
    expect(await page.locator('.slips .card').count()).toBe(sizes.length)
    const seen = (await page.evaluate(LOOK)) as Seen
    for (const { right, height, cut } of seen.slips) {
      expect(right).toBeLessThanOrEqual(PAPER.width)
      expect(height).toBeLessThan(PAPER.height)
      expect(cut).toBe('avoid')
    }
    expect(seen.pictures).toHaveLength(people.length * 2)
    for (const width of seen.pictures) expect(width).toBeGreaterThanOrEqual(2 * CM)
    for (const { points, lines } of seen.codes) {
      expect(points).toBeGreaterThanOrEqual(12)
      expect(lines).toBe(1)
    }
    for (const points of seen.words) expect(points).toBeGreaterThanOrEqual(10)
    // Nobody's picture lies on their name or code, or reaches into the next one.
    expect(seen.crowded).toBe(0)
    const pdf = await page.pdf({ format: 'A4', margin: { top: '1cm', bottom: '1cm', left: '1cm', right: '1cm' } })
    expect(pdf.toString('latin1').match(/\/Type\s*\/Page\b/g)!.length).toBeLessThanOrEqual(4)
  }, 60_000) // prettier-ignore
})
