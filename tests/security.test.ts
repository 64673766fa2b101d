import { readFileSync } from 'node:fs'

/** `docs/security.md`: a row a requirement, with the test that holds it. */
const lines = readFileSync('docs/security.md', 'utf8').split('\n').filter((line) => /^\| V\d/.test(line)) // prettier-ignore

test('every requirement of docs/security.md names tests that are there', () => {
  expect(lines.length).toBeGreaterThan(25)
  for (const line of lines) {
    const named = [...line.matchAll(/`(tests\/[\w./-]+\.ts)`(?: «([^»]+)»)?/g)]
    expect([line, named.length > 0]).toEqual([line, true])
    for (const [, file, sentence = ''] of named) expect([file, sentence, readFileSync(file!, 'utf8').includes(sentence)]).toEqual([file, sentence, true]) // prettier-ignore
  }
})
