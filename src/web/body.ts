import type { HttpBindings } from '@hono/node-server'
import type { Context as Call } from 'hono'

/**
 * The body of a request as text; null when it is larger than `limit` bytes. On a real server it is read from the socket's own stream: the
 * standard Request that `c.req.json()` would build costs more than handling the message (docs/benchmarks.md).
 */
export async function readBody(c: Call, limit: number): Promise<string | null> {
  if (Number(c.req.header('content-length') ?? 0) > limit) return null
  const incoming = (c.env as Partial<HttpBindings> | undefined)?.incoming
  if (!incoming) {
    const text = await c.req.text()
    return Buffer.byteLength(text) > limit ? null : text
  }
  let chunks: Buffer[] = []
  let size = 0
  for await (const chunk of incoming as AsyncIterable<Buffer>) {
    size += chunk.length
    // Read to the end all the same, or the answer would not reach the sender; nothing of it is kept.
    if (size > limit) chunks = []
    else chunks.push(chunk)
  }
  if (size > limit) return null
  return (chunks.length === 1 ? chunks[0]! : Buffer.concat(chunks)).toString('utf8')
}
