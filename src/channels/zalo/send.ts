import type { Capabilities, Outcome } from '../channel.js'
import type { ButtonMode } from './capabilities.js'
import { outcomeOf } from './outcome.js'
import { payloadOf, type ZaloMessage } from './render.js'
import type { ApiVersion, Messages, Sent } from './sdk/messages.js'
import type { Result, ZaloError } from './sdk/result.js'

/** The forms in which choices may be shown; `text` is numbered lines. */
export type Shape = 'payload' | 'list' | 'text'

/** Those, and the form that asks for the phone number. */
type Form = Shape | 'form'

/** What an account was found to take. */
export interface Pins {
  path: ApiVersion
  /** Null: not found out. */
  shape: Shape | null
}

/** Keeps them beyond a restart. */
export interface PinStore {
  load(): Promise<Pins | null>
  save(pins: Pins): Promise<void>
}

export interface SendParts {
  messages: Pick<Messages, 'sendText' | 'sendButtons' | 'sendList' | 'requestUserInfo'>
  mode: ButtonMode
  /** See `ZaloRules`. */
  formPicture?: string | undefined
  pins: PinStore
  quiet: Capabilities['quiet']
  now: () => number
  /** Told what only a person at Zalo or in the settings can mend. */
  alert: (error: Pick<ZaloError, 'code' | 'name'>) => void
}

const SHAPES: Readonly<Record<ButtonMode, readonly Shape[]>> = {
  auto: ['payload', 'list', 'text'],
  payload: ['payload', 'text'],
  list: ['list', 'text'],
  off: ['text'],
}

/** Codes by which accounts refuse a shape, on the path that they take. */
const SHAPE_REFUSED = new Set<number | string>([-201, -210, -233, -235, -240])

/**
 * Sends to one resident by the path and in the shape that the account takes. Only -235 (on v3) and -240 (on v2) lead to the other path, and
 * nothing is delivered by a call that is refused, so that trying the next form sends nothing twice. What is found out is kept.
 */
export function createSend({ messages, mode, formPicture, pins, quiet, now, alert }: SendParts) {
  let known: Promise<Pins> | null = null
  let unsaved = false
  /** Shapes that were refused since the start, where nothing durable follows from it yet. */
  const refused = new Set<Form>()

  const load = (): Promise<Pins> =>
    (known ??= pins.load().then(
      (kept) => kept ?? { path: 'v3', shape: null },
      (error: unknown) => {
        known = null
        throw error
      },
    ))

  const learn = async (found: Pins): Promise<void> => {
    const before = await load()
    if (!unsaved && before.path === found.path && before.shape === found.shape) return
    known = Promise.resolve(found)
    unsaved = true
    // The message has arrived: a database that is away must not make it arrive twice. It is kept with the next one.
    await pins.save(found).then(
      () => (unsaved = false),
      () => {},
    )
  }

  const candidates = ({ buttons, row, form }: ZaloMessage, { shape }: Pins): Form[] => {
    if (form) return formPicture === undefined || refused.has('form') ? ['text'] : ['form', 'text']
    if (buttons.length === 0) return ['text']
    const all = SHAPES[mode]
    const from = shape === null ? all : all.slice(Math.max(0, all.indexOf(shape)))
    return from.filter((one) => one === 'text' || (!refused.has(one) && (one !== 'list' || row !== null)))
  }

  const call = (to: string, message: ZaloMessage, shape: Form, api: ApiVersion): Promise<Result<Sent>> => {
    if (shape === 'form' && message.form && formPicture !== undefined)
      return messages.requestUserInfo(to, { ...message.form, imageUrl: formPicture }, { api })
    const buttons = message.buttons.map(({ label, data }) => ({
      title: label,
      action: { kind: 'query' as const, payload: payloadOf(data), hidden: true },
    }))
    if (shape === 'payload') return messages.sendButtons(to, message.text, buttons, { api })
    if (shape === 'list' && message.row) return messages.sendList(to, [message.row], { buttons, api })
    return messages.sendText(to, message.numbered, { api })
  }

  return async (to: string, message: ZaloMessage): Promise<Outcome> => {
    const kept = await load()
    const tried = candidates(message, kept)
    const failed: Form[] = []
    let path = kept.path
    for (;;) {
      const shape = tried[0] ?? 'text'
      const result = await call(to, message, shape, path)
      if (result.ok) {
        for (const one of failed) refused.add(one)
        await learn({ path, shape: shapeFound(kept, { path, shape, failed, message, mode }) })
        return { kind: 'sent', providerId: result.data.messageId }
      }
      if (result.outcome === 'refused') {
        const { code } = result.error
        const turned = path !== kept.path
        const wrongPath = code === (path === 'v3' ? -235 : -240)
        if (wrongPath && !turned) {
          path = path === 'v3' ? 'v2' : 'v3'
          continue
        }
        if (shape !== 'text' && SHAPE_REFUSED.has(code)) {
          failed.push(shape)
          tried.shift()
          // Both paths refused: it was the shape that the first one meant.
          if (wrongPath) path = kept.path
          continue
        }
        if (result.error.alert || wrongPath) alert(result.error)
      }
      return outcomeOf(result, now(), quiet)
    }
  }
}

/**
 * What a message that arrived says about shapes. Another path is another account's rules, as far as we know. A shape counts as refused only
 * where another one then passed; numbered lines are only kept once every shape of the mode was tried.
 */
function shapeFound(
  kept: Pins,
  { path, shape, failed, message, mode }: { path: ApiVersion; shape: Form; failed: Form[]; message: ZaloMessage; mode: ButtonMode }, // prettier-ignore
): Shape | null {
  const before = path === kept.path ? kept.shape : null
  if (message.buttons.length === 0 || mode === 'off') return before
  if (shape !== 'text' && shape !== 'form') return shape
  return failed.length > 0 && (failed.includes('list') || !SHAPES[mode].includes('list')) ? 'text' : before
}
