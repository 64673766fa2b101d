import type { ScamKind } from '../../core/language/scam-kinds.js'
import type { ChannelName } from '../../core/model/message.js'

/** Scam stories that residents told, counted. */
export interface IncidentTables {
  incident: IncidentTable
}

interface IncidentTable {
  day: string
  kind: ScamKind
  channel: ChannelName
  /** 0: no group known. */
  grp: number
  n: number
}
