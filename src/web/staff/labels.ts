import { dayOf, isoLocal } from '../../core/policy/calendar.js'
import { guideLine } from '../../core/talk/draft.js'
import type { Line, Locale, Voice } from '../../core/model/message.js'
import type { Say, StaffCall, StaffSite } from './site.js'

/** Names of things and times in the viewer's language. */
export interface Labels {
  guide(flow: string): string
  /** `Bước 5 · Quét thẻ`; a step that an earlier edition had is called by its id. */
  step(flow: string, step: string): string
  /** The resident's words for a trouble, or for a wish for a person or a waiting step over its limit. */
  trouble(flow: string, step: string, id: string | null): string
  /** A day: «thứ Năm 26/11». */
  day(day: string): string
  /** `23/11 09:05`. */
  time(at: number): string
  /** A text of `content/` by its own key. */
  line(line: Line): string
}

export function labelsOf({ context }: StaffSite, c: StaffCall): Labels {
  return labelsIn(context, c.get('viewer').locale, c.get('say'))
}

/** The same for whoever is not signed in to the staff pages. */
export function labelsIn(context: StaffSite['context'], locale: Locale, say: Say): Labels {
  const voice: Voice = { locale, form: 'bac', day: dayOf(context.clock()) }
  const guideText = (flow: string) => context.material.guides[locale].get(flow)?.value
  const render = (flow: string, path: string) => context.texts.render(guideLine(flow, path), voice)
  return {
    guide: (flow) => (guideText(flow) ? render(flow, 'short') : flow),
    step(flow, step) {
      const number = context.world.flows.get(flow)?.steps.find(({ id }) => id === step)?.number
      const title = guideText(flow)?.steps[step] ? render(flow, `steps.${step}.title`) : step
      return number === undefined ? title : say('step', { number, title })
    },
    trouble(flow, step, id) {
      if (id === null || id === 'person' || id === 'overdue') return say(`trouble.${id ?? 'none'}`)
      return guideText(flow)?.steps[step]?.troubles[id] ? render(flow, `steps.${step}.troubles.${id}.label`) : id
    },
    line: (line) => context.texts.render(line, voice),
    day: (day) => context.texts.day(day, voice),
    time(at) {
      const [, month, day, time] = /^\d{4}-(\d\d)-(\d\d)T(\d\d:\d\d)/.exec(isoLocal(at))!
      return `${day}/${month} ${time}`
    },
  }
}

/** The guide that a page is about: the one asked for, or the first that has a target, or the first. */
export function flowOf({ context }: StaffSite, asked: string | undefined): string {
  const { flows } = context.world
  if (asked !== undefined && flows.has(asked)) return asked
  return [...flows.keys()].find((flow) => context.ward.targets[flow] !== undefined) ?? [...flows.keys()][0]!
}
