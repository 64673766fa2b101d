import type { Command } from '../core/language/commands.js'
import type { Reads, Role } from '../core/model/contact.js'
import type { Line, NumberWish, Option } from '../core/model/message.js'
import type { DialogAnswer } from '../core/talk/draft.js'
import type { LoadedContact } from '../store/contacts.js'
import type { Db } from '../store/tables.js'

/**
 * A form in the chat, as plain code: it says, asks and acts in order. The replay engine runs it again from its beginning at every answer,
 * with the answers so far from a log. So between two `ask`s it must do the same thing every time: whatever reads the database, the clock or
 * chance, or changes anything, stands in an `act`, which runs once and is remembered.
 */
export interface Dialog {
  /** Ids are for ever, as those of flows are. */
  name: string
  /** Raise it with every change of what is asked or acted, or of their order: forms under way then end with one sentence. */
  version: number
  /** Who may open it; checked again at every answer. Left out: everybody. */
  roles?: readonly Role[]
  run(dialogue: Dialogue): Promise<void>
}

export interface Dialogue {
  /** Words behind the command that opened the form, as typed. */
  readonly args: string
  /** When it was opened, ms. */
  readonly startedAt: number
  /** Says a paragraph in front of the next question, or at the end. */
  say(...lines: Line[]): void
  /** Asks and waits, for seconds or hours. `key` names the question and is unlike that of every other question of the form. */
  ask(key: string, question: Question): Promise<DialogAnswer>
  /** Asks for one of the options: its id. */
  choose(key: string, question: Omit<Question, 'free'>): Promise<string>
  /** Asks for words. `read` gives what they mean, or the sentences that say what is wrong with them: then it is asked again. */
  text<T>(
    key: string,
    question: Question,
    read: (text: string) => { ok: T } | { no: Line | readonly Line[] },
  ): Promise<T | { option: string }>
  /** Opens the form of another command when this one is over. */
  goTo(command: Command, args: string): void
  /** Says nothing more at the end, not even where somebody was: it was all said, or there is nowhere to go back to. */
  endQuietly(): void
  /** Goes back to the guide at the end, even where nothing was asked. */
  goBack(): void
  /**
   * Does something once: its result, which must be plain JSON, is remembered. It works in the transaction of the answer: what it changes
   * is kept together with the answer or not at all. An error thrown in it undoes the whole answer, which is then tried again.
   */
  act<T>(key: string, work: (now: Now) => Promise<T>): Promise<T>
}

/** What is asked: its words, its choices (the first is the one that goes on), and whether any words are an answer. */
export interface Question {
  block: Line[]
  options: Option[]
  free?: boolean
  /** Asks for the phone number by the app's own way; a number that was given is the answer `shared`. Only where the app has one. */
  number?: NumberWish
  /** What is typed here is no secret of a resident: the shield is told what it is. Only in forms of heads and staff. */
  reads?: Reads
  /** The message follows this broadcast from now on, where the app can show one that changes. */
  live?: string
}

/** The moment of an act. */
export interface Now {
  tx: Db
  /** ms. */
  at: number
  newId: () => string
  /** Who is filling in the form, as they are now: the role may have gone since it was opened. */
  contact: LoadedContact
  /** Contacts that something was said to by other means, to be woken after the commit. */
  wake(contacts: readonly string[]): void
  /** Says something to somebody else, on the address they wrote from last; false when there is none that may be written to. */
  tell(contact: string, blocks: Line[][]): Promise<boolean>
}
