/** How an answer goes wrong. */
export type BadAnswer =
  /** An HTML page with 502. */
  | 'html-502'
  /** 429 without a body of Zalo. */
  | 'http-429'
  /** The connection breaks in the middle of the body. */
  | 'cut'
  /** No answer until `release`. */
  | 'hold'
  /** The connection is reset. */
  | 'reset'
  /** 200 and nothing. */
  | 'empty'
  /** 200 and a code. */
  | { code: number }

export interface Fault {
  /** Whether the call is carried out all the same. */
  accepted: boolean
  answer: BadAnswer
}

interface Planned {
  matches: (path: string) => boolean
  fault: Fault
  left: number
  /** Calls that pass before it. */
  after: number
}

/** Plans what goes wrong, call by call. */
export class Faults {
  #planned: Planned[] = []
  #held: (() => void)[] = []

  /** The next `times` calls whose path contains these words go wrong, once `after` of them have passed. */
  next(path: string, fault: Fault, times = 1, after = 0): void {
    this.#planned.push({ matches: (called) => called.includes(path), fault, left: times, after })
  }

  /** The fault for this call, used up by asking. */
  take(path: string): Fault | null {
    const planned = this.#planned.find(({ matches, left }) => left > 0 && matches(path))
    if (planned === undefined) return null
    if (planned.after > 0) {
      planned.after--
      return null
    }
    planned.left--
    return planned.fault
  }

  /** How many planned faults have not happened. */
  left(): number {
    return this.#planned.reduce((sum, { left }) => sum + left, 0)
  }

  /** Waits until `release`. */
  hold(): Promise<void> {
    return new Promise((resolve) => {
      this.#held.push(resolve)
    })
  }

  /** Lets every answer that is held go. */
  release(): void {
    for (const go of this.#held.splice(0)) go()
  }

  clear(): void {
    this.#planned = []
    this.release()
  }
}
