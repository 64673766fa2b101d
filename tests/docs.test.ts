import { existsSync, readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readConfig } from '../src/config.js'
import { loadContent } from '../src/content.js'
import { drawFlow } from '../src/core/flow/draw.js'
import { freshSqlite } from './support/databases.js'

const START = '<!-- flows -->\n'
const END = '<!-- /flows -->'

describe('the documents', () => {
  test('docs/states.md shows the guides as they are (UPDATE=1 writes them anew)', () => {
    const { flows } = loadContent(readConfig({}))
    const drawn = [...flows.values()]
      .map(({ value }) => `### ${value.flow}\n\n\`\`\`mermaid\n${drawFlow(value)}\`\`\`\n\n`)
      .join('')
    const text = readFileSync('docs/states.md', 'utf8')
    const [before, after] = [text.slice(0, text.indexOf(START) + START.length), text.slice(text.indexOf(END))]
    if (process.env['UPDATE'] === '1') writeFileSync('docs/states.md', `${before}\n${drawn}${after}`)
    expect(readFileSync('docs/states.md', 'utf8')).toBe(`${before}\n${drawn}${after}`)
  })

  test('every link to a file leads somewhere', () => {
    const files = ['README.md', 'CONTRIBUTING.md', 'CHANGELOG.md', ...readdirSync('docs').map((name) => `docs/${name}`)]
    const broken = files.flatMap((file) =>
      [...readFileSync(file, 'utf8').matchAll(/\]\((?!https?:|#)([^)#]+)/g)]
        .map((match) => match[1]!)
        .filter((target) => !existsSync(join(dirname(file), target)))
        .map((target) => `${file} → ${target}`),
    )
    expect(broken).toEqual([])
  })

  test('docs/privacy.md names every table of the database, and every period of ward.yaml with its length', async () => {
    const store = await freshSqlite()
    const tables = await store.db.introspection.getTables()
    await store.close()
    const text = readFileSync('docs/privacy.md', 'utf8')
    const rows = text.split('\n').filter((line) => line.startsWith('| `'))
    const named = rows.flatMap((row) => [...row.split('|')[1]!.matchAll(/`(\w+)`/g)].map((match) => match[1]!))
    expect(named.toSorted()).toEqual(tables.map(({ name }) => name).toSorted())
    const { retention } = loadContent(readConfig({})).ward.value
    for (const [period, days] of Object.entries(retention)) expect(text).toContain(`\`${period}\` (${days})`)
    // No cell of a row is empty: purpose, basis, period, whom it names.
    for (const row of rows)
      expect(
        row
          .split('|')
          .slice(1, -1)
          .map((cell) => cell.trim()),
      ).not.toContain('')
  })

  test('.env.example names every setting that is read, and no other', () => {
    const settings = readFileSync('src/config.ts', 'utf8')
    const read = [...settings.matchAll(/(?:(?:read|root)\(\s*env,|needed\()\s*'([A-Z_]+)'/g)].map((match) => match[1]!)
    const shown = [...readFileSync('.env.example', 'utf8').matchAll(/^#? ?([A-Z_]+)=/gm)].map((match) => match[1]!)
    expect([...new Set(shown)].sort()).toEqual([...new Set(read)].sort())
  })
})
