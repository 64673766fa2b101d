import { parseArgs, type ParseArgsConfig } from 'node:util'
import { ConfigError, readConfig } from '../config.js'
import { reasonOf, sentenceFor } from '../sentence.js'
import { doctorOptions, runDoctor } from './doctor.js'
import { askOptions, askQuestions } from './ask.js'
import { exportList, exportOptions, exportSteps, sheetOptions } from './export.js'
import { makeBackup } from './backup.js'
import { restoreBackup, restoreOptions } from './restore.js'
import { draftOptions, exportDraft } from './export-draft.js'
import { broadcastOptions, exportBroadcast } from './export-broadcast.js'
import { flowsCheck, flowsCheckOptions, flowsDraw } from './flows.js'
import { invitationOptions, inviteOptions, makeInvitation } from './invite.js'
import { makeLink } from './link.js'
import { learnContent } from './learn.js'
import { listRoles, roleListOptions, roleRevokeOptions, takeRole } from './roles.js'
import { runMigrations } from './migrate.js'
import { importFile, importOptions } from './roster.js'
import { simulateOptions, simulateResidents } from './simulate.js'
import { showStats, statsOptions } from './stats.js'
import { UsageError, type Values } from './usage.js'
import { connectZalo, zaloConnectOptions } from './zalo.js'

interface Verb {
  words: readonly string[]
  help: string
  options: NonNullable<ParseArgsConfig['options']>
  /** Positional words that may follow. */
  most: number
  run(values: Values, rest: readonly string[]): Promise<number>
}

const settings = () => readConfig(process.env)
const OUT = (text: string) => void process.stdout.write(text)

const VERBS: readonly Verb[] = [
  { words: ['ask'], help: '"TEXT", or --jsonl with a line {"q":"…"} a question on standard input; --locale vi|en --day 2026-11-24: what the bot makes of it', options: askOptions, most: 1, run: (values, rest) => askQuestions(settings(), values, rest[0], OUT) },
  { words: ['learn'], help: 'learn the phrasings of the content into a file beside the program: a step of the build', options: {}, most: 0, run: async () => learnContent(settings(), OUT) },
  { words: ['flows', 'check'], help: 'check flows and texts: every problem with file and line; --publish records the steps of new editions', options: flowsCheckOptions, most: 0, run: async (values) => flowsCheck(settings(), values, OUT) },
  { words: ['flows', 'draw'], help: '[FLOW]: the guides as Mermaid state diagrams', options: {}, most: 1, run: async (_, rest) => flowsDraw(settings(), rest[0], OUT) },
  { words: ['stats'], help: 'who started, stands where, finished; --flow ID --group N --json', options: statsOptions, most: 0, run: (values) => showStats(settings(), values, OUT) },
  { words: ['export', 'steps'], help: 'the ledger; --format csv|xlsx --out FILE --flow ID --group N', options: exportOptions, most: 0, run: (values) => exportSteps(settings(), values, OUT) },
  { words: ['export', 'people'], help: 'the roster, in the columns it is imported in; --format csv|xlsx --out FILE --group N --locale vi|en', options: sheetOptions, most: 0, run: (values) => exportList(settings(), 'people', values, OUT) },
  { words: ['export', 'without-card'], help: 'people without a card, by residence; --format csv|xlsx --out FILE --group N --locale vi|en', options: sheetOptions, most: 0, run: (values) => exportList(settings(), 'without-card', values, OUT) },
  { words: ['export', 'visits'], help: 'people who want to be visited at home; --format csv|xlsx --out FILE --group N --locale vi|en', options: sheetOptions, most: 0, run: (values) => exportList(settings(), 'visits', values, OUT) },
  { words: ['export', 'officials'], help: 'officials and whether they reached the portal; --format csv|xlsx --out FILE --group N --locale vi|en', options: sheetOptions, most: 0, run: (values) => exportList(settings(), 'officials', values, OUT) },
  { words: ['export', 'completion'], help: 'completion by guide, group and step, without names; --format csv|xlsx --out FILE --group N --locale vi|en', options: sheetOptions, most: 0, run: (values) => exportList(settings(), 'completion', values, OUT) },
  { words: ['roster', 'import'], help: 'FILE: a list (.xlsx, .csv) into the roster, all of it or nothing; --dry-run --locale vi|en --json', options: importOptions, most: 1, run: (values, rest) => importFile(settings(), rest[0], values, OUT) },
  { words: ['export', 'broadcast'], help: '[ID]: what became of everybody in a broadcast, the newest without an id; --format csv|xlsx --out FILE', options: broadcastOptions, most: 1, run: (values, rest) => exportBroadcast(settings(), values, rest[0], OUT) },
  { words: ['export', 'report'], help: '--out FILE.docx: the periodic report as a draft with today’s figures, in the form of Decree 30/2020', options: draftOptions, most: 0, run: (values) => exportDraft(settings(), 'report', values, OUT) },
  { words: ['export', 'card-team'], help: '--out FILE.docx: the request for a mobile card team as a draft, with the head count by group', options: draftOptions, most: 0, run: (values) => exportDraft(settings(), 'card-team', values, OUT) },
  { words: ['invite'], help: '--role leader|staff|admin [--group N] [--label NAME] [--qr]: a one-time invitation; the log calls them NAME; at a terminal, or with --qr, as a QR code too; --json', options: invitationOptions, most: 0, run: (values) => makeInvitation(settings(), values, OUT, { terminal: process.stdout.isTTY === true }) },
  { words: ['link'], help: '--role leader|staff|admin [--group N] [--label NAME]: a one-time link to the staff pages', options: inviteOptions, most: 0, run: (values) => makeLink(settings(), values, OUT) },
  { words: ['role', 'list'], help: 'who has which role, with their ids; --json', options: roleListOptions, most: 0, run: (values) => listRoles(settings(), values, OUT) },
  { words: ['role', 'revoke'], help: 'ID [--group N]: take a role away, or one of several groups, at once and with all that hangs on it; --json', options: roleRevokeOptions, most: 1, run: (values, rest) => takeRole(settings(), rest[0], values, OUT) },
  { words: ['simulate'], help: '--residents N --days D [--seed S] --json: made-up residents in a demo ward, who are reminded when they get stuck; fails when one is forgotten, a rule is broken or the bill is not the forecast', options: simulateOptions, most: 0, run: (values) => simulateResidents(settings(), values, OUT) },
  { words: ['doctor'], help: 'check settings, database, apps and content, and say what to do; --locale vi|en --json', options: doctorOptions, most: 0, run: (values) => runDoctor(process.env, values, OUT) },
  { words: ['zalo', 'connect'], help: 'a one-time link to the consent of the Official Account; --paste reads a token pair from the standard input; --locale vi|en --json', options: zaloConnectOptions, most: 0, run: (values) => connectZalo(settings(), values, OUT) },
  { words: ['backup'], help: 'FILE: everything the bot keeps in one compressed file, beside a running server', options: {}, most: 1, run: (_, rest) => makeBackup(settings(), rest[0], OUT) },
  { words: ['restore'], help: 'FILE: says how old a backup is and what is in it, and takes it into an empty database, on either engine; refuses a running server and a damaged file; --dry-run only says; --force puts it in the place of what is there, which is kept in a backup of its own first', options: restoreOptions, most: 1, run: (values, rest) => restoreBackup(settings(), rest[0], values, OUT) },
  { words: ['migrate'], help: 'bring the database up to this version', options: {}, most: 0, run: () => runMigrations(settings(), OUT) },
] // prettier-ignore

