/** A message in words, as a channel renders it: what the outbox keeps. */
export interface Said {
  /** Paragraphs are separated by a blank line. */
  text: string
  /** Choices in order: their number is their place, from 1. `data` comes back when a button is tapped. */
  options: { label: string; data: string }[]
  /** A wish for the phone number, for apps that have a way of giving one. */
  number?: { label: string; why: string; instead: string }
  /** The wish of an earlier message is over. */
  endsWish?: true
}
