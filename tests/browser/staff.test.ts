import { mkdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { sql } from 'kysely'
import type { Browser, BrowserContext, Page } from 'playwright-core'
import { readSheet } from 'read-excel-file/node'
import { invitationPayload, invite } from '../../src/access/invite.js'
import { letIn } from '../../src/access/page-link.js'
import { xlsxBytes } from '../../src/exports/xlsx.js'
import { serveWeb } from '../../src/web/serve.js'
import { violations } from '../support/axe.js'
import { describeBrowser, openBrowser } from '../support/browser.js'
import { type Site, openSite } from '../web/site.js'
import { enrolSix } from '../web/staff/signed-in.js'

const SIZES = [
  { width: 360, height: 740 },
  { width: 1280, height: 900 },
] as const
/** Where to put pictures of every page for somebody to look at; unset: none are made. */
const PICTURES = process.env['SCREENSHOTS']

describeBrowser('the staff pages in a browser', () => {
  let browser: Browser
  let site: Site
  let served: Awaited<ReturnType<typeof serveWeb>>
  let base: string
  let contexts: BrowserContext[]
  let complaints: string[]

  beforeAll(async () => {
    browser = await openBrowser()
    if (PICTURES) mkdirSync(PICTURES, { recursive: true })
  })
  afterAll(() => browser.close())
  beforeEach(async () => {
    contexts = []
    complaints = []
    site = await openSite({ PUBLIC_URL: 'http://127.0.0.1' })
    site.now.at = Date.now()
    served = await serveWeb(site.context)
    base = `http://127.0.0.1:${served.port}`
    // The links that the bot gives out lead to where it really listens.
    Object.assign(site.context.config, { publicUrl: base })
  })
  afterEach(async () => {
    for (const context of contexts) await context.close()
    await served.close()
    await site.close()
    if (complaints.length > 0) throw new Error(complaints.join('\n'))
  })

  const openPage = async (viewport: { width: number; height: number } = SIZES[1]): Promise<Page> => {
    const context = await browser.newContext({ viewport, locale: 'vi-VN', reducedMotion: 'reduce' })
    contexts.push(context)
    const page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
    })
    return page
  }

  /** Takes an invitation in the chat, asks for the pages there and comes in by the link. */
  const comeInByChat = async (page: Page, link: string) => {
    await page.goto(link)
    await page.getByRole('button', { name: 'Tôi nhận' }).click()
    await page.getByText('đã được ghi là').waitFor()
    const write = async (text: string) => {
      await page.locator('#text').fill(text)
      await page.keyboard.press('Enter')
    }
    await write('xem trang')
    await page.locator('.choices:not(.old)').getByRole('button', { name: 'Đồng ý, bắt đầu' }).click()
    await page.locator('.choices:not(.old)').getByRole('button', { name: '1 Bác' }).waitFor()
    await write('xem trang')
    const answer = page.locator('.ours', { hasText: '/staff/enter?code=' })
    await answer.waitFor()
    await page.goto(base + /\/staff\/enter\?code=[\w-]{24}/.exec((await answer.textContent())!)![0])
    await page.getByRole('button', { name: 'Vào trang' }).click()
    await page.getByRole('heading', { level: 1, name: 'Tổng quan' }).waitFor()
  }

  const comeIn = async (page: Page, role: 'leader' | 'staff' | 'admin', group: number | null = null) => {
    const { store, newId } = site.context
    const now = site.now.at
    await page.goto(await store.transaction((tx) => letIn(tx, { publicUrl: base, role, group, newId, now })))
    await page.getByRole('button', { name: 'Vào trang' }).click()
    await page.locator('h1', { hasText: 'Tổng quan' }).waitFor()
  }

  test('what was typed outlives the session and a sign-in in another tab: it is read, sent once more by a button, and written', async () => {
    await enrolSix(site)
    const page = await openPage(SIZES[0])
    await comeIn(page, 'leader', 5)
    await page.goto(`${base}/staff/people/r-1`)
    const note = 'Nhà có chó dữ, gọi trước "khi" đến <b>cổng</b>'
    const lines = 'Bà con chú ý:\n\n  xem http://la.vn & gọi "cô Hạnh"'
    const values = (): Promise<string[]> => page.evaluate('[...document.querySelectorAll("textarea[readonly]")].map((one) => one.value)') // prettier-ignore
    const typeNote = async () => {
      await page.locator('#edit summary').click()
      await page.locator('#edit #note').fill(note)
      await page.locator('#edit').getByRole('button', { name: 'Lưu' }).click()
    }
    const noteOf = async () => (await sql<{ note: string | null }>`select note from roster where person = 'r-1'`.execute(site.context.store.db)).rows[0]!.note // prettier-ignore
    // Signed in again elsewhere: the form on this page carries an old token.
    await comeIn(await page.context().newPage(), 'leader', 5)
    await typeNote()
    await page.getByRole('heading', { name: 'Chưa ghi' }).waitFor()
    expect(await page.locator('header nav').count()).toBe(1)
    expect(await values()).toContain(note)
    expect(await noteOf()).toBeNull()
    expect(await violations(page)).toEqual([])
    expect(await page.evaluate('document.documentElement.scrollWidth > innerWidth')).toBe(false)
    // Another language keeps it too, and writes nothing.
    await page.getByRole('button', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'Not saved' }).waitFor()
    await page.getByRole('button', { name: 'Tiếng Việt' }).click()
    await page.getByRole('heading', { name: 'Chưa ghi' }).waitFor()
    expect(await noteOf()).toBeNull()
    await page.getByRole('button', { name: 'Gửi lại' }).click()
    await page.locator('h1', { hasText: 'Nguyễn Văn An' }).waitFor()
    expect(await noteOf()).toBe(note)

    // The session over altogether, with an answer of several lines under way.
    await page.goto(`${base}/staff/broadcasts`)
    await page.locator('#words summary').click()
    await page.locator('textarea[name="text"]').fill(lines)
    await sql`delete from page_session`.execute(site.context.store.db)
    await page.locator('form[action="/staff/broadcasts/preview"] button').last().click()
    await page.getByText('Lượt vào trang đã hết').waitFor()
    expect(await values()).toContain(lines)
    // Too early: nothing is lost by trying.
    await page.getByRole('button', { name: 'Tôi đã vào lại' }).click()
    await page.getByText('Lượt vào trang đã hết').waitFor()
    expect(await violations(page)).toEqual([])
    await comeIn(await page.context().newPage(), 'leader', 5)
    await page.getByRole('button', { name: 'Tôi đã vào lại' }).click()
    await page.getByRole('heading', { name: 'Chưa ghi' }).waitFor()
    await page.getByRole('button', { name: 'Gửi lại' }).click()
    // A link is refused by the form itself, which has every line as it was typed.
    await page.locator('textarea[name="text"]').waitFor()
    expect(await page.locator('textarea[name="text"]').inputValue()).toBe(lines)
  })

  test('an admin invites a head, who imports the group, marks three people done and opens a visit list; the ward sees it live', async () => {
    const admin = await openPage()
    const code = await invite(site.context.store.db, 'admin', null, site.now.at)
    await comeInByChat(admin, `${base}/chat?start=${invitationPayload(code)}`)

    await admin.getByRole('link', { name: 'Vai trò' }).click()
    await admin.locator('#label').fill('Cô Hạnh tổ 5')
    await admin.getByRole('combobox', { name: 'Vai trò' }).selectOption('leader')
    await admin.getByRole('combobox', { name: 'Tổ' }).selectOption('5')
    await admin.getByRole('button', { name: 'Làm đường dẫn mời' }).click()
    const invitation = (await admin.locator('#way-web').textContent())!

    const head = await openPage(SIZES[0])
    // The site is told its port only when it listens.
    const { pathname, search } = new URL(invitation.trim())
    await comeInByChat(head, base + pathname + search)
    expect(await head.locator('.who').textContent()).toContain('Tổ trưởng tổ 5')

    // Three hundred rows, ten of them faulty.
    const right = Array.from({ length: 300 }, (_, i) => [`Nguyễn Thị ${WORDS[i % 20]} ${WORDS[Math.floor(i / 20)]}`, 1940 + (i % 60), 5, i % 4 === 0 ? 'Chưa có' : 'Có', i % 2 === 0 ? 'Thường trú' : 'Tạm trú', `Phố ${(i % 3) + 1}`, String(i + 1), i === 7 ? 'x' : '']) // prettier-ignore
    const faulty = right.map((row, i) => (i % 30 === 4 ? row.with(FAULTS[(i - 4) / 30]![0], FAULTS[(i - 4) / 30]![1]) : row)) // prettier-ignore
    const choose = async (rows: (string | number)[][]) => {
      const { bytes } = await xlsxBytes(HEADINGS, rows)
      await head.getByLabel('Chọn tệp').setInputFiles({ name: 'to-5.xlsx', mimeType: 'application/octet-stream', buffer: bytes }) // prettier-ignore
      await head.getByRole('button', { name: 'Kiểm tra tệp' }).click()
    }
    await head.goto(`${base}/staff/import`)
    await choose(faulty)
    await head.getByRole('alert').waitFor()
    const named = await head.locator('main li').allTextContents()
    for (let i = 4; i < 300; i += 30) expect(named.filter((line) => line.startsWith(`Dòng ${i + 2},`))).toHaveLength(1)
    expect(await head.getByRole('button', { name: /vào sổ/ }).count()).toBe(0)
    await choose(right)
    await head.getByRole('button', { name: 'Ghi 300 người vào sổ' }).click()
    await head.getByText('300 người mới').waitFor()

    // Their own group and no other.
    await head.goto(`${base}/staff/groups`)
    expect(head.url()).toBe(`${base}/staff/groups/5`)
    await head.goto(`${base}/staff/groups/5?flow=vneid-level-1`)
    // The head chats from there, too.
    expect(await head.getByText('301 người').count()).toBe(1)
    expect((await head.request.get(`${base}/staff/groups/6`)).status()).toBe(403)

    const live = admin
    await live.goto(`${base}/staff?flow=vneid-level-1`)
    await live.getByText('300 người trong sổ').waitFor()
    expect(await live.getByText('3/300 người xong').count()).toBe(0)

    for (const box of await head
      .locator('.people input[type=checkbox]')
      .all()
      .then((all) => all.slice(0, 3)))
      await box.check()
    await head.getByRole('button', { name: 'Ghi cho những người đã chọn' }).click()
    await head.getByText('Đã ghi xong cho 3 người').waitFor()
    await head.getByRole('link', { name: 'Danh sách đi thăm' }).click()
    await head.getByRole('heading', { level: 1, name: 'Danh sách đi thăm, tổ 5' }).waitFor()
    expect(await head.getByRole('row').count()).toBeGreaterThan(75)

    // The ward's page, open all the while, shows it by itself.
    await live.getByText('3/300 người xong (1 %), 3 người đã bắt đầu').first().waitFor({ timeout: 20_000 })

    await live.getByRole('link', { name: 'Xuất tệp' }).click()
    const [download] = await Promise.all([
      live.waitForEvent('download'),
      live.getByRole('link', { name: 'Người chưa có thẻ, theo cư trú, tệp xlsx' }).click(),
    ])
    const sheet = await readSheet(await readFile(await download.path()))
    expect(sheet).toHaveLength(1 + 75)
    expect(sheet[1]![0]).toBe('Thường trú')

    // Another head sees nothing of it, whatever address they know.
    const person = (await head.locator('main').innerHTML()) && (await personOf(head))
    const other = await openPage()
    await comeIn(other, 'leader', 6)
    for (const path of [
      '/staff/groups/5',
      '/staff/groups/5/visits',
      '/staff/groups/5/households',
      '/staff/groups/5/contacts',
      `/staff/people/${person}`,
      '/staff/exports/people.csv?group=5',
    ]) {
      // prettier-ignore
      const answer = await other.request.get(base + path)
      expect([path, answer.status() === 403 || answer.status() === 404]).toEqual([path, true])
      expect(await answer.text()).not.toContain('Nguyễn Thị')
    }
  }, 120_000)

  const personOf = async (page: Page) => {
    await page.goto(`${base}/staff/groups/5`)
    return (await page.locator('.people a').first().getAttribute('href'))!.split('/').at(-1)!
  }

  test('«Enter» in a tick box speaks of those that are ticked and of nobody else', async () => {
    await enrolSix(site)
    const context = await browser.newContext({ viewport: SIZES[0], locale: 'vi-VN', javaScriptEnabled: false })
    contexts.push(context)
    const page = await context.newPage()
    await comeIn(page, 'leader', 5)
    const tickWithKeys = async (box: ReturnType<Page['locator']>) => {
      await box.focus()
      await page.keyboard.press('Space')
      await page.keyboard.press('Enter')
    }
    await page.goto(`${base}/staff/groups/5?flow=vneid-level-1`)
    await tickWithKeys(page.getByRole('checkbox', { name: 'Chọn Phạm Thị Dung' }))
    await page.getByText('Đã ghi xong cho 1 người').waitFor()
    const told = await page.locator('.people li', { hasText: 'Đã xong' }).allTextContents()
    expect(told).toHaveLength(1)
    expect(told[0]).toContain('Phạm Thị Dung')
    await page.goto(`${base}/staff/groups/5/households`)
    await tickWithKeys(page.getByRole('checkbox').nth(1))
    await page.getByText('Đã ghi rà soát hôm nay cho 1 hộ').waitFor()
    const reviewed = await page.locator('.people li', { hasText: 'Đã rà soát thứ' }).locator('strong').allTextContents()
    expect(reviewed).toEqual(['số 12 Đường Sen Hồng'])
    // A button at a line still speaks of that line alone.
    await page.goto(`${base}/staff/groups/5?flow=vneid-level-1`)
    await page.getByRole('button', { name: 'Xong tại nhà: VNeID mức 1 – Hoàng Văn Em' }).press('Enter')
    await page.getByText('Đã ghi xong cho 1 người').waitFor()
    expect(await page.locator('.people li', { hasText: 'Đã xong' }).count()).toBe(2)
  }, 60_000)

  test('every page is free of what axe finds, fits a small phone, and is reached by keyboard', async () => {
    await enrolSix(site)
    const found: string[] = []
    for (const size of SIZES) {
      const page = await openPage(size)
      const look = async (name: string, path?: string) => {
        if (path !== undefined) await page.goto(base + path)
        found.push(...(await violations(page)).map((one) => `${name} ${size.width}: ${one}`))
        if (await page.evaluate('document.documentElement.scrollWidth > innerWidth'))
          found.push(`${name} ${size.width}: is too wide`)
        if (
          await page.evaluate(
            "[...document.querySelectorAll('.stacks .wide')].some((one) => one.scrollWidth > one.clientWidth)",
          )
        )
          found.push(`${name} ${size.width}: a table has to be pushed sideways`)
        if (!(await page.evaluate(OPEN_IN_VIEW)))
          found.push(`${name} ${size.width}: the open page is not in view among the pages`)
        if (PICTURES) await page.screenshot({ path: join(PICTURES, `${name}-${size.width}.png`), fullPage: true })
      }
      await look('signed-out', '/staff')
      await comeIn(page, 'admin')
      await page.goto(`${base}/staff/groups/5?flow=vneid-level-1`)
      await page.locator('.people input[type=checkbox]').first().check()
      await page.getByLabel('Đã xong bước đang làm').check()
      await page.getByRole('button', { name: 'Ghi cho những người đã chọn' }).click()
      await look('group-done')
      for (const [name, path] of Object.entries(PAGES)) await look(name, path)
      await page.goto(`${base}/staff/people/r-2`)
      await page.locator('#edit summary').click()
      await page.locator('#born').fill('1850')
      await page.getByRole('button', { name: 'Lưu' }).click()
      await look('person-wrong')
      await page.goto(`${base}/staff/people/r-2`)
      await page.getByRole('button', { name: 'Làm phiếu' }).click()
      await look('slip')
      await page.goto(`${base}/staff/roles`)
      await page.locator('#label').fill('Cô Hạnh tổ 5')
      await page.getByRole('button', { name: 'Làm đường dẫn mời' }).click()
      await look('invitation')
      await page.goto(`${base}/staff/import`)
      const { bytes } = await xlsxBytes(HEADINGS, [['Nguyễn Thị Lan', 1850, 5, 'Có', '', '', '', '']])
      await page.getByLabel('Chọn tệp').setInputFiles({ name: 'a.xlsx', mimeType: 'application/octet-stream', buffer: bytes }) // prettier-ignore
      await page.getByRole('button', { name: 'Kiểm tra tệp' }).click()
      await look('import-refused')
      await page.goto(`${base}/chat`)
      await page.locator('.ours').first().waitFor()
      await look('chat')
      await page.goto(`${base}/staff`)
      await page.keyboard.press('Tab')
      expect(await page.evaluate('document.activeElement.className')).toBe('skip')
    }
    expect(found).toEqual([])
  }, 180_000)
})

