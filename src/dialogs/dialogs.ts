import { type Command, refusalOf } from '../core/language/commands.js'
import type { Line } from '../core/model/message.js'
import { leaveDialog } from '../core/talk/answer.js'
import { ask, askAgain } from '../core/talk/ask.js'
import { type DialogAnswer, type Draft, phrase, say } from '../core/talk/draft.js'
import { sayTo, type SpeakParts, speakTo } from '../speak/speak.js'
import { loadByAddresses, type LoadedContact, loadReachable } from '../store/contacts.js'
import { dropDialog, loadDialog, type OpenDialog, saveDialog } from '../store/dialogs.js'
import { keepLive } from '../store/live.js'
import type { Db } from '../store/tables.js'
import type { Dialog, Now } from './dialogue.js'
import { play, type Played } from './replay.js'

/** How long a form waits for its next answer, ms. */
export const DIALOG_MS = 24 * 3_600_000

/** What opens a form: a command, an invitation to a role, of which `args` is the hash of the code, or «Không phải tôi». */
export type Opener = Command | 'invitation' | 'disown'

/** The forms of the bot. */
export interface Dialogs {
  /**
   * Opens the form of a command and says its first words; the contact was loaded with a lock. Gives the contacts that something was said
   * to, to be woken after the commit.
   */
  open(tx: Db, contact: LoadedContact, command: Opener, args: string): Promise<string[]>
  /** Takes an answer to the question with the number `n`; one to an older question changes nothing. */
  answer(tx: Db, contact: LoadedContact, n: number, answer: DialogAnswer): Promise<string[]>
  /** A phone number was given by the app's own way: answers the form that wished for it; null where none does. */
  gaveNumber(tx: Db, contact: LoadedContact): Promise<string[] | null>
}

/** `byCommand`: which form works a command off. */
export function createDialogs(parts: SpeakParts, byCommand: Partial<Record<Opener, Dialog>>): Dialogs {
  const byName = new Map(Object.values(byCommand).map((dialog) => [dialog.name, dialog]))

  const momentOf = (tx: Db, contact: LoadedContact, told: Set<string>): Now => ({
    tx,
    at: parts.clock(),
    newId: parts.newId,
    contact,
    wake: (others) => others.forEach((other) => told.add(other)),
    async tell(other, blocks) {
      const found = await loadReachable(tx, other, { lock: true })
      if (!found || other === contact.contact) return false
      await sayTo(tx, parts, found, blocks)
      told.add(other)
      return true
    },
  })

  /** Says what the form came to, and keeps where it stands. */
  const settle = async (tx: Db, contact: LoadedContact, open: OpenDialog, played: Played): Promise<void> => {
    const says = (draft: Draft, blocks: readonly Line[][]) => blocks.forEach((lines) => say(draft, ...lines))
    // What an act changed of the contact itself (a role, the person it acts for) is not undone by what was loaded before it.
    const [fresh = contact] = await loadByAddresses(tx, [contact])
    if (played.kind === 'asks') {
      const { block, options, free, number, reads, live } = played.question
      await saveDialog(tx, { ...open, at: parts.clock(), state: played.state })
      const { session } = await speakTo(tx, parts, fresh, (draft) => {
        says(draft, played.blocks)
        ask(draft, {
          kind: 'dialog',
          dialog: open.name,
          block,
          options,
          free: free === true,
          ...(number ? { number } : {}),
          ...(reads ? { reads } : {}),
        })
      })
      if (live !== undefined)
        await keepLive(tx, { broadcast: live, contact: fresh.contact, n: session.said, madeAt: parts.clock() })
      return
    }
    // A form that asked nothing stands beside the one that may be open: that one's question stays in front.
    const beside = open.state === '' && played.kind === 'over' && !played.asked
    if (!beside) await dropDialog(tx, contact.contact)
    if (played.kind === 'diverged') return over(tx, parts, fresh, phrase('dialog.changed'))
    if (!played.asked || played.next !== null) {
      if (played.blocks.length > 0) await sayTo(tx, parts, fresh, played.blocks)
      return
    }
    await speakTo(tx, parts, fresh, (draft) => {
      says(draft, played.blocks)
      leaveDialog(draft)
    })
  }

  const open = async (tx: Db, contact: LoadedContact, command: Opener, args: string): Promise<string[]> => {
    const dialog = byCommand[command]
    if (!dialog || !mayOpen(dialog, contact)) {
      await sayTo(tx, parts, contact, [[phrase(`command.${refusalOf(dialog?.roles)}`)]])
      return []
    }
    const told = new Set<string>()
    const at = parts.clock()
    const opened = { contact: contact.contact, name: dialog.name, version: dialog.version, args, startedAt: at, at }
    const played = await play(dialog, opened, momentOf(tx, contact, told), null)
    await settle(tx, contact, { ...opened, state: '' }, played)
    return [...told, ...(await goOn(tx, contact, played))]
  }

  /** A form that leads to another one: the contact is read again, because the first one spoke. */
  const goOn = async (tx: Db, contact: LoadedContact, played: Played): Promise<string[]> => {
    if (played.kind !== 'over' || played.next === null) return []
    const [fresh] = await loadByAddresses(tx, [contact])
    return fresh ? open(tx, fresh, played.next.command, played.next.args) : []
  }

  const answerOf: Dialogs['answer'] = async (tx, contact, n, answer) => {
    const { prompt } = contact.session
    if (prompt.ask.kind !== 'dialog' || prompt.n !== n) {
      // A second tap of the same button is nothing; words that came too late are not taken for an answer to what was not read yet.
      if (answer.kind === 'text')
        await speakTo(tx, parts, contact, (draft) => {
          say(draft, phrase('text.too-early'))
          askAgain(draft)
        })
      return []
    }
    const opened = await loadDialog(tx, contact.contact)
    const dialog = opened && byName.get(opened.name)
    if (!opened || !dialog || opened.name !== prompt.ask.dialog || dialog.version !== opened.version)
      return (await over(tx, parts, contact, phrase('dialog.changed')), [])
    if (!mayOpen(dialog, contact))
      return (await over(tx, parts, contact, phrase(`command.${refusalOf(dialog.roles)}`)), [])
    if (parts.clock() - opened.at > DIALOG_MS) return (await over(tx, parts, contact, phrase('dialog.too-old')), [])
    const told = new Set<string>()
    const played = await play(dialog, opened, momentOf(tx, contact, told), { state: opened.state, answer })
    await settle(tx, contact, opened, played)
    return [...told, ...(await goOn(tx, contact, played))]
  }

  return {
    open,
    answer: answerOf,
    async gaveNumber(tx, contact) {
      const { n, ask } = contact.session.prompt
      if (ask.kind !== 'dialog' || !ask.number) return null
      return answerOf(tx, contact, n, { kind: 'option', option: 'shared' })
    },
  }
}

function mayOpen({ roles }: Dialog, { role }: LoadedContact): boolean {
  return roles === undefined || roles.includes(role)
}

/** Ends a form with one sentence, and goes back to what was done before it. */
async function over(tx: Db, parts: SpeakParts, contact: LoadedContact, why: Line): Promise<void> {
  await dropDialog(tx, contact.contact)
  await speakTo(tx, parts, contact, (draft) => {
    say(draft, why)
    leaveDialog(draft)
  })
}
