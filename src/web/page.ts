import { Hono } from 'hono'
import { html, raw } from 'hono/html'
import type { Context } from '../context.js'
import type { Locale } from '../core/model/message.js'
import { createFiles } from './files.js'
import { pageLocale, rememberVisitor } from './identity.js'
import type { PageTexts } from './words.js'

/** Files of the page; the build puts them beside the program as they stand beside this file. */
const FILES = { 'chat.js': 'text/javascript', 'chat.css': 'text/css', 'favicon.svg': 'image/svg+xml' } as const
type FileName = keyof typeof FILES

/** Texts that the page's script says; the others are in the page itself. */
const SCRIPT_TEXTS = [
  'from-us', 'from-you', 'choices', 'old-choices',
  'state.connecting', 'state.reconnecting', 'state.offline', 'state.back',
  'message.sending', 'message.waiting', 'message.failed', 'message.refused', 'message.resend',
] as const // prettier-ignore

/** `GET /chat` and what the page is made of. Looking at it stores nothing. */
export function pageRoutes({ config, ward }: Context, words: PageTexts): Hono {
  const app = new Hono()
  const secure = config.publicUrl.startsWith('https:')
  const { address, routes } = createFiles('/chat', FILES)
  app.route('/', routes)

  app.get('/', (c) => {
    rememberVisitor(c, secure)
    const locale = pageLocale(c, secure)
    c.header('Cache-Control', 'private, no-cache')
    c.header('Content-Language', locale)
    c.header('Vary', 'Cookie')
    return c.html(shell(locale, words, ward.demo, address))
  })

  return app
}

function shell(locale: Locale, words: PageTexts, demo: boolean, address: (name: FileName) => string) {
  const say = (key: string) => words.say(locale, `chat:${key}`)
  const other = locale === 'vi' ? 'en' : 'vi'
  const texts = {
    ...Object.fromEntries(SCRIPT_TEXTS.map((key) => [key, say(key)])),
    progress: words.say(locale, 'chat:progress', { done: '{done}', total: '{total}' }),
  }
  return html`<!doctype html>
    <html lang="${locale}">
      <head>
        <meta charset="utf-8" />
        <meta name="viewport" content="width=device-width, initial-scale=1, interactive-widget=resizes-content" />
        <meta name="theme-color" content="#0c4f4a" />
        <meta name="format-detection" content="telephone=no" />
        <title>${say('title')}</title>
        <link rel="icon" type="image/svg+xml" href="${address('favicon.svg')}" />
        <link rel="stylesheet" href="${address('chat.css')}" />
        <script src="${address('chat.js')}" defer></script>
      </head>
      <body>
        <header>
          <div class="bar">
            <img src="${address('favicon.svg')}" alt="" width="40" height="40" />
            <div class="names">
              <h1>${say('title')}</h1>
              <p>${say('about')}</p>
            </div>
            <div class="settings" role="group" aria-label="${say('settings')}">
              <button type="button" id="big" aria-pressed="false">
                <span class="letter" aria-hidden="true">A</span>${say('big-text')}
              </button>
              <a id="language" href="/chat?lang=${other}" lang="${other}" hreflang="${other}" data-locale="${other}"
                >${say('other-language')}</a
              >
            </div>
          </div>
        </header>
        ${demo ? html`<aside class="demo">${words.say(locale, 'phrases:demo.notice')}</aside>` : ''}
        <main>
          <noscript><p class="no-script">${say('no-script')}</p></noscript>
          <div id="log" role="log" aria-live="polite" aria-label="${say('log')}" tabindex="-1"></div>
        </main>
        <section class="writing" aria-label="${say('write')}">
          <p id="state" role="status"></p>
          <form id="form" autocomplete="off">
            <label for="text" class="unseen">${say('write')}</label>
            <input
              id="text"
              type="text"
              maxlength="10000"
              enterkeyhint="send"
              autocapitalize="sentences"
              placeholder="${say('placeholder')}"
            />
            <button id="send">${say('send')}</button>
          </form>
        </section>
        <footer>
          <p>${say('never')}</p>
        </footer>
        <script type="application/json" id="texts">
          ${raw(JSON.stringify(texts).replaceAll('<', '\\u003c'))}
        </script>
      </body>
    </html>`
}
