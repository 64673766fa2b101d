import { ALSO_ANSWERS, type CommandCall, mayGive, readCommand } from '../language/commands.js'
import { fold } from '../language/fold.js'
import { type Meaning, readReply, saysNo } from '../language/replies.js'
import { wantsSilenceForAnother } from '../language/silence.js'
import { FORMS, type Option, TEXT_READ_LIMIT } from '../model/message.js'
import { choose, comeBack, formWanted, leaveDialog } from './answer.js'
import { ask, askAgain, askShort } from './ask.js'
import { runCommand } from './commands.js'
import { type DialogAnswer, type Draft, guideLine, inFront, phrase, say, voiceOf } from './draft.js'
import { giveRemedy, openGuide } from './guide.js'
import { answerMeaning } from './meant.js'
import { optionsOf } from './options.js'
import { considered, unanswered } from './question.js'
import { explainEarly } from './tapped.js'
import { welcome } from './welcome.js'
import { flowsOn } from './world.js'

/**
 * A typed message, `seen` being the number of our newest message its writer had on the screen. In order: commands, numbers and labels,
 * the first questions, small talk, what is wrong at the step, what the words mean, guides, and last the choices again.
 */
export function typed(draft: Draft, raw: string, seen: number | undefined): void {
  const { prompt, consent } = draft.session
  const text = raw.trim()
  if ([...text].length > TEXT_READ_LIMIT) return unread(draft, 'text.too-long')
  const command = readCommand(text)
  if (command?.slashed) return runCommand(draft, command)
  const folded = fold(text)
  if (folded === '') return unread(draft, 'text.no-words')
  const meaning = readReply(text)
  const answers = meaning !== null && !['greeting', 'thanks', 'person', 'jump'].includes(meaning.kind)
  if (answers && seen !== undefined && seen < prompt.n && consent !== null) return explainEarly(draft)
  const option = optionNamed(draft, folded, meaning)
  if (option !== undefined) return choose(draft, option)
  if (prompt.ask.kind === 'dialog' && !(command && heeded(draft, command, meaning)))
    return answerDialog(draft, text, folded, meaning)
  const no = saysNo(text)
  // «Bắt đầu» is a command, and the beginning of the choice «Bắt đầu từ bước 1».
  const begins = command?.command === 'start' && prompt.ask.kind === 'about' && !no
  if (begins) return choose(draft, 'begin')
  const goesOn = meaning?.kind === 'go-on' && ['step', 'recap', 'about'].includes(prompt.ask.kind)
  if (command && !goesOn && heeded(draft, command, meaning)) return runCommand(draft, command)
  if (consent === null && prompt.ask.kind !== 'consent' && prompt.ask.kind !== 'language') return welcome(draft)
  if (wantsSilenceForAnother(text)) {
    say(draft, phrase('opt-out.others'))
    return consent === null ? welcome(draft) : askShort(draft)
  }
  const form = formWanted(folded)
  if (form !== null) {
    draft.session.form = form
    draft.session.formAsked = true
    say(draft, phrase('form.done'))
    return comeBack(draft)
  }
  if (meaning?.kind === 'greeting') return greet(draft)
  if (meaning?.kind === 'thanks') {
    say(draft, phrase('small.thanks'))
    return consent === null ? welcome(draft) : askShort(draft)
  }
  if (meaning?.kind === 'number') {
    say(draft, phrase('number.not-there', { number: meaning.number, most: prompt.options.length }))
    return askShort(draft)
  }
  const trouble = troubleNamed(draft, folded)
  if (trouble !== undefined) return giveRemedy(draft, trouble, 0)
  const wanted = asksOf(folded) ? undefined : guideNamed(draft, folded)
  if (wanted !== undefined) return openGuide(draft, wanted)
  const short = no || folded.split(' ').length > 6 ? undefined : optionNear(draft, folded)
  if (short !== undefined && meaning === null) return choose(draft, short)
  const former = formerName(draft, folded)
  const named = former !== undefined && !asksOf(folded)
  if (!named && considered(draft, text, meaning)) return
  if (meaning?.kind === 'go-on' && !no) {
    const near = optionNear(draft, folded)
    if (near !== undefined) return choose(draft, near)
  }
  if (meaning !== null && (consent !== null || prompt.ask.kind === 'consent') && answerMeaning(draft, meaning)) return
  const guide = guideNamed(draft, folded)
  if (guide !== undefined) return openGuide(draft, guide)
  const near = no ? undefined : optionNear(draft, folded)
  if (near !== undefined) return choose(draft, near)
  unanswered(draft, text)
  say(draft, former === undefined ? phrase('fallback.not-understood') : phrase('ward.now-called', { name: former }))
  if (prompt.ask.kind === 'nothing' && inFront(draft)) return ask(draft, { kind: 'recap' })
  askShort(draft)
}

/** Whether words that are a command are meant as one here: not where the role may not give it, nor where they answer the question. */
function heeded(draft: Draft, { command }: CommandCall, meaning: Meaning | null): boolean {
  if (!mayGive(draft.contact.role, command)) return false
  return !ALSO_ANSWERS.has(command) || meaning === null || inFront(draft) === null
}

/** Words that leave a form without an answer. */
const LEAVE =
  /^(thoi|huy|huy bo|huy di|bo qua|thoat|dung lai|khong lam nua|thoi khong lam nua|thoi khong can|cancel|exit|quit|never mind)( a| nhe| nha| di)?$/

