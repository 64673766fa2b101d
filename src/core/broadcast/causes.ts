import type { Flow } from '../flow/definition.js'
import { ACTIVATION_FLOW } from './limits.js'
import { OFFICIALS_GUIDE } from '../policy/officials.js'

/** What people of a guide lack, besides where they stand in it. */
export type Cause = 'overdue' | 'activation-due' | 'no-card' | 'officials'

/** Causes that a guide has: those without a card are led to the card, and nobody else is. */
export function causesOf({ flow, steps }: Flow): Cause[] {
  return [
    ...(steps.some(({ kind }) => kind === 'wait') ? (['overdue'] as const) : []),
    ...(flow === ACTIVATION_FLOW ? (['activation-due'] as const) : []),
    ...(flow === 'id-card' ? (['no-card'] as const) : []),
    ...(flow === OFFICIALS_GUIDE ? (['officials'] as const) : []),
  ]
}
