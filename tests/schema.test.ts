import { readFileSync, writeFileSync } from 'node:fs'
import { format } from 'prettier'
import { editorSchemas } from '../src/cli/schema.js'

describe('the schemas for editors', () => {
  test.each(Object.entries(editorSchemas()))(
    'flows/%s is what the code reads (UPDATE=1 writes it anew)',
    async (name, schema) => {
      const file = `flows/${name}`
      const wanted = await format(JSON.stringify(schema, null, 2), { parser: 'json', printWidth: 120 })
      if (process.env['UPDATE'] === '1') writeFileSync(file, wanted)
      expect(readFileSync(file, 'utf8')).toBe(wanted)
    },
  )
})
