import { createHash } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'
import { Hono } from 'hono'

/** Files of a page, served as they stand, for ever under an address that carries their version. */
export interface Files<Name extends string> {
  address(name: Name | string): string
  routes: Hono
}

/** `folder` is the path that they are served below; they lie in `page/` beside the program (the build copies them). */
export function createFiles<Name extends string>(folder: string, types: Readonly<Record<Name, string>>): Files<Name> {
  const files = new Map(
    Object.entries<string>(types).map(([name, type]) => {
      const bytes = readFileSync(new URL(`./page/${name}`, import.meta.url))
      const version = createHash('sha256').update(bytes).digest('hex').slice(0, 12)
      return [name, { type, bytes, packed: gzipSync(bytes), version }]
    }),
  )
  const routes = new Hono()
  for (const [name, file] of files)
    routes.get(`/${name}`, (c) => {
      const zipped = /\bgzip\b/.test(c.req.header('accept-encoding') ?? '')
      c.header('Content-Type', `${file.type}; charset=utf-8`)
      c.header('Cache-Control', c.req.query('v') === file.version ? 'public, max-age=31536000, immutable' : 'no-cache')
      c.header('Vary', 'Accept-Encoding')
      if (zipped) c.header('Content-Encoding', 'gzip')
      return c.body(new Uint8Array(zipped ? file.packed : file.bytes))
    })
  return { address: (name) => `${folder}/${name}?v=${files.get(name)?.version ?? ''}`, routes }
}
