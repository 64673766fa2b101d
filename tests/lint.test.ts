import { spawnSync } from 'node:child_process'
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const root = process.cwd()

/** Lints one file as if it lay at this place of the project. */
function lint(place: string, code: string): { status: number | null; output: string } {
  const folder = mkdtempSync(join(tmpdir(), 'ward-lint-'))
  try {
    cpSync(join(root, '.oxlintrc.json'), join(folder, '.oxlintrc.json'))
    mkdirSync(dirname(join(folder, place)), { recursive: true })
    writeFileSync(join(folder, place), code)
    const done = spawnSync(process.execPath, [join(root, 'node_modules/oxlint/bin/oxlint'), '--deny-warnings', 'src'], {
      cwd: folder,
      encoding: 'utf8',
    })
    return { status: done.status, output: done.stdout + done.stderr }
  } finally {
    rmSync(folder, { recursive: true, force: true })
  }
}

describe('the import rule', () => {
  const forbidden: [place: string, code: string, says: string][] = [
    [
      'src/core/talk/x.ts',
      `import { openSqlite } from '../../store/open.js'\nexport const x = openSqlite\n`,
      'core is pure',
    ],
    ['src/core/x.ts', `import type { Store } from '../store/open.js'\nexport type X = Store\n`, 'core is pure'],
    ['src/core/x.ts', `import { readFileSync } from 'node:fs'\nexport const x = readFileSync\n`, 'core is pure'],
    ['src/core/x.ts', `export const x = () => Date.now()\n`, 'time is an argument'],
    ['src/core/x.ts', `export const x = () => Math.random()\n`, 'randomness is an argument'],
    [
      'src/store/x.ts',
      `import { createTurns } from '../turns/turns.js'\nexport const x = createTurns\n`,
      'imports point down only',
    ],
    [
      'src/channels/web/x.ts',
      `import { outboxAfter } from '../../store/outbox.js'\nexport const x = outboxAfter\n`,
      'never the database',
    ],
    [
      'src/upkeep/x.ts',
      `import { createContext } from '../context.js'\nexport const x = createContext\n`,
      'imports point down only',
    ],
    [
      'src/store/x.ts',
      `import { createUpkeep } from '../upkeep/upkeep.js'\nexport const x = createUpkeep\n`,
      'imports point down only',
    ],
    [
      'src/turns/x.ts',
      `import { createContext } from '../context.js'\nexport const x = createContext\n`,
      'imports point down only',
    ],
    [
      'src/web/x.ts',
      `import { simulate } from '../demo/simulate.js'\nexport const x = simulate\n`,
      'imports point down only',
    ],
  ]
  test.each(forbidden)('refuses in %s: %s', (place, code, says) => {
    const { status, output } = lint(place, code)
    expect(output).toContain(says)
    expect(status).not.toBe(0)
  })

  test('lets an import downward pass', () => {
    expect(
      lint('src/turns/x.ts', `import { fold } from '../core/language/fold.js'\nexport const x = fold\n`),
    ).toMatchObject({ status: 0 })
  })
})
