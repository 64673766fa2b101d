import type { Kysely } from 'kysely'
import type { AccessTables } from './tables/access.js'
import type { ArticleTables } from './tables/articles.js'
import type { BroadcastTables } from './tables/broadcasts.js'
import type { CheckupTables } from './tables/checkups.js'
import type { GrantTables } from './tables/grants.js'
import type { IncidentTables } from './tables/incidents.js'
import type { HelpingTables } from './tables/helping.js'
import type { QuestionTables } from './tables/questions.js'
import type { RosterTables } from './tables/roster.js'
import type { TalkTables } from './tables/talk.js'
import type { TallyTables } from './tables/tallies.js'
import type { TicketTables } from './tables/tickets.js'
import type { ZaloTables } from './tables/zalo.js'

/** The database, or a transaction on it: every statement of the store takes one first. */
export type Db = Kysely<Tables>

/** All times are integer ms since the epoch; JSON is kept as text; ids are made by the application. A file a family of tables. */
export interface Tables
  extends
    AccessTables,
    ArticleTables,
    BroadcastTables,
    CheckupTables,
    GrantTables,
    QuestionTables,
    IncidentTables,
    HelpingTables,
    RosterTables,
    TalkTables,
    TallyTables,
    TicketTables,
    ZaloTables {}
