/** Letters and digits that nobody confuses with one another when they are read from one phone and typed on another. */
const SIGNS = 'ACDEFGHJKMNPQRTUVWXY3479'
/** Signs of a code: 24^8, some 10^11, against five tries in ten minutes. */
const LENGTH = 8

/** A code to be typed by hand, from random bytes: `K7MA3PQX`. */
export function joinCode(random: (bytes: number) => Uint8Array): string {
  let code = ''
  // Bytes above the last whole multiple are thrown away, so that every sign is as likely as another.
  const most = 256 - (256 % SIGNS.length)
  while (code.length < LENGTH)
    for (const byte of random(LENGTH)) if (byte < most && code.length < LENGTH) code += SIGNS[byte % SIGNS.length]
  return code
}

/** `K7MA-3PQX`, as it is shown. */
export function shownCode(code: string): string {
  return `${code.slice(0, 4)}-${code.slice(4)}`
}

/** A code as it was typed, with or without the hyphen and capitals; null for anything that cannot be one. */
export function readJoinCode(text: string): string | null {
  const code = text.replace(/[\s\-–.]/g, '').toUpperCase()
  return code.length === LENGTH && [...code].every((sign) => SIGNS.includes(sign)) ? code : null
}
