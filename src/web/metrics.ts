import type { Batch } from '../turns/turns.js'

/** Upper bounds of the batch figures. */
const SIZES = [1, 2, 4, 8, 16, 32, 64, 128, 256]
const SECONDS = [0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5]

/** Figures of this process since its start, and those that are looked up when they are asked for. */
export interface Metrics {
  batch(batch: Batch): void
  /** Prometheus text, with `gauges` (name without the prefix → help and value; a null is left out). */
  text(gauges: Record<string, { help: string; value: number | null }>): string
}

export function createMetrics(): Metrics {
  const messages = new Map<string, number>()
  const sizes = histogram('ward_turn_batch_messages', 'Messages handled in one transaction.', SIZES)
  const seconds = histogram('ward_turn_batch_seconds', 'Time from taking a batch to its commit.', SECONDS)
  return {
    batch({ items, results, ms }) {
      items.forEach(({ channel, content }, i) => {
        const labels = `channel="${channel}",kind="${content.kind}",result="${results[i]!.kind}"`
        messages.set(labels, (messages.get(labels) ?? 0) + 1)
      })
      sizes.add(items.length)
      seconds.add(ms / 1000)
    },
    text(gauges) {
      const lines = [
        '# HELP ward_messages_total Messages taken in.',
        '# TYPE ward_messages_total counter',
        ...[...messages].map(([labels, n]) => `ward_messages_total{${labels}} ${n}`),
        ...sizes.lines(),
        ...seconds.lines(),
        ...Object.entries(gauges)
          .filter(([, { value }]) => value !== null)
          .flatMap(([name, { help, value }]) => [
            `# HELP ward_${name} ${help}`,
            `# TYPE ward_${name} gauge`,
            `ward_${name} ${value}`,
          ]),
      ]
      return `${lines.join('\n')}\n`
    },
  }
}

function histogram(name: string, help: string, bounds: readonly number[]) {
  const counts = bounds.map(() => 0)
  let sum = 0
  let count = 0
  return {
    add(value: number) {
      sum += value
      count += 1
      bounds.forEach((bound, i) => {
        if (value <= bound) counts[i]! += 1
      })
    },
    lines: () => [
      `# HELP ${name} ${help}`,
      `# TYPE ${name} histogram`,
      ...bounds.map((bound, i) => `${name}_bucket{le="${bound}"} ${counts[i]}`),
      `${name}_bucket{le="+Inf"} ${count}`,
      `${name}_sum ${sum}`,
      `${name}_count ${count}`,
    ],
  }
}
