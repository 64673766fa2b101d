import { existsSync } from 'node:fs'
import { type Browser, chromium } from 'playwright-core'

/** Debian's Chromium, or the one that TEST_CHROMIUM names. */
const PROGRAM = process.env['TEST_CHROMIUM'] ?? '/usr/bin/chromium'

/** CI sets this: what is missing then fails instead of being skipped. */
const REQUIRED = process.env['REQUIRE_REAL'] === '1'

/** Starts a browser without a window that calls nobody but the page. */
export function openBrowser(): Promise<Browser> {
  return chromium.launch({
    executablePath: PROGRAM,
    args: [
      '--no-sandbox',
      '--disable-gpu',
      '--disable-background-networking',
      '--disable-component-update',
      '--disable-sync',
      '--no-first-run',
    ],
  })
}

/** A suite that needs a browser: visibly skipped where there is none, and a failure there when REQUIRE_REAL=1. */
export function describeBrowser(title: string, suite: () => void): void {
  if (existsSync(PROGRAM)) describe(title, suite)
  else if (REQUIRED) test(title, () => Promise.reject(new Error(`no browser at ${PROGRAM}`)))
  else describe.skip(`${title} – skipped: no browser at ${PROGRAM} (apt-get install chromium)`, suite)
}
