import { type Capabilities, UNBOUND } from '../channel.js'
import { BUTTON_PAYLOAD_LIMIT, BUTTONS_LIMIT, FREE_WINDOW_MS, PAID_WINDOW_MS, TEXT_SPLIT } from './sdk/limits.js'

/** How choices are shown: `auto` finds out what the account takes, `off` is numbered lines always. */
export const BUTTON_MODES = ['auto', 'payload', 'list', 'off'] as const
export type ButtonMode = (typeof BUTTON_MODES)[number]

export interface ZaloRules {
  buttons: ButtonMode
  /** Whether messages that cost money (48 hours to 7 days after the last interaction) may be sent. */
  paid: boolean
  /** Address of the picture above the form that asks for the phone number; left out: the form is not used. */
  formPicture?: string | undefined
}

/** Đồng for a message between 48 hours and 7 days, once the package's own are used up. */
const PRICE = 55

/** Zalo's rules for an Official Account. The night is refused for bulk only; we keep it for everything that is not a reply. */
export function capabilitiesOf({ buttons, paid, formPicture }: ZaloRules): Capabilities {
  return {
    ...UNBOUND,
    textLimit: TEXT_SPLIT,
    buttons: buttons === 'off' ? 0 : BUTTONS_LIMIT,
    dataLimit: BUTTON_PAYLOAD_LIMIT,
    contactRequest: formPicture !== undefined,
    window: { free: FREE_WINDOW_MS, paid: paid ? PAID_WINDOW_MS : FREE_WINDOW_MS, price: PRICE },
    quiet: { from: '22:00', until: '06:00' },
  }
}
