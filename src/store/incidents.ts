import { sql } from 'kysely'
import type { ScamKind } from '../core/language/scam-kinds.js'
import type { ChannelName } from '../core/model/message.js'
import { byText, columns, rows } from './rows.js'
import type { Db } from './tables.js'

/** Scam stories of one sort told on one day; nobody's in particular. */
export interface Incident {
  /** In Asia/Ho_Chi_Minh. */
  day: string
  kind: ScamKind
  channel: ChannelName
  group: number | null
  n: number
}

const INCIDENT = columns({ day: 'text', kind: 'text', channel: 'text', grp: 'int', n: 'int' })

/** Counts incidents; those of one sort are one row. */
export async function addIncidents(db: Db, incidents: readonly Omit<Incident, 'n'>[]): Promise<void> {
  const counted = new Map<string, (string | number)[]>()
  for (const { day, kind, channel, group } of incidents) {
    const key = [day, kind, channel, group ?? 0].join(' ')
    const row = counted.get(key) ?? [day, kind, channel, group ?? 0, 0]
    row[4] = Number(row[4]) + 1
    counted.set(key, row)
  }
  if (counted.size === 0) return
  const ordered = [...counted].sort(byText(([key]) => key)).map(([, row]) => row)
  await sql`
    insert into incident (${INCIDENT.names}) select ${INCIDENT.fields} from ${rows(db, ordered)} where true
    on conflict (day, kind, channel, grp) do update set n = incident.n + excluded.n`.execute(db)
}

/** What was told from a day to another, both included, for the staff; the newest first. */
export async function incidentsBetween(db: Db, from: string, until: string): Promise<Incident[]> {
  const found = await sql<{
    day: string
    kind: ScamKind
    channel: ChannelName
    grp: number | string
    n: number | string
  }>`
    select day, kind, channel, grp, n from incident
    where day >= ${from} and day <= ${until} order by day desc, kind, channel, grp`.execute(db)
  return found.rows.map(({ grp, n, ...row }) => ({ ...row, group: Number(grp) || null, n: Number(n) }))
}
