/** How a call goes wrong. */
export type Fault =
  /** Refused in Telegram's form. */
  | { refuse: number; description?: string; retryAfter?: number }
  /** The call is carried out, or not, and its answer is lost. `cut`: the body ends too early · `hold`: no answer until `release`. */
  | { lost: 'reset' | 'cut' | 'hold' | 'html-502'; accepted: boolean }

interface Planned {
  method: string
  fault: Fault
  after: number
  left: number
}

/** Plans what goes wrong, call by call. */
export class Faults {
  #planned: Planned[] = []
  #held: (() => void)[] = []

  /** `times` calls of a method go wrong, after the next `after` ones that do not. */
  plan(method: string, fault: Fault, { times = 1, after = 0 } = {}): void {
    this.#planned.push({ method, fault, after, left: times })
  }

  /** The fault for this call, used up by asking. */
  take(method: string): Fault | null {
    const planned = this.#planned.find((plan) => plan.method === method && plan.left > 0)
    if (!planned) return null
    if (planned.after > 0) {
      planned.after--
      return null
    }
    planned.left--
    return planned.fault
  }

  /** How many planned faults have not happened yet. */
  left(): number {
    return this.#planned.reduce((sum, { left }) => sum + left, 0)
  }

  hold(): Promise<void> {
    return new Promise((resolve) => void this.#held.push(resolve))
  }

  release(): void {
    for (const go of this.#held.splice(0)) go()
  }

  clear(): void {
    this.#planned = []
    this.release()
  }
}
