/** How bad it is: `fail` needs somebody now, `warn` soon. */
export type Level = 'ok' | 'warn' | 'fail'

/** What a check came to: `phrases:doctor.<check>.<says>` says what it means and what to do. Never carries a token or a word of a resident. */
export interface Finding {
  check: string
  level: Level
  says: string
  vars: Readonly<Record<string, string | number>>
}

export function finding(check: string, level: Level, says: string, vars: Finding['vars'] = {}): Finding {
  return { check, level, says, vars }
}
