import type { FlowFigures, Share } from './figures.js'
import type { Flow } from './flow/definition.js'

/** How far people of a guide have come, step by step. */
export interface FunnelStep {
  step: string
  number: number | null
  /** Persons who stand here now. */
  here: number
  /** Persons who stand here or further on, or have finished. */
  reached: number
}

/** The steps of a guide in order with how many got there; steps off the main way (a remedy that leads elsewhere) count in the flow's order. */
export function funnelOf(flow: Flow, figures: FlowFigures | undefined): FunnelStep[] {
  const standing = new Map(figures?.standing.map(({ step, count }) => [step, count]))
  let reached = figures?.finished ?? 0
  return [...flow.steps]
    .reverse()
    .map((step) => {
      const here = standing.get(step.id) ?? 0
      reached += here
      return { step: step.id, number: step.number ?? null, here, reached }
    })
    .reverse()
}

/** Whether a share stays behind its target, both in whole percent. Without a roster nobody is behind before anybody has begun. */
export function isBelow({ people, percent }: Pick<Share, 'people' | 'percent'>, target: number | undefined): boolean {
  return target !== undefined && people > 0 && percent < target
}
