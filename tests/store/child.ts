import { type ChildProcess, spawn } from 'node:child_process'
import { mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { buildSync } from 'esbuild'

const ROOT = fileURLToPath(new URL('../..', import.meta.url))
const BUILT = join(ROOT, 'node_modules/.cache/ward-tests')

let made = 0
const files: string[] = []

/** A real second process that runs this TypeScript; imports are relative to the project's root (`./src/store/open.ts`). */
export function startChild(source: string, args: readonly string[] = []): Child {
  mkdirSync(BUILT, { recursive: true })
  const outfile = join(BUILT, `child-${process.pid}-${++made}.mjs`)
  files.push(outfile)
  buildSync({
    stdin: { contents: source, resolveDir: ROOT, loader: 'ts' },
    bundle: true,
    platform: 'node',
    format: 'esm',
    target: 'node20',
    packages: 'external',
    outfile,
  })
  return new Child(spawn(process.execPath, [outfile, ...args], { stdio: ['ignore', 'pipe', 'pipe'] }))
}

/** Takes the built programs away. */
export function clearChildren(): void {
  for (const file of files.splice(0)) rmSync(file, { force: true })
}

export class Child {
  readonly pid: number
  /** What it has printed, errors too. */
  output = ''
  readonly #process: ChildProcess
  readonly #ended: Promise<number | null>
  #notify = () => {}

  constructor(child: ChildProcess) {
    this.#process = child
    this.pid = child.pid!
    this.#ended = new Promise((resolve) => child.on('close', resolve))
    for (const stream of [child.stdout!, child.stderr!]) {
      stream.setEncoding('utf8')
      stream.on('data', (text: string) => {
        this.output += text
        this.#notify()
      })
    }
    void this.#ended.then(() => this.#notify())
  }

  /** Waits until it has printed something that matches; fails when it ends before. */
  async says(pattern: RegExp): Promise<void> {
    while (!pattern.test(this.output)) {
      if (this.#process.exitCode !== null) throw new Error(`it ended before it said ${pattern}: ${this.output}`)
      await new Promise<void>((resolve) => (this.#notify = resolve))
    }
  }

  /** Waits for its end; the exit status, null after a signal. */
  ended(): Promise<number | null> {
    return this.#ended
  }

  /** kill -9. */
  async kill(): Promise<void> {
    this.#process.kill('SIGKILL')
    await this.#ended
  }
}