/** Whether the page that is open stands where it can be seen in the line of pages. */
const OPEN_IN_VIEW = `(() => {
  const open = document.querySelector('header nav [aria-current]')?.getBoundingClientRect()
  return open === undefined || (open.left >= 0 && open.right <= innerWidth)
})()`

const PAGES = {
  overview: '/staff',
  'overview-english': '/staff?lang=en',
  groups: '/staff/groups?lang=vi',
  group: '/staff/groups/5?flow=vneid-level-1',
  households: '/staff/groups/5/households',
  visits: '/staff/groups/5/visits?who=everybody',
  contacts: '/staff/groups/5/contacts',
  person: '/staff/people/r-1',
  import: '/staff/import',
  exports: '/staff/exports',
  radar: '/staff/radar',
  tickets: '/staff/tickets',
  questions: '/staff/questions',
  incidents: '/staff/incidents',
  officials: '/staff/officials',
  guides: '/staff/guides',
  guide: '/staff/guides/vneid-level-1',
  roles: '/staff/roles',
  log: '/staff/log',
  health: '/staff/health',
  refused: '/staff/groups/0',
} as const

const HEADINGS = ['Họ và tên', 'Năm sinh', 'Tổ', 'Thẻ căn cước', 'Cư trú', 'Đường phố', 'Số nhà', 'Cần đến nhà']
const WORDS = 'An Bình Chi Dung Giang Hà Hạnh Hoa Hồng Hương Khánh Lan Liên Loan Mai Minh Nga Ngọc Oanh Phương'.split(
  ' ',
)
/** Ten cells that a row cannot be taken in with: the column, and what stands there. */
const FAULTS: readonly (readonly [number, string | number])[] = [
  [0, ''],
  [0, 'Nguyễn 123'],
  [1, 1850],
  [1, 'sáu mươi'],
  [2, 6.5],
  [2, 99],
  [3, 'có lẽ'],
  [4, 'ở nhờ'],
  [7, 'tùy'],
  [5, '001099012345'],
]
