// The staff pages work without this file. It keeps a page with `data-live` fresh while it is open, shows which page is open, and lets a button print.
const live = document.querySelector('[data-live]')
if (live) {
  const every = Number(live.dataset.live) * 1000
  const refresh = async () => {
    const active = live.contains(document.activeElement) ? document.activeElement : null
    // Somebody who is choosing is not disturbed.
    if (document.hidden || active?.matches('input, select, textarea')) return
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html', 'x-refresh': '1' } })
      if (!answer.ok) return
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]')
      if (!fresh) return
      // What was opened stays open, and the keyboard stays where it was.
      for (const opened of live.querySelectorAll('details[open][id]')) {
        fresh.querySelector(`#${CSS.escape(opened.id)}`)?.setAttribute('open', '')
      }
      if (fresh.innerHTML === live.innerHTML) return
      const at = active ? [...live.querySelectorAll('a, button, summary, [tabindex]')].indexOf(active) : -1
      live.replaceChildren(...fresh.childNodes)
      if (at >= 0) live.querySelectorAll('a, button, summary, [tabindex]')[at]?.focus()
    } catch {
      // The network is away: what is shown stays.
    }
  }
  setInterval(refresh, every)
  // Who comes back to the page does not look at old figures.
  document.addEventListener('visibilitychange', () => void refresh())
}
// On a phone the pages stand in one line that slides: the one that is open is in view.
const pages = document.querySelector('header nav')
const open = pages?.querySelector('[aria-current]')
if (open) pages.scrollLeft = open.offsetLeft - pages.offsetLeft - (pages.clientWidth - open.offsetWidth) / 2
for (const button of document.querySelectorAll('[data-print]')) button.addEventListener('click', () => print())
