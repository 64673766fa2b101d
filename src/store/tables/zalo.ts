/** What is remembered of an official account. */
export interface ZaloTables {
  zalo_oa: ZaloOaTable
}

/** What a Zalo Official Account was found to take. `shape` holds for the mode of buttons it was found in; null: not tried. */
interface ZaloOaTable {
  oa_id: string
  path: 'v2' | 'v3'
  mode: string
  shape: 'payload' | 'list' | 'text' | null
  at: number
}
