/** Ids that count: `r1`, `r2`, … */
export function createIds(prefix = 'r'): () => string {
  let n = 0
  return () => `${prefix}${++n}`
}
