/** Values of the options as `parseArgs` gives them. */
export type Values = Readonly<Record<string, string | boolean | undefined>>

/** The words of a command are wrong: exit status 2, and one sentence that says what is missing. */
export class UsageError extends Error {
  constructor(message: string) {
    super(message)
    this.name = 'UsageError'
  }
}

/** A whole number from an option, or a UsageError that names it. */
export function wholeNumber(name: string, value: string, least: number, most: number): number {
  const number = Number(value)
  if (!/^\d+$/.test(value) || number < least || number > most)
    throw new UsageError(`--${name} must be a whole number from ${least} to ${most}, not «${value}»`)
  return number
}

/** The language of an answer: Vietnamese unless `--locale` says otherwise. */
export function localeOf(values: Values): 'vi' | 'en' {
  const locale = values['locale'] ?? 'vi'
  if (locale !== 'vi' && locale !== 'en') throw new UsageError('--locale must be vi or en')
  return locale
}