/** Words while a form asks: leaving it, its first choice for a yes, whatever is typed where any words are an answer. */
function answerDialog(draft: Draft, text: string, folded: string, meaning: Meaning | null): void {
  const { prompt } = draft.session
  const question = prompt.ask
  if (question.kind !== 'dialog') return
  const answer = (answer: DialogAnswer) => {
    draft.request = { kind: 'dialog', n: prompt.n, answer }
  }
  if (LEAVE.test(folded) || (meaning?.kind === 'no' && question.options.length === 0)) {
    if (prompt.options.includes('cancel')) return choose(draft, 'cancel')
    say(draft, phrase('dialog.left'))
    return leaveDialog(draft)
  }
  if (question.free) return answer({ kind: 'text', text })
  const near = optionNear(draft, folded)
  if (near !== undefined) return choose(draft, near)
  const no = ['no', 'cancel', 'later'].find((id) => prompt.options.includes(id))
  if (meaning?.kind === 'yes' || meaning?.kind === 'go-on') return choose(draft, prompt.options[0]!)
  if ((meaning?.kind === 'no' || meaning?.kind === 'not-yet') && no !== undefined) return choose(draft, no)
  if (meaning?.kind === 'back' && prompt.options.includes('back')) return choose(draft, 'back')
  say(draft, phrase('fallback.not-understood'))
  askShort(draft)
}

/** True for a text that asks, or says what is wrong, rather than names something. */
function asksOf(folded: string): boolean {
  return (
    folded.split(' ').length > 7 ||
    /\b(khong|ko|k|chua|sao|gi|nao|dau|bao (nhieu|lau|gio)|may (ngay|gio|tuan)|loi|co phai|how|what|where|when|why)\b/.test(
      folded,
    )
  )
}

/** The former name of the ward that a text speaks of; none on a day on which it is still the name. */
function formerName(draft: Draft, folded: string): string | undefined {
  const now = fold(draft.world.render({ key: 'phrases:ward.name' }, voiceOf(draft)))
  return draft.world.formerNames.find((name) => ` ${folded} `.includes(` ${fold(name)} `) && !now.includes(fold(name)))
}

/** Something came that holds nothing to act on: says so, and asks again. */
export function unread(draft: Draft, why: string): void {
  say(draft, phrase(why))
  if (draft.session.consent === null) welcome(draft)
  else askAgain(draft)
}

function greet(draft: Draft): void {
  if (draft.session.consent === null) return welcome(draft)
  say(draft, phrase('small.hello'))
  comeBack(draft)
}

/** The option that a text names by its number or by its label, letter for letter after folding. */
function optionNamed(draft: Draft, folded: string, meaning: Meaning | null): string | undefined {
  const { ask: question, options } = draft.session.prompt
  const { groups } = draft.world
  if (question.kind === 'group') {
    const named = /^(?:toi )?(?:o )?(?:to|tdp|to dan pho|group)(?: so)? ?(\d{1,3})(?: a| nhe)?$/.exec(folded)?.[1]
    const number = named === undefined && meaning?.kind === 'number' ? meaning.number : Number(named)
    if (groups.includes(number)) return `g${number}`
  }
  if (question.kind === 'form') {
    const words = folded.split(' ')
    const named = FORMS.filter((form) => words.includes(form))
    if (words.length <= 4 && named.length === 1) return named[0]
  }
  if (meaning?.kind === 'number') return options[meaning.number - 1]
  return labels(draft).find(([, label]) => label === folded)?.[0]
}

/** The one option whose label holds a text of two words or more, or is held by it. */
function optionNear(draft: Draft, folded: string): string | undefined {
  if (folded.split(' ').length < 2 || draft.session.prompt.ask.kind === 'consent') return undefined
  const near = labels(draft).filter(
    ([, label]) =>
      ` ${label} `.includes(` ${folded} `) || (label.split(' ').length >= 2 && ` ${folded} `.includes(` ${label} `)),
  )
  return near.length === 1 ? near[0]![0] : undefined
}

/** The one guide whose title or short name holds a text of two words or more, or is held by it. */
function guideNamed(draft: Draft, folded: string): string | undefined {
  if (folded.split(' ').length < 2 || draft.session.consent === null) return undefined
  const voice = voiceOf(draft)
  const named = flowsOn(draft.world.flows, voice.day).filter((flow) =>
    ['title', 'short'].some((part) => {
      const name = fold(draft.world.render(guideLine(flow.flow, part), voice))
      return ` ${name} `.includes(` ${folded} `) || ` ${folded} `.includes(` ${name} `)
    }),
  )
  return named.length === 1 ? named[0]!.flow : undefined
}

/** Folded labels of the options in front. */
function labels(draft: Draft): [id: string, label: string][] {
  const { ask: question, options } = draft.session.prompt
  return foldedLabels(draft, optionsOf(draft, question)).filter(([id]) => options.includes(id))
}

function foldedLabels(draft: Draft, options: Option[]): [id: string, label: string][] {
  const voice = voiceOf(draft)
  return options.map(({ id, label }) => [id, fold(draft.world.render(label, voice))])
}

/** The one trouble of the step in front that a text of three words or more names: people say what is wrong before they are asked. */
function troubleNamed(draft: Draft, folded: string): string | undefined {
  const front = inFront(draft)
  if (!front || draft.session.prompt.ask.kind !== 'step' || folded.split(' ').length < 3) return undefined
  const known = foldedLabels(draft, optionsOf(draft, { kind: 'troubles' })).filter(([id]) =>
    front.step.troubles.some((trouble) => trouble.id === id),
  )
  const near = known.filter(([, label]) => ` ${label} `.includes(` ${folded} `) || ` ${folded} `.includes(` ${label} `))
  return near.length === 1 ? near[0]![0] : undefined
}
