/** For whom a contact acts besides itself. */
export interface HelpingTables {
  helping: HelpingTable
}

/** `made`: a person that the contact itself brought in · `slip`: one of the roster, by the code on their slip. */
interface HelpingTable {
  contact: string
  person: string
  label: string
  how: 'made' | 'slip'
  since: number
}
