/** What the last look through the whole database found. */
export interface CheckupTables {
  checkup: CheckupTable
}

interface CheckupTable {
  what: 'database'
  at: number
  wrong: 'damaged' | 'read-only' | null
}
