/** Freezes a value and all that hangs on it, so that writing to it throws. */
export function frozen<T>(value: T): T {
  if (typeof value !== 'object' || value === null || Object.isFrozen(value)) return value
  Object.freeze(value)
  for (const part of value instanceof Map || value instanceof Set ? [...value.values()] : Object.values(value))
    frozen(part)
  return value
}
