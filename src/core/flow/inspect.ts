import { LOCALES } from '../model/message.js'
import type { NamedPeriod, Ward } from '../model/ward.js'
import { addDays } from '../policy/calendar.js'
import type { Flows } from './definition.js'
import { inspectAnswers } from './inspect-answers.js'
import { inspectEditions } from './inspect-editions.js'
import { inspectGuide, inspectSameShape } from './inspect-guide.js'
import { inspectPhrases, inspectTriage } from './inspect-phrases.js'
import { inspectFlow } from './inspect-steps.js'
import type { Material, Problem, Report, Source } from './material.js'

export { type Material, type Problem, type Published, RESERVED_IDS, type Source } from './material.js'

/** All problems of flows and content, in the order of their files and lines. */
export function inspect(material: Material): Problem[] {
  const problems: Problem[] = []
  const report: Report = (problem) => problems.push(problem)
  const flows: Flows = new Map([...material.flows].map(([id, source]) => [id, source.value]))
  for (const source of material.flows.values()) {
    inspectFlow(source, flows, material, report)
    inspectEditions(source, material.published, report)
    for (const locale of LOCALES)
      inspectGuide(source.value, material.guides[locale].get(source.value.flow), locale, report)
    inspectSameShape(source.value, material, report)
  }
  inspectTriage(material, flows, report)
  inspectPhrases(material.phrases, report)
  inspectPhrases(material.chat, report)
  inspectAnswers(material, flows, report)
  inspectPeriods(material.ward, 'names', material.ward.value.names, report)
  inspectPeriods(material.ward, 'police', material.ward.value.police, report)
  return problems.sort((a, b) => (a.file < b.file ? -1 : a.file > b.file ? 1 : a.line - b.line))
}

/** Periods must follow each other day by day: a day on which the ward has no name is a gap, one on which it has two an overlap. */
function inspectPeriods(source: Source<Ward>, key: string, periods: readonly NamedPeriod[], report: Report): void {
  periods.forEach((period, i) => {
    const at = (message: string) => report({ file: source.file, line: source.lineOf([key, i]), message })
    const next = periods[i + 1]
    if (period.until !== undefined && period.until < period.from) at('until is before from')
    if (!next) {
      if (period.until !== undefined) at(`nothing is in force after ${period.until}`)
      return
    }
    if (period.until === undefined) at(`has no end, but another entry follows from ${next.from}`)
    else if (addDays(period.until, 1) !== next.from) {
      at(
        `${period.until} is followed by ${next.from}: the dates leave ${next.from > period.until ? 'a gap' : 'an overlap'}`,
      )
    }
  })
}
