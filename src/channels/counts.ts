/** Counts what happens at the doors of the channels, for `/metrics`: kinds and reasons, nothing about any person. */
export interface Counts {
  /** One more event of a channel, by what became of it. */
  event(channel: string, result: string): void
  /** One more outcome of sending. */
  sent(channel: string, outcome: string): void
  /** How many events of a channel came to this. */
  of(channel: string, result: string): number
  /** How many sends of a channel came to this. */
  sentOf(channel: string, outcome: string): number
  /** Prometheus text. */
  text(): string
}

export function createCounts(): Counts {
  const events = new Map<string, number>()
  const outcomes = new Map<string, number>()
  const add = (counts: Map<string, number>, labels: string) => void counts.set(labels, (counts.get(labels) ?? 0) + 1)
  const eventLabels = (channel: string, result: string) => `channel="${channel}",result="${result}"`
  const sentLabels = (channel: string, outcome: string) => `channel="${channel}",outcome="${outcome}"`
  const lines = (name: string, help: string, counts: ReadonlyMap<string, number>) => [
    `# HELP ${name} ${help}`,
    `# TYPE ${name} counter`,
    ...[...counts].map(([labels, n]) => `${name}{${labels}} ${n}`),
  ]
  return {
    event: (channel, result) => add(events, eventLabels(channel, result)),
    sent: (channel, outcome) => add(outcomes, sentLabels(channel, outcome)),
    sentOf: (channel, outcome) => outcomes.get(sentLabels(channel, outcome)) ?? 0,
    of: (channel, result) => events.get(eventLabels(channel, result)) ?? 0,
    text: () =>
      [
        ...lines('ward_channel_events_total', 'Events that apps delivered, by what became of them.', events),
        ...lines('ward_sent_total', 'Messages given to apps, by what the app said.', outcomes),
        '',
      ].join('\n'),
  }
}
