import type { Material } from '../core/flow/inspect.js'
import type { ReminderRule } from '../core/model/ward.js'

/** Days at one step that make somebody stuck, for the guides whose rule the ward does not have. */
export const STUCK_DAYS = 3
/** Messages that Zalo's package has for nothing in 31 days, and those that one broadcast may pay for. */
export const OF_PACKAGE = 10
const PAID_MOST = 100
/** No second person has to agree: there is none. */
const APPROVAL_ABOVE = 1_000_000

/** The ward's settings for the simulation: every guide has a rule for those who are stuck, and money may be spent. */
export function settingsOfMonth(material: Material): Material {
  const { value } = material.ward
  const { rules } = value.reminders
  const lacking = [...material.flows.keys()].filter((flow) => !rules.some((one) => one.kind === 'stuck' && one.flow === flow)) // prettier-ignore
  const more = lacking.map((flow): ReminderRule => ({ id: `stuck-${flow}`, kind: 'stuck', flow, days: STUCK_DAYS, at: '08:30' })) // prettier-ignore
  const reminders = {
    ...value.reminders,
    'paid-most': PAID_MOST,
    'package-left': OF_PACKAGE,
    'approval-above': APPROVAL_ABOVE,
    rules: [...rules, ...more],
  }
  return { ...material, ward: { ...material.ward, value: { ...value, reminders } } }
}
