/** Sheets to tick at the door. */
export interface TallyTables {
  tally_sheet: TallySheetTable
  tally_row: TallyRowTable
  tally_entry: TallyEntryTable
}

interface TallySheetTable {
  id: string
  number: number
  grp: number
  flow: string
  made_by: string
  made_at: number
}

/** Who stands in which row of the paper. */
interface TallyRowTable {
  sheet: string
  row: number
  person: string
}

/** What was entered from a sheet at once; `entry` was made with the form. */
interface TallyEntryTable {
  entry: string
  sheet: string
  by_contact: string
  at: number
  persons: number
  steps: number
}
