// The chat page: shows what the bot says and sends what the resident writes. One plain file: no framework, no build step.
// What the bot says has numbers (1, 2, 3 …) and stands in the order of its numbers; what the resident wrote stands behind the message
// that was the newest then. Nothing is ever put into the page as HTML.
/* oxlint-disable max-lines -- the page is served as it stands here: several files would be several ways over a slow network */
;(() => {
  'use strict'

  /** A talk that rested for longer is opened with a word of ours, ms. */
  const REST_MS = 30 * 60_000
  /** Messages of the resident that a reload keeps; they never leave this browser tab. */
  const MINE_LIMIT = 50
  const MINE = 'ward-mine'
  const BIG = 'ward-big'

  const byId = (id) => document.getElementById(id)
  const texts = JSON.parse(byId('texts').textContent)
  const locale = document.documentElement.lang
  const log = byId('log')
  const input = byId('text')
  const state = byId('state')

  // Browsers that block storage throw at the very look.
  const stored = (name, key, value) => {
    try {
      if (value === undefined) return window[name].getItem(key)
      window[name].setItem(key, value)
    } catch {
      return null
    }
    return null
  }

  const make = (tag, className, text) => {
    const element = document.createElement(tag)
    if (className) element.className = className
    if (text !== undefined) element.textContent = text
    return element
  }

  // ---- What stands in the talk --------------------------------------------------------------------------------------------------

  /** Number of the newest message that is shown. */
  let last = 0
  let lastDay = ''

  const place = (element, order) => {
    element.dataset.order = String(order)
    let before = log.lastElementChild
    while (before && Number(before.dataset.order) > order) before = before.previousElementSibling
    log.insertBefore(element, before ? before.nextSibling : log.firstChild)
  }

  const nearEnd = () => window.innerHeight + window.scrollY >= document.documentElement.scrollHeight - 320

  /** The end of the talk, but never past the head of a message that is longer than the screen. */
  const scrollTo = (element) => {
    const end = document.documentElement.scrollHeight - window.innerHeight
    window.scrollTo(0, Math.min(end, element.getBoundingClientRect().top + window.scrollY - 12))
  }

  const progress = (mark) => {
    const element = make('span', 'mark')
    const done = mark.split('●').length - 1
    element.setAttribute('role', 'img')
    element.setAttribute('aria-label', texts.progress.replace('{done}', done).replace('{total}', mark.length))
    for (const sign of mark) element.append(make('span', sign === '●' ? 'dot done' : sign === '◐' ? 'dot now' : 'dot'))
    return element
  }

  /** Lines stay lines; «labels on the screen» stand out; a progress mark is drawn and has words for those who listen. */
  const words = (text) => {
    const lines = text.split('\n')
    return lines.map((line, i) => {
      if (line === '') return make('span', 'gap')
      const heads = /[●◐○]{2,}$/.test(line) && (i === 0 || lines[i - 1] === '')
      const element = make('span', heads ? 'line heading' : 'line')
      for (const part of line.split(/(«[^»]*»|[●◐○]{2,})/)) {
        if (part.startsWith('«')) element.append(make('strong', '', part))
        else if (/^[●◐○]{2,}$/.test(part)) element.append(progress(part))
        else if (part) element.append(part)
      }
      return element
    })
  }

  const bubble = (from, text) => {
    const element = make('p', 'bubble')
    element.append(make('span', 'unseen', from + ' '), ...words(text))
    return element
  }

  const choices = (message) => {
    const long = message.options.filter(({ label }) => label.length > 8)
    const kind = message.options.length > 4 && long.length < 2 ? ' many' : message.options.length > 5 ? ' even' : ''
    const group = make('div', `choices${kind}`)
    group.setAttribute('role', 'group')
    group.setAttribute('aria-label', texts.choices)
    message.options.forEach(({ label, data }, i) => {
      const button = make('button', label.length > 8 ? 'choice long' : 'choice')
      button.type = 'button'
      button.append(make('span', 'number', String(i + 1)), ' ', make('span', 'label', label))
      button.addEventListener('click', () => {
        // A second press of a trembling finger is not a second answer.
        if (button.getAttribute('aria-disabled') === 'true') return
        hold(group, true)
        setTimeout(() => hold(group, false), 4000)
        send({ kind: 'tap', data, shown: `${i + 1} ${label}` })
      })
      group.append(button)
    })
    return group
  }

  const hold = (group, on) => {
    for (const button of group.children) {
      if (on) button.setAttribute('aria-disabled', 'true')
      else button.removeAttribute('aria-disabled')
    }
  }

  const showDay = ({ n, at }) => {
    const format = (options) =>
      new Intl.DateTimeFormat(locale === 'vi' ? 'vi-VN' : 'en-GB', { timeZone: 'Asia/Ho_Chi_Minh', ...options })
    const named = format({ weekday: 'long', day: 'numeric', month: 'numeric' })
    const day = named.format(at)
    if (day !== lastDay && (lastDay !== '' || day !== named.format(Date.now()))) place(make('p', 'day', day), n - 0.25)
    lastDay = day
  }

  /** A message of ours. */
  const showOurs = (message, isNew) => {
    if (message.n <= last) return
    const follow = nearEnd()
    last = message.n
    showDay(message)
    const element = make('div', isNew ? 'ours new' : 'ours')
    element.append(bubble(texts['from-us'], message.text))
    if (message.options.length > 0) {
      for (const group of log.querySelectorAll('.choices:not(.old)')) {
        group.classList.add('old')
        group.setAttribute('aria-label', texts['old-choices'])
        hold(group, false)
      }
      element.append(choices(message))
    }
    place(element, message.n)
    // The first message leaves the head of the page in view: it says who is speaking.
    if ((follow || awaited) && message.n > 1) scrollTo(element)
    awaited = false
  }

  /** A message of ours says something else now, in its place. Nobody is read the same numbers over and over. */
  const showEdit = (message) => {
    const element = [...log.querySelectorAll('.ours')].find(({ dataset }) => Number(dataset.order) === message.n)
    if (!element) return
    element.setAttribute('aria-live', 'off')
    element.querySelector('.bubble').replaceWith(bubble(texts['from-us'], message.text))
    if (message.options.length === 0) element.querySelector('.choices')?.remove()
  }

  // ---- What the resident sends -----------------------------------------------------------------------------------------------------

  /** What the resident wrote in this tab, oldest first; `fate` is sent, waiting, failed or refused. */
  let mine = []
  const elements = new Map()
  let sending = false
  let retry = 0
  /** True from a sending to its answer: then the page follows, wherever it stands. */
  let awaited = false

  const keep = () => {
    mine = mine.filter(({ shown, fate }) => shown || fate !== 'sent').slice(-MINE_LIMIT)
    stored('sessionStorage', MINE, JSON.stringify(mine))
  }

  const newId = () =>
    Array.from(crypto.getRandomValues(new Uint8Array(16)), (b) => b.toString(16).padStart(2, '0')).join('')

  const send = (message) => {
    const entry = { id: newId(), seen: last, fate: 'new', ...message }
    mine.push(entry)
    keep()
    const element = showMine(entry)
    awaited = true
    if (element) scrollTo(element)
    void flush()
  }

  const showMine = (entry) => {
    elements.get(entry.id)?.remove()
    elements.delete(entry.id)
    const note = {
      sending: 'message.sending',
      waiting: 'message.waiting',
      failed: 'message.failed',
      refused: 'message.refused',
    }[entry.fate]
    if (!entry.shown && !(entry.fate === 'failed' || entry.fate === 'refused')) return null
    const element = make('div', `mine ${entry.fate}`)
    if (entry.shown) element.append(bubble(texts['from-you'], entry.shown))
    if (note) element.append(make('p', 'fate', entry.note || texts[note]))
    if (entry.fate === 'failed' || entry.fate === 'waiting') {
      const again = make('button', 'resend', texts['message.resend'])
      again.type = 'button'
      again.addEventListener('click', () => void flush())
      element.append(again)
    }
    elements.set(entry.id, element)
    place(element, entry.seen + 0.5)
    return element
  }

  const settle = (entry, fate, note) => {
    const follow = nearEnd()
    entry.fate = fate
    entry.note = note
    keep()
    const element = showMine(entry)
    if (element && follow && fate !== 'sent') scrollTo(element)
  }

  const post = async (entry) => {
    const abort = new AbortController()
    const timer = setTimeout(() => abort.abort(), 20_000)
    const { id, kind, seen, text, data, payload } = entry
    try {
      return await fetch('/chat/messages', {
        method: 'POST',
        headers: { 'Content-Type': 'application/json' },
        body: JSON.stringify({ id, kind, seen, text, data, payload }),
        signal: abort.signal,
      })
    } finally {
      clearTimeout(timer)
    }
  }

  /** Sends what waits, in its order: what came first goes first, and the next waits for it. */
  const flush = async () => {
    if (sending) return
    sending = true
    clearTimeout(retry)
    try {
      for (;;) {
        const entry = mine.find(({ fate }) => fate !== 'sent' && fate !== 'refused')
        if (!entry) return
        const slow = setTimeout(() => settle(entry, 'sending'), 500)
        let response = null
        try {
          response = await post(entry)
        } catch {
          // No network: it goes out when there is one.
        }
        clearTimeout(slow)
        if (!response) {
          settle(entry, 'waiting')
          retry = setTimeout(flush, 5000)
          return
        }
        const answer = await response.json().catch(() => ({}))
        if (response.ok) {
          if (answer.shown) entry.shown = answer.shown
          delete entry.text
          settle(entry, 'sent')
          if (entry.go) return location.assign(entry.go)
          expect(answer.said)
        } else if (response.status >= 500 || response.status === 429) {
          settle(entry, 'failed', answer.text)
          return
        } else {
          settle(entry, 'refused', answer.text)
        }
      }
    } finally {
      sending = false
    }
  }

  /** The answer is stored; when the stream does not bring it soon, the stream is dead without knowing it. */
  const expect = (said) => {
    setTimeout(() => {
      if (said > last) reconnect()
    }, 2500)
  }

  // ---- The line to the server --------------------------------------------------------------------------------------------------------

  let source = null
  let begun = false
  let failures = 0
  let polling = false
  let patience = 0
  let wake = 0

  const tell = (key) => {
    clearTimeout(patience)
    // Nothing is said of a moment that nobody notices.
    if (key) patience = setTimeout(() => (state.textContent = texts[key]), begun ? 400 : 2000)
    else if (state.textContent !== '') {
      state.textContent = texts['state.back']
      patience = setTimeout(() => (state.textContent = ''), 3000)
    }
  }

  /** The line stands: what is missing is on its way. */
  const ready = ({ newest, at, now }) => {
    failures = 0
    tell('')
    if (newest < last) {
      // The talk was erased and began anew.
      log.textContent = ''
      last = 0
      lastDay = ''
    }
    if (!begun) begin(newest, now - at)
    void flush()
  }

  const begin = (newest, rest) => {
    begun = true
    mine = mine.filter(({ seen, fate }) => fate !== 'sent' || (seen <= newest && seen >= newest - 30))
    mine.forEach(showMine)
    const url = new URL(location.href)
    const payload = url.searchParams.get('start')
    history.replaceState(null, '', url.pathname)
    const waiting = mine.some(({ fate }) => fate !== 'sent' && fate !== 'refused')
    if (payload !== null || ((newest === 0 || rest > REST_MS) && !waiting)) {
      send({ kind: 'start', payload: (payload ?? '').slice(0, 200), shown: null })
    }
  }

  const reconnect = () => {
    if (polling) return
    source?.close()
    clearTimeout(wake)
    connect()
  }

  const connect = () => {
    tell(navigator.onLine === false ? 'state.offline' : begun ? 'state.reconnecting' : 'state.connecting')
    const stream = new EventSource(`/chat/stream${last ? `?after=${last}` : ''}`)
    source = stream
    let replaying = true
    const unheard = setTimeout(() => fall(stream, 2), 10_000)
    stream.addEventListener('ready', (event) => {
      clearTimeout(unheard)
      ready(JSON.parse(event.data))
      setTimeout(() => (replaying = false), 500)
    })
    stream.addEventListener('message', (event) => showOurs(JSON.parse(event.data), !replaying || awaited))
    stream.addEventListener('edit', (event) => showEdit(JSON.parse(event.data)))
    stream.addEventListener('error', () => {
      clearTimeout(unheard)
      tell(navigator.onLine === false ? 'state.offline' : 'state.reconnecting')
      fall(stream, 1)
    })
  }

  /** A stream that broke or did not come about: another try, and in the end the way that every network lets through. */
  const fall = (stream, weight) => {
    if (source !== stream) return
    failures += weight
    if (failures >= 3) {
      stream.close()
      void poll()
    } else if (stream.readyState === EventSource.CLOSED || weight > 1) {
      stream.close()
      wake = setTimeout(connect, 2000)
    }
    // Otherwise the browser tries again by itself.
  }

  /** Asks for messages one answer at a time. Where the server itself was away, streams are tried again as soon as it is back. */
  const poll = async () => {
    polling = true
    let away = false
    for (;;) {
      let pause = 500
      try {
        const query = `${begun ? 'wait=1' : ''}${last ? `&after=${last}` : ''}`
        const response = await fetch(`/chat/messages?${query}`)
        if (!response.ok) throw new Error(String(response.status))
        const answer = await response.json()
        ready(answer)
        for (const message of answer.messages) showOurs(message, begun)
        if (away) break
      } catch {
        away = true
        tell(navigator.onLine === false ? 'state.offline' : 'state.reconnecting')
        pause = 5000
      }
      await new Promise((next) => setTimeout(next, pause))
    }
    polling = false
    connect()
  }

  window.addEventListener('online', () => {
    reconnect()
    void flush()
  })
  window.addEventListener('offline', () => tell('state.offline'))
  document.addEventListener('visibilitychange', () => {
    if (!document.hidden && source && source.readyState !== EventSource.OPEN) reconnect()
  })

  // ---- The form and the settings ------------------------------------------------------------------------------------------------------

  byId('form').addEventListener('submit', (event) => {
    event.preventDefault()
    const text = input.value.trim()
    input.focus()
    if (text === '') return
    input.value = ''
    send({ kind: 'text', text, shown: text })
  })

  const big = byId('big')
  const enlarge = (on) => {
    document.documentElement.classList.toggle('big', on)
    big.setAttribute('aria-pressed', String(on))
  }
  enlarge(stored('localStorage', BIG) === '1')
  big.addEventListener('click', () => {
    const on = big.getAttribute('aria-pressed') !== 'true'
    stored('localStorage', BIG, on ? '1' : '0')
    enlarge(on)
    if (log.lastElementChild) scrollTo(log.lastElementChild)
  })

  const language = byId('language')
  language.addEventListener('click', (event) => {
    event.preventDefault()
    send({ kind: 'text', text: `/ngonngu ${language.dataset.locale}`, shown: null, go: language.href })
  })

  try {
    mine = JSON.parse(stored('sessionStorage', MINE) ?? '[]')
  } catch {
    mine = []
  }
  connect()
})()
