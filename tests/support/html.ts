/** An element of a page as a test asks about it. */
export interface Element {
  tag: string
  attributes: Readonly<Record<string, string>>
  children: (Element | string)[]
}

const VOID = new Set(['br', 'hr', 'img', 'input', 'link', 'meta', 'col', 'source'])
const ENTITIES: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', quot: '"', '#39': "'", nbsp: '\u00a0' }
const decoded = (text: string) => text.replace(/&(#39|\w+);/g, (whole, name: string) => ENTITIES[name] ?? whole)

/** Reads a page of ours. It is strict: an element that is not closed, or closed by another's end, is a fault of the page. */
export function parseHtml(page: string): Element {
  const root: Element = { tag: '', attributes: {}, children: [] }
  const open = [root]
  for (const [, end, tag, rest, text] of page.matchAll(
    /<!doctype[^>]*>|<!--[^]*?-->|<(\/?)([a-z][\w-]*)((?:"[^"]*"|[^">])*)>|([^<]+)/gi,
  )) {
    if (text !== undefined) open.at(-1)!.children.push(decoded(text))
    if (tag === undefined) continue
    if (end === '/') {
      const closed = open.pop()!
      if (closed.tag !== tag) throw new Error(`</${tag}> ends <${closed.tag}>`)
      continue
    }
    const attributes = Object.fromEntries([...rest!.matchAll(/([\w:-]+)(?:="([^"]*)")?/g)].map(([, name, value]) => [name!, decoded(value ?? '')])) // prettier-ignore
    const element: Element = { tag, attributes, children: [] }
    open.at(-1)!.children.push(element)
    if (!VOID.has(tag) && !rest!.endsWith('/')) open.push(element)
  }
  if (open.length > 1) throw new Error(`<${open.at(-1)!.tag}> is not closed`)
  return root
}

/** Every element of this kind below another, in order. */
export function all(within: Element, tag: string): Element[] {
  return within.children.flatMap((one) =>
    typeof one === 'string' ? [] : [...(one.tag === tag ? [one] : []), ...all(one, tag)],
  )
}

/** What is read there, blanks as one. */
export function textOf(one: Element | string): string {
  return (typeof one === 'string' ? one : one.children.map(textOf).join(' ')).replace(/\s+/g, ' ').trim()
}
