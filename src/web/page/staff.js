// The staff pages work without this file; it only keeps a page with `data-live` fresh while it is open.
const live = document.querySelector('[data-live]')
if (live) {
  const every = Number(live.dataset.live) * 1000
  setInterval(async () => {
    if (document.hidden || live.contains(document.activeElement)) return
    try {
      const answer = await fetch(location.href, { headers: { accept: 'text/html' } })
      if (!answer.ok) return
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html').querySelector('[data-live]')
      if (fresh && fresh.innerHTML !== live.innerHTML) live.replaceChildren(...fresh.childNodes)
    } catch {
      // The network is away: what is shown stays.
    }
  }, every)
}
