import { invitationPayload, inviteByOperator } from '../access/invite.js'
import { createWaysIn } from '../access/ways-in.js'
import { createTelegram } from '../channels/telegram/telegram.js'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { randomId } from '../context.js'
import { withStore } from './open.js'
import { terminalQr } from './qr.js'
import { labelOf, roleOf } from './role.js'
import type { Values } from './usage.js'

export const inviteOptions = {
  role: { type: 'string' },
  group: { type: 'string' },
  label: { type: 'string' },
  json: { type: 'boolean' },
} as const

export const invitationOptions = { ...inviteOptions, qr: { type: 'boolean' } } as const

/** Seconds that the tool waits for Telegram to say the bot's name. */
const CALL_SECONDS = 5

/**
 * Makes a one-time invitation and prints the ways to take it up; the code is shown here and never again. At a terminal, or with `--qr`, each link stands as a
 * QR code too, behind all that programs have read here so far.
 */
export async function makeInvitation(
  config: Config,
  values: Values,
  out: (text: string) => void,
  { terminal }: { terminal: boolean } = { terminal: false },
): Promise<number> {
  const { role, group } = roleOf(config, values, loadContent(config).ward.value.groups)
  const label = labelOf(values)
  const now = Date.now()
  const code = await withStore(config, (store) =>
    store.transaction((tx) => inviteByOperator(tx, { role, group, label }, { now, newId: randomId })),
  )
  const payload = invitationPayload(code)
  const link = `${config.publicUrl}/chat?start=${payload}`
  const waysIn = createWaysIn({
    publicUrl: config.publicUrl,
    telegram: config.telegram ? createTelegram({ ...config.telegram, callSeconds: CALL_SECONDS }) : null,
    zalo: config.zalo !== undefined,
  })
  await waysIn.learn()
  const links = waysIn.of(payload).flatMap((way) => ('url' in way ? way.url : []))
  out(
    values['json']
      ? `${JSON.stringify({ role, group, label, payload, link, links })}\n`
      : `${links.join('\n')}\nor send to the bot: /start ${payload}\nOne use, 7 days.\n`,
  )
  if (!values['json'] && (terminal || values['qr']))
    for (const url of links) out(`\n${url}\n${terminalQr(url, { colours: terminal })}`)
  return 0
}
