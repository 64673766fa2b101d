import { readFileSync } from 'node:fs'
import { parse } from 'yaml'
import { readCommand } from '../../src/core/language/commands.js'
import { wantsSilence, wantsSilenceForAnother } from '../../src/core/language/silence.js'

const table = parse(readFileSync('tests/language/silence.yaml', 'utf8')) as Record<
  'heard' | 'not' | 'another',
  string[]
>
const bare = (text: string) => text.normalize('NFD').replace(/\p{M}/gu, '').replaceAll('đ', 'd').replaceAll('Đ', 'D')
/** «À» makes a question of it; without its mark it is a polite «ạ». */
const ONLY_BY_MARKS = new Set(['không nhắn nữa à'])

describe('no more messages', () => {
  test.each(table.heard)('«%s» is heard, however it is written', (text) => {
    for (const written of [text, text.normalize('NFD'), text.toUpperCase(), `${text}.`, bare(text)])
      expect([written, readCommand(written)?.command]).toEqual([written, 'dung'])
  })

  test.each(table.not)('«%s» is something else', (text) => {
    for (const written of ONLY_BY_MARKS.has(text) ? [text] : [text, bare(text)])
      expect([written, readCommand(written)?.command === 'dung', wantsSilenceForAnother(written)]).toEqual([written, false, false]) // prettier-ignore
  })

  test.each(table.another)('«%s» silences nobody, and is told where to say it', (text) => {
    expect([wantsSilence(text), readCommand(text), wantsSilenceForAnother(text)]).toEqual([false, null, true])
    expect([wantsSilence(bare(text)), wantsSilenceForAnother(bare(text))]).toEqual([false, true])
  })

  test('a long story is no command, and the longest line is read at once', () => {
    expect(wantsSilence(`Hôm qua ${'tôi có hỏi cô ấy '.repeat(8)} đừng nhắn nữa`)).toBe(false)
    const began = performance.now()
    for (const part of ['xong roi ', 'toi da noi ', 'dung nhan nua ', 'please stop ', 'ba con co chu '])
      for (let i = 0; i < 50; i++) wantsSilence(`${part.repeat(20).slice(0, 96)} x`)
    expect(performance.now() - began).toBeLessThan(2_000)
  })
})
