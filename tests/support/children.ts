import { type ChildProcess, execFileSync, spawn } from 'node:child_process'
import { cpSync, mkdirSync, rmSync } from 'node:fs'
import { basename, join, resolve } from 'node:path'
import { createInterface } from 'node:readline'
import type { Store } from '../../src/store/open.js'

/** A secret of the length that the settings ask for. */
export const APP_SECRET = 'a-secret-that-is-only-for-tests-0123456789'

const root = resolve('.')

/** CommonJS packages inside an ES module ask for `require`. */
const REQUIRE = "import{createRequire as requireFrom}from'node:module';const require=requireFrom(import.meta.url);"

/**
 * Bundles a program as `npm run build` does, into a folder of its own under dist/ (so that its packages are found), and returns the
 * file. `whole` takes the packages in too, which starts in half the time. The folder is taken away by `removeBundles`.
 */
export function bundle(entry: string, { whole = false } = {}): string {
  const dir = join(root, 'dist', `test-${process.pid}`)
  mkdirSync(dir, { recursive: true })
  const file = join(dir, `${basename(entry, '.ts')}.mjs`)
  execFileSync(join(root, 'node_modules/.bin/esbuild'), [
    join(root, entry),
    '--bundle',
    ...(whole
      ? ['--external:libsql', '--external:pg-native', `--banner:js=${REQUIRE}`]
      : ['--packages=external', '--sourcemap=inline']),
    '--platform=node',
    '--format=esm',
    '--target=node20',
    '--log-level=error',
    `--outfile=${file}`,
  ])
  // The chat page's files are read from beside the program.
  cpSync(join(root, 'src/web/page'), join(dir, 'page'), { recursive: true })
  return file
}

export function removeBundles(): void {
  rmSync(join(root, 'dist', `test-${process.pid}`), { recursive: true, force: true })
}

/** Where a child finds the same database. */
export function databaseSettings(store: Store): Record<string, string> {
  if (store.engine === 'sqlite') return { DATA_DIR: resolve(store.where, '..') }
  return { DATABASE_URL: databaseUrl(store), APP_SECRET }
}

/** The URL of a Postgres of `databases.ts`. */
export function databaseUrl(store: Store): string {
  const [, host, name] = /^(.*)\/([^/]+)$/.exec(store.where)!
  const given = process.env['TEST_DATABASE_URL']
  if (given) {
    const url = new URL(given)
    url.pathname = `/${name!}`
    return url.href
  }
  return `postgres://root@${host!.startsWith('/') ? encodeURIComponent(host!) : host!}/${name!}`
}

/** What a program left behind. */
export interface Ended {
  status: number | null
  stdout: string
  stderr: string
}

export interface Launch {
  args?: readonly string[]
  /** Settings; nothing else of the bot's is inherited. */
  env?: Readonly<Record<string, string>>
  cwd?: string
  /** Written to the standard input, which is then closed. */
  input?: string
  uid?: number
}

/** Runs a program to its end. */
export async function run(file: string, launch: Launch = {}): Promise<Ended> {
  const child = launchChild(file, launch)
  let [stdout, stderr] = ['', '']
  child.stdout!.setEncoding('utf8').on('data', (text: string) => (stdout += text))
  child.stderr!.setEncoding('utf8').on('data', (text: string) => (stderr += text))
  child.stdin!.on('error', () => {})
  child.stdin!.end(launch.input ?? '')
  const status = await new Promise<number | null>((done) => child.on('close', done))
  return { status, stdout, stderr }
}

/** A program that goes on running. */
export interface Running {
  pid: number
  child: ChildProcess
  /** Everything it has printed so far. */
  stdout(): string
  stderr(): string
  /** Resolves with the first line that matches, printed already or still to come; rejects when the program ends first. */
  line(pattern: RegExp): Promise<string>
  /** Calls back for every line. */
  each(seen: (line: string) => void): void
  write(line: string): void
  kill(signal: NodeJS.Signals): void
  /** Its exit status, or the name of the signal that ended it. */
  ended: Promise<number | string>
}

export function launch(file: string, settings: Launch = {}): Running {
  const child = launchChild(file, settings)
  const lines: string[] = []
  const watchers = new Set<(line: string) => void>()
  let [stdout, stderr] = ['', '']
  child.stdout!.on('data', (text: Buffer) => (stdout += text.toString()))
  child.stderr!.on('data', (text: Buffer) => (stderr += text.toString()))
  child.stdin!.on('error', () => {})
  createInterface({ input: child.stdout! }).on('line', (line) => {
    lines.push(line)
    for (const seen of watchers) seen(line)
  })
  const ended = new Promise<number | string>((done) =>
    child.on('close', (status, signal) => done(signal ?? status ?? -1)),
  )
  return {
    pid: child.pid!,
    child,
    stdout: () => stdout,
    stderr: () => stderr,
    line: (pattern) =>
      new Promise((found, failed) => {
        const known = lines.find((line) => pattern.test(line))
        if (known !== undefined) return found(known)
        const seen = (line: string) => {
          if (!pattern.test(line)) return
          watchers.delete(seen)
          found(line)
        }
        watchers.add(seen)
        void ended.then((status) => failed(new Error(`ended with ${status}: ${stderr}${stdout}`)))
      }),
    each: (seen) => void watchers.add(seen),
    write: (line) => void child.stdin!.write(`${line}\n`),
    kill: (signal) => void child.kill(signal),
    ended,
  }
}

function launchChild(file: string, { args = [], env = {}, cwd, uid }: Launch): ChildProcess {
  const { PATH, HOME, TMPDIR } = process.env
  return spawn(process.execPath, ['--enable-source-maps', file, ...args], {
    cwd: cwd ?? root,
    env: { ...(PATH ? { PATH } : {}), ...(HOME ? { HOME } : {}), ...(TMPDIR ? { TMPDIR } : {}), ...env },
    stdio: ['pipe', 'pipe', 'pipe'],
    ...(uid === undefined ? {} : { uid, gid: uid }),
  })
}
