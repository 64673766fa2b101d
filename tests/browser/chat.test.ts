import type { Browser, BrowserContext, Page } from 'playwright-core'
import { serveWeb } from '../../src/web/serve.js'
import { describeBrowser, openBrowser } from '../support/browser.js'
import { type Site, openSite } from '../web/site.js'

describeBrowser('the chat page in a browser', () => {
  let browser: Browser
  let site: Site
  let served: Awaited<ReturnType<typeof serveWeb>>
  let context: BrowserContext
  let page: Page
  let base: string
  /** What the page complained about: scripts that failed, rules of the security policy that it broke. */
  let complaints: string[]

  beforeAll(async () => {
    browser = await openBrowser()
  })
  afterAll(() => browser.close())

  const open = async (viewport: { width: number; height: number }, query = '', locale = 'vi-VN') => {
    context = await browser.newContext({ viewport, locale, reducedMotion: 'reduce' })
    page = await context.newPage()
    page.on('pageerror', (error) => complaints.push(error.message))
    page.on('console', (message) => {
      if (/Content Security Policy/.test(message.text())) complaints.push(message.text())
    })
    await page.goto(`${base}/chat${query}`)
    await said(1)
  }

  beforeEach(async () => {
    complaints = []
    site = await openSite()
    site.now.at = Date.now()
    served = await serveWeb(site.context)
    base = `http://127.0.0.1:${served.port}`
  })
  afterEach(async () => {
    await context.close()
    await served.close()
    await site.close()
    if (complaints.length > 0) throw new Error(complaints.join('\n'))
  })

  const PHONE = { width: 320, height: 640 }
  const said = (n: number) =>
    page
      .locator('.ours')
      .nth(n - 1)
      .waitFor()
  const newest = () => page.locator('.ours').last()
  const choice = (name: string) => page.locator('.choices:not(.old)').getByRole('button', { name })
  const overflow = () => page.evaluate('document.documentElement.scrollWidth > innerWidth')

  /** Clicks a choice and waits for the answer. */
  const choose = async (name: string) => {
    const shown = await page.locator('.ours').count()
    await choice(name).click()
    await said(shown + 1)
  }

  const toFirstStep = async () => {
    await choose('1 Đồng ý, bắt đầu')
    await choose('1 Bác')
    await choose('Bắt đầu từ bước 1')
  }

  test('answers by itself, walks by click and by keyboard, and draws the progress with words for those who listen', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    expect(page.url()).toBe(`${base}/chat`)
    expect(await newest().textContent()).toContain('phường Hoa Sen')
    await toFirstStep()
    expect(await newest().locator('.heading').textContent()).toContain('Tải ứng dụng VNeID')
    expect(await newest().getByRole('img').getAttribute('aria-label')).toBe('0 trên 8 bước')
    const shown = await page.locator('.ours').count()
    await page.locator('#text').focus()
    await page.keyboard.type('xong roi')
    await page.keyboard.press('Enter')
    await said(shown + 1)
    // Back from the field to the last choice, and on with the space bar.
    await page.keyboard.press('Shift+Tab')
    expect(await page.evaluate('document.activeElement.className')).toContain('choice')
    await page.keyboard.press('Space')
    await said(shown + 2)
    expect(await page.locator('.mine').allTextContents()).toContain('Bác đã gửi: xong roi')
    expect(await overflow()).toBe(false)
  })

  test('a reload keeps the talk and what was written, and says nothing twice', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    await toFirstStep()
    const talk = () => page.locator('#log .bubble').allTextContents()
    const before = await talk()
    await page.reload()
    await said(4)
    await page.locator('.mine').nth(2).waitFor()
    expect(await talk()).toEqual(before)
    expect(await page.locator('.choices:not(.old)').count()).toBe(1)
  })

  test('after half an hour the talk is opened with where the resident was', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    await toFirstStep()
    site.now.at += 31 * 60_000
    await page.reload()
    await said(5)
    expect(await newest().textContent()).toContain('Mình làm tiếp nhé?')
  })

  test('a button of an older message looks old and is explained', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    await toFirstStep()
    await choose('1 Tải xong rồi')
    const old = page.locator('.choices.old').last()
    expect(await old.getAttribute('aria-label')).toBe('Nút của tin cũ')
    await old.getByRole('button').first().click()
    await said(6)
    expect(await newest().textContent()).toContain('tin cũ')
  })

  test('without network a message waits in sight and goes out when the network is back', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    await toFirstStep()
    await context.setOffline(true)
    await page.locator('#text').fill('xong')
    await page.keyboard.press('Enter')
    await page.locator('.mine.waiting').getByRole('button', { name: 'Gửi lại' }).waitFor()
    await page.locator('#state', { hasText: 'mất mạng' }).waitFor()
    await context.setOffline(false)
    await said(5)
    expect(await page.locator('.mine.waiting').count()).toBe(0)
    expect(await page.locator('.mine').last().textContent()).toBe('Bác đã gửi: xong')
  })

  test('a server that stopped is waited for, and nothing is lost or said twice', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    await toFirstStep()
    const { port } = served
    await served.close()
    await page.locator('#state', { hasText: 'Đang nối lại' }).waitFor()
    await page.locator('#text').fill('xong')
    await page.keyboard.press('Enter')
    await page.locator('.mine.waiting').waitFor()
    served = await serveWeb({ ...site.context, config: { ...site.context.config, port } })
    await said(5)
    expect(await page.locator('.ours').count()).toBe(5)
  })

  test('a message that the server could not store offers to be sent again', async () => {
    await open(PHONE)
    await page.route('**/chat/messages', (route) =>
      route.fulfill({ status: 503, json: { error: 'later', text: 'Máy chủ đang bận.' } }),
    )
    await choice('1 Đồng ý, bắt đầu').click()
    await page.locator('.mine.failed', { hasText: 'Máy chủ đang bận.' }).waitFor()
    await page.unroute('**/chat/messages')
    await page.getByRole('button', { name: 'Gửi lại' }).click()
    await said(2)
    expect(await page.locator('.mine.failed').count()).toBe(0)
  })

  test('a network that breaks streams gets the talk the other way', async () => {
    context = await browser.newContext({ viewport: PHONE, locale: 'vi-VN' })
    page = await context.newPage()
    await page.route('**/chat/stream*', (route) => route.abort())
    await page.goto(`${base}/chat`)
    await said(1)
    await choose('1 Đồng ý, bắt đầu')
    expect(await page.locator('.ours').count()).toBe(2)
  })

  test('two quick presses of a button are one answer', async () => {
    await open(PHONE)
    await choice('1 Đồng ý, bắt đầu').dblclick()
    await said(2)
    expect(await page.locator('.mine').count()).toBe(1)
  })

  test('a secret does not stay on the screen', async () => {
    await open(PHONE)
    await page.locator('#text').fill('otp 123456')
    await page.keyboard.press('Enter')
    await said(2)
    await page.locator('.mine', { hasText: 'otp ••••••' }).waitFor()
    const kept: string = await page.evaluate('document.body.textContent + JSON.stringify(sessionStorage)')
    expect(kept).not.toContain('123456')
  })

  test('what is written is text, never a part of the page', async () => {
    await open(PHONE)
    await page.locator('#text').fill('<img src=x onerror=alert(1)><b>đậm</b>')
    await page.keyboard.press('Enter')
    await said(2)
    expect(await page.locator('#log img[src], #log b').count()).toBe(0)
    expect(await page.locator('.mine').textContent()).toContain('<b>đậm</b>')
  })

  test('large text is remembered, fits 320 px, and every target is 44 px high', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    const big = page.getByRole('button', { name: 'Chữ to' })
    await big.click()
    expect(await big.getAttribute('aria-pressed')).toBe('true')
    await page.reload()
    await said(1)
    expect(await page.evaluate('getComputedStyle(document.documentElement).fontSize')).toBe('24px')
    await toFirstStep()
    expect(await overflow()).toBe(false)
    await big.click()
    const heights: number[] = await page.evaluate(
      '[...document.querySelectorAll("button, a, input")].map((e) => e.getBoundingClientRect().height)',
    )
    expect(Math.min(...heights)).toBeGreaterThanOrEqual(44)
  })

  test('the page and the talk change their language together', async () => {
    await open(PHONE, '?start=vneid-level-1_g5')
    await page.getByRole('link', { name: 'English' }).click()
    await page.getByRole('heading', { name: 'help line' }).waitFor()
    await page.locator('.ours').nth(1).waitFor()
    expect(await page.evaluate('document.documentElement.lang')).toBe('en')
    expect(await newest().textContent()).toContain('From now on I write in English')
    expect(await page.locator('.mine').count()).toBe(0)
    expect(page.url()).toBe(`${base}/chat`)
  })

  test('an English link greets in English on a wide screen, an English browser alone does not', async () => {
    await open({ width: 1280, height: 800 }, '', 'en-US')
    expect(await newest().textContent()).toMatch(/Chào bác/)
    await context.close()
    await open({ width: 1280, height: 800 }, '?lang=en', 'en-US')
    expect(await newest().textContent()).toMatch(/Hello|automatic/)
    expect(await overflow()).toBe(false)
  })
})