function usage(verbs: readonly Verb[]): string {
  const lines = verbs.map(({ words, help }) => `  ward ${words.join(' ')}  ${help}`)
  return `The operator's tool. It works beside a running server on the same data.\n\n${lines.join('\n')}\n`
}

async function main(args: readonly string[]): Promise<number> {
  const verb = VERBS.find(({ words }) => words.every((word, i) => args[i] === word))
  if (!verb) {
    const known = VERBS.filter(({ words }) => words[0] === args[0])
    if (args.length === 0 || args[0] === '--help' || args[0] === 'help')
      return (OUT(usage(VERBS)), args.length === 0 ? 2 : 0)
    if (known.length > 0 && args.includes('--help')) return (OUT(usage(known)), 0)
    throw new UsageError(`there is no «${args.slice(0, 2).join(' ')}»; ward --help lists what there is`)
  }
  const rest = args.slice(verb.words.length)
  if (rest.includes('--help')) {
    OUT(usage([verb]))
    return 0
  }
  const { values, positionals } = parse(verb, rest)
  return verb.run(values, positionals)
}

function parse(verb: Verb, args: readonly string[]): { values: Values; positionals: string[] } {
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: verb.options,
      allowPositionals: true,
      strict: true,
    })
    if (positionals.length > verb.most)
      throw new UsageError(`«${positionals[verb.most]}» is too much for ward ${verb.words.join(' ')}`)
    return { values: values as Values, positionals }
  } catch (error) {
    if (error instanceof UsageError) throw error
    throw new UsageError(reasonOf(error).replaceAll(/\s*\n\s*/g, ' '))
  }
}

// A reader that has seen enough (`ward export steps | head`) is no failure.
process.stdout.on('error', (error: NodeJS.ErrnoException) => process.exit(error.code === 'EPIPE' ? 0 : 1))

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  const words = error instanceof UsageError ? error.message : sentenceFor(error)
  process.stderr.write(`${words ?? `It failed: ${reasonOf(error)}`}\n`)
  process.exitCode = error instanceof UsageError || error instanceof ConfigError ? 2 : 1
}
