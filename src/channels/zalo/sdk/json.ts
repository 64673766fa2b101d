/** An object of a JSON text. */
export type Json = Readonly<Record<string, unknown>>

const STRINGS_AND_NUMBERS = /"[^"\\]*(?:\\.[^"\\]*)*"|-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?/g

/**
 * Reads JSON without losing digits: whole numbers beyond 2^53, which ids of Zalo are, come out as strings. Throws a SyntaxError for what is
 * not JSON. (Node 20 gives a reviver no sight of the source, so the text is prepared instead.)
 */
export function parseJson(text: string): unknown {
  const plain: unknown = JSON.parse(text)
  if (!/[^\d"]\d{16,}/.test(text) && !/^\d{16,}/.test(text)) return plain
  const quoted = text.replace(STRINGS_AND_NUMBERS, (token) =>
    /^-?\d+$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  )
  return JSON.parse(quoted)
}

/** An object, or an empty one for anything else. */
export function recordOf(value: unknown): Json {
  return isRecord(value) ? value : {}
}

export function isRecord(value: unknown): value is Json {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

export function listOf(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : []
}

/** A string, also of what Zalo sometimes sends as a number; null for nothing or an empty one. */
export function textOf(value: unknown): string | null {
  if (typeof value === 'number') return String(value)
  return typeof value === 'string' && value !== '' ? value : null
}

/** A number, also of the strings that Zalo sends. */
export function numberOf(value: unknown): number | null {
  if (typeof value === 'string' && value.trim() === '') return null
  const n = typeof value === 'string' ? Number(value) : value
  return typeof n === 'number' && Number.isFinite(n) ? n : null
}

/** Yes or no, also of `"true"` and `1`. */
export function flagOf(value: unknown): boolean {
  return value === true || value === 1 || value === 'true' || value === '1'
}
