import i18next, { type i18n } from 'i18next'
import type { Guide, Phrases } from './core/flow/guide-text.js'
import type { Material } from './core/flow/inspect.js'
import { type DayVar, type Line, type Locale, LOCALES, type Voice } from './core/model/message.js'
import { feesOn, inForce, type Place, type Ward } from './core/model/ward.js'
import { weekday } from './core/policy/calendar.js'

/** Puts what the core wants to say into words. */
export interface Texts {
  /** A text in one language, for one form of address, on one day. A key that does not exist throws: `flows check` finds it first. */
  render(line: Line, voice: Voice): string
  /** A day for people: «thứ Năm 26/11» in the year of `voice.day`, with the year otherwise. */
  day(day: string, voice: Voice): string
}

/** Days this near are named by their weekday; others carry their year. */
const NEAR_MS = 60 * 86_400_000

/** Rendered texts that are kept for a voice: every step of every guide fits several times over. */
const MEMO_LIMIT = 4_000
/** Voices whose texts are kept: every form of address in both languages, for yesterday and today. */
const VOICES_LIMIT = 30

const capitalised = (text: string) => text.charAt(0).toUpperCase() + text.slice(1)

/** The guide's texts with the engine's default label where a step has none of its own. */
function withDefaults(guide: Guide, phrases: Phrases): object {
  const options = phrases['options']
  const trouble = typeof options === 'object' ? options['trouble'] : undefined
  const steps = Object.fromEntries(
    Object.entries(guide.steps).map(([id, step]) => [id, { ...step, choices: { trouble, ...step.choices } }]),
  )
  return { ...guide, steps }
}

/** Builds the texts of a checked material on i18next. */
export function createTexts(material: Material): Texts {
  const i18n = init(material)
  const ward = material.ward.value
  const fixed = Object.fromEntries(LOCALES.map((locale) => [locale, i18n.getFixedT(locale)])) as Record<
    Locale,
    i18n['t']
  >
  const memos = new Map<string, Map<string, string>>()
  let newest: { voice: Voice; memo: Map<string, string> } | null = null
  const common = new Map<string, Record<string, string>>()

  const translate = (key: string, voice: Voice, vars: Record<string, string | number>): string => {
    const text = fixed[voice.locale](key, vars)
    if (typeof text !== 'string' || text === key || !i18n.exists(key, { lng: voice.locale }))
      throw new Error(`no text ${voice.locale} ${key}`)
    return text
  }

  const day = (value: string, voice: Voice): string => {
    const [year, month, date] = value.split('-')
    const near = Math.abs(Date.parse(value) - Date.parse(voice.day)) < NEAR_MS
    const name = translate(`phrases:days.${weekday(value)}`, voice, {})
    return near ? `${name} ${Number(date)}/${Number(month)}` : `${Number(date)}/${Number(month)}/${year}`
  }

  /** The variables that every text may use, for one voice. */
  const commonFor = (voice: Voice): Record<string, string> => {
    const id = `${voice.locale}|${voice.form}|${voice.day}`
    const known = common.get(id)
    if (known) return known
    if (common.size > 500) common.clear()
    const you = translate(`phrases:address.${voice.form}`, voice, {})
    const me = translate(`phrases:self.${voice.form}`, voice, {})
    const vars: Record<string, string> = {
      you,
      You: capitalised(you),
      me,
      Me: capitalised(me),
      ward: inForce(ward.names, voice.day)[voice.locale],
      police: inForce(ward.police, voice.day)[voice.locale],
      team: ward.team[voice.locale],
      eid_hotline: ward.contacts.eid_hotline.phone ?? '',
      npsp_hotline: ward.contacts.npsp_hotline.phone ?? '',
    }
    const phrase = (key: string, more: Record<string, string> = {}) =>
      translate(`phrases:${key}`, voice, { ...vars, ...more })
    vars['police_where'] = placeSentence('police', ward.contacts.police, phrase)
    vars['service_where'] = placeSentence('service', ward.contacts.service_centre, phrase)
    vars['contacts'] = contactLines(ward, phrase, (value) => day(value, voice))
    vars['fees'] = feesSentence(ward, voice, phrase, (value) => day(value, voice))
    common.set(id, vars)
    return vars
  }

  /** The texts that are ready for one voice; most messages of a moment are for the same one. */
  const memoOf = (voice: Voice): Map<string, string> => {
    if (
      newest &&
      newest.voice.locale === voice.locale &&
      newest.voice.form === voice.form &&
      newest.voice.day === voice.day
    )
      return newest.memo
    const id = `${voice.locale}|${voice.form}|${voice.day}`
    let memo = memos.get(id)
    if (!memo) {
      if (memos.size >= VOICES_LIMIT) memos.clear()
      memos.set(id, (memo = new Map()))
    }
    newest = { voice: { ...voice }, memo }
    return memo
  }

  const isDay = (value: unknown): value is DayVar => typeof value === 'object' && value !== null && 'day' in value

  const render = (line: Line, voice: Voice): string => {
    const known = memoOf(voice)
    const own: Record<string, string | number> = {}
    let id = line.key
    for (const name in line.vars) {
      const value = line.vars[name]!
      const word = typeof value !== 'object' ? value : isDay(value) ? day(value.day, voice) : render(value, voice)
      own[name] = word
      id += `|${name}=${word}`
    }
    const ready = known.get(id)
    if (ready !== undefined) return ready
    const text = translate(line.key, voice, { ...commonFor(voice), ...own }).trim()
    if (known.size >= MEMO_LIMIT) known.clear()
    known.set(id, text)
    return text
  }
  return { render, day }
}

