/** Why a row cannot be taken in; each is a text of `content/` (`roster.problems.<kind>`). */
export const ROW_PROBLEMS = [
  'no-name',
  'name',
  'no-group',
  'group',
  'unknown-group',
  'not-your-group',
  'born',
  'residence',
  'both-residences',
  'card',
  'both-cards',
  'mark',
  'phone',
  'day',
  'too-long',
  'old-font',
  'id-number',
  'error-cell',
  'unknown-id',
  'ambiguous',
  'twice',
] as const
export type RowProblemKind = (typeof ROW_PROBLEMS)[number]

/** What a row has to keep to beside its own form. */
export interface RowRules {
  /** Groups of the ward; empty: any. */
  groups: readonly number[]
  /** Whether rows of a group may be changed by whoever imports. */
  holds(group: number): boolean
  /** The group of rows that name none. */
  group: number | null
  /** `2026-11-23`: nobody is born after it. */
  today: string
}
