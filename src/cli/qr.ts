import { renderUnicodeCompact } from 'uqr'

/** White on black whatever the terminal's own colours are, and back to them. */
const [WHITE_ON_BLACK, OWN] = ['\u001b[97;40m', '\u001b[0m']

/**
 * A QR code in half blocks for a terminal, a line each, with the border that scanners need. With `colours` it is right on a bright terminal too;
 * without, for a file, its light squares are the letters and its dark ones the gaps.
 */
export function terminalQr(text: string, { colours }: { colours: boolean }): string {
  const lines = renderUnicodeCompact(text, { ecc: 'M', border: 4 }).split('\n')
  return lines.map((line) => (colours ? `${WHITE_ON_BLACK}${line}${OWN}\n` : `${line}\n`)).join('')
}