function init(material: Material): i18n {
  const resources = Object.fromEntries(
    LOCALES.map((locale) => [
      locale,
      {
        phrases: material.phrases[locale].value,
        triage: material.triageTexts[locale].value,
        chat: material.chat[locale].value,
        ...(locale === 'vi' ? { documents: material.documents.value } : {}),
        guides: Object.fromEntries(
          [...material.guides[locale]].map(([flow, source]) => [
            flow,
            withDefaults(source.value, material.phrases[locale].value),
          ]),
        ),
        answers: Object.fromEntries(
          [...material.answers.vi, ...material.answers[locale]].map(([topic, { value }]) => [
            topic,
            { title: value.title, texts: value.texts.map(({ text }) => text) },
          ]),
        ),
        sources: Object.fromEntries(Object.entries(material.sources.value).map(([id, source]) => [id, source[locale]])),
      },
    ]),
  )
  const instance = i18next.createInstance()
  void instance.init({
    resources,
    lng: 'vi',
    fallbackLng: false,
    ns: ['phrases', 'triage', 'chat', 'documents', 'guides', 'answers', 'sources'],
    defaultNS: 'phrases',
    // Channels escape for themselves.
    interpolation: { escapeValue: false },
    initAsync: false,
  })
  return instance
}

type Phrase = (key: string, more?: Record<string, string>) => string

function placeOf(place: Place): string {
  return [place.where, place.phone].filter((part) => part !== undefined).join(', ')
}

/** One sentence on where an office is, or whom to ask as long as the ward has not said. */
function placeSentence(kind: 'police' | 'service', place: Place | null, phrase: Phrase): string {
  return place ? phrase(`contacts.${kind}-where`, { where: placeOf(place) }) : phrase(`contacts.${kind}-ask`)
}

/** What a card costs on a day, with the end of what is known; amounts are never named for a day that the configuration does not cover. */
function feesSentence(ward: Ward, voice: Voice, phrase: Phrase, day: (value: string) => string): string {
  const fees = feesOn(ward.fees, voice.day)
  if (!fees) return phrase('fees.unknown')
  const amount = (dong: number) => String(dong).replace(/\B(?=(\d{3})+$)/g, voice.locale === 'vi' ? '.' : ',')
  const { exchange, change, reissue, until } = fees
  return phrase('fees.known', {
    exchange: amount(exchange),
    change: amount(change),
    reissue: amount(reissue),
    until: day(until),
  })
}

/** The list behind «gặp người»: only people and offices that are configured, nearest first. */
function contactLines(ward: Ward, phrase: Phrase, day: (value: string) => string): string {
  const { team, police, service_centre, eid_hotline, npsp_hotline } = ward.contacts
  const lines = [
    team ? phrase('contacts.team', { where: placeOf(team) }) : phrase('contacts.team-ask'),
    phrase('contacts.police', { where: police ? placeOf(police) : phrase('contacts.ask-place') }),
    ...(service_centre ? [phrase('contacts.service_centre', { where: placeOf(service_centre) })] : []),
    phrase('contacts.eid_hotline', { phone: placeOf(eid_hotline), checked: day(eid_hotline.checked) }),
    phrase('contacts.npsp_hotline', { phone: placeOf(npsp_hotline), checked: day(npsp_hotline.checked) }),
  ]
  return lines.map((line) => `· ${line}`).join('\n')
}
