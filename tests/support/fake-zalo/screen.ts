import type { FakeZalo } from './fake-zalo.js'

/** A message as somebody sees it on the phone. */
export interface Shown {
  /** With the rows of a list, and with numbered lines where choices are lines. */
  text: string
  /** What can be tapped. */
  buttons: { title: string; payload: string }[]
  /** Choices in order, from buttons or numbered lines. */
  labels: string[]
  shape: 'payload' | 'list' | 'text'
}

interface Message {
  text?: string
  attachment?: {
    payload: {
      elements?: { title: string; subtitle: string }[]
      buttons?: { title: string; payload: string }[]
    }
  }
}

/** Everything that was sent to a user, as it looks. */
export function screenOf(fake: FakeZalo, userId: string): Shown[] {
  return fake.accepted
    .filter(({ to, kind }) => to === userId && kind === 'message')
    .map(({ message }) => shown(message as Message))
}

function shown({ text, attachment }: Message): Shown {
  const { elements, buttons = [] } = attachment?.payload ?? {}
  const words = text ?? (elements ?? []).map(({ title, subtitle }) => `${title}\n\n${subtitle}`).join('\n')
  const lines = buttons.length > 0 ? buttons.map(({ title }) => title) : numberedLines(words)
  return {
    text: words,
    buttons: buttons.map(({ title, payload }) => ({ title, payload })),
    labels: lines.map((line) => line.replace(/^\d+ /, '')),
    shape: elements ? 'list' : buttons.length > 0 ? 'payload' : 'text',
  }
}

/** The numbered lines at the end of a text. */
function numberedLines(text: string): string[] {
  const lines = text.split('\n').filter((line) => /^\d+ /.test(line))
  const first = lines.findLastIndex((line) => line.startsWith('1 '))
  return first < 0 ? [] : lines.slice(first)
}
