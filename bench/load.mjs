// The load: residents who walk at once, one to a connection, each sending the next message when the last was answered. Raw sockets and
// requests made of ready parts, so that it takes little from the machine that it shares with the server.
import { createHash } from 'node:crypto'
import { connect } from 'node:net'

/** Longer than any answer takes, ms: a server that hangs fails the run. */
const PATIENCE_MS = 20_000

/**
 * @param {{port: number, walk: string[][], connections: number, walks: number, first: number, pause?: number, signed?: {appId: string, secret: string, at: string}}} job
 *   `pause`: ms that a resident takes between an answer and the next message; `signed`: how Zalo signs what it brings.
 *   `walk`: the messages in order, each cut where the resident's number stands; `walks`: walks a connection, one after another.
 */
function run({ port, walk, connections, walks, first, pause = 0, signed }) {
  return new Promise((resolve) => {
    const times = new Float64Array(connections * walks * walk.length)
    let messages = 0
    let failed = 0
    let open = connections
    let firstFailure = ''
    let begin = 0
    const end = () => {
      const ms = performance.now() - begin
      const sorted = times.subarray(0, messages).sort()
      const at = (share) => sorted[Math.min(messages - 1, Math.floor(messages * share))] ?? 0
      resolve({ messages, failed, firstFailure, ms, p50: at(0.5), p99: at(0.99), max: at(1) })
    }
    const talk = (socket, nth) => {
      let done = 0
      let message = 0
      let sent = 0
      let number = ''
      let got = ''
      const send = () => {
        if (message === 0) number = String(first + nth * walks + done).padStart(8, '0')
        const request = walk[message].join(number)
        const ready = signed ? sign(request, signed) : request
        sent = performance.now()
        socket.write(ready, 'latin1')
      }
      const close = (why) => {
        if (why) {
          failed++
          firstFailure ||= why
        }
        socket.destroy()
        if (--open === 0) end()
      }
      socket.setTimeout(PATIENCE_MS, () => close('no answer'))
      socket.on('error', (error) => close(error.message))
      socket.on('data', (data) => {
        got = got === '' ? data.latin1Slice() : got + data.latin1Slice()
        const head = got.indexOf('\r\n\r\n')
        if (head < 0) return
        const lengthAt = got.search(/content-length: /i)
        if (lengthAt < 0 || lengthAt > head) {
          if (!/transfer-encoding: chunked/i.test(got.slice(0, head))) return close(`no length: ${got.slice(0, 200)}`)
          if (!got.endsWith('0\r\n\r\n')) return
        } else if (got.length < head + 4 + parseInt(got.slice(lengthAt + 16, lengthAt + 24), 10)) return
        times[messages++] = performance.now() - sent
        if (!got.startsWith('HTTP/1.1 200')) return close(got)
        got = ''
        if (++message === walk.length) {
          message = 0
          if (++done === walks) return close('')
        }
        if (pause > 0) setTimeout(send, pause)
        else send()
      })
      return send
    }
    const sockets = Array.from({ length: connections }, () => connect({ port, host: '127.0.0.1', noDelay: true }))
    Promise.all(sockets.map((socket) => new Promise((ready) => socket.once('connect', ready)))).then(() => {
      const starts = sockets.map(talk)
      begin = performance.now()
      // With pauses residents begin one after another, as people do.
      starts.forEach((start, nth) => (pause > 0 ? setTimeout(start, (pause * nth) / connections) : start()))
    })
  })
}

/** Puts the signature over the body in its place. */
function sign(request, { appId, secret, at }) {
  const body = request.slice(request.indexOf('\r\n\r\n') + 4)
  const mac = createHash('sha256').update(appId).update(body).update(at).update(secret).digest('hex')
  return request.replace('\u0002', mac)
}

process.on('message', async (job) => process.send(await run(job)))
process.on('disconnect', () => process.exit())
