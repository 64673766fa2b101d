import type { Migration } from 'kysely'
import { contacts } from './0001-contacts.js'
import { runs } from './0002-runs.js'
import { boxes } from './0003-boxes.js'
import { delivery } from './0004-delivery.js'
import { dialogs } from './0005-dialogs.js'
import { zalo } from './0006-zalo.js'
import { grants } from './0007-grants.js'
import { incidents } from './0008-incidents.js'
import { roster } from './0009-roster.js'
import { broadcasts } from './0010-broadcasts.js'
import { pages } from './0011-pages.js'
import { joins } from './0012-joins.js'
import { tickets } from './0013-tickets.js'
import { questions } from './0014-questions.js'
import { helping } from './0015-helping.js'
import { finishes } from './0020-finishes.js'
import { speed } from './0021-speed.js'
import { tallies } from './0022-tallies.js'
import { tally } from './0023-tally.js'
import { rosterGroups } from './0024-roster-groups.js'
import { checkups } from './0025-checkups.js'
import { agreedRules } from './0037-agreed-rules.js'
import { shown } from './0036-shown.js'
import { unmerge } from './0026-unmerge.js'
import { tallySheets } from './0029-tally-sheets.js'
import { liveMessages } from './0030-live-messages.js'
import { articles } from './0031-articles.js'
import { readers } from './0034-readers.js'
import { roleLabels } from './0038-role-labels.js'
import { corrections } from './0040-corrections.js'
import { voidedSlips } from './0042-voided-slips.js'
import { visits } from './0046-visits.js'
import { heldFiles } from './0049-held-files.js'
import { noEndlessWaits } from './0050-no-endless-waits.js'

/** Every migration, in order. What was released is never changed: a new one is added below. */
export const MIGRATIONS: Readonly<Record<string, Migration>> = {
  '0001-contacts': contacts,
  '0002-runs': runs,
  '0003-boxes': boxes,
  '0004-delivery': delivery,
  '0005-dialogs': dialogs,
  '0006-zalo': zalo,
  '0007-grants': grants,
  '0008-incidents': incidents,
  '0009-roster': roster,
  '0010-broadcasts': broadcasts,
  '0011-pages': pages,
  '0012-joins': joins,
  '0013-tickets': tickets,
  '0014-questions': questions,
  '0015-helping': helping,
  '0020-finishes': finishes,
  '0021-speed': speed,
  '0022-tallies': tallies,
  '0023-tally': tally,
  '0024-roster-groups': rosterGroups,
  '0025-checkups': checkups,
  '0026-unmerge': unmerge,
  '0029-tally-sheets': tallySheets,
  '0030-live-messages': liveMessages,
  '0031-articles': articles,
  '0034-readers': readers,
  '0036-shown': shown,
  '0037-agreed-rules': agreedRules,
  '0038-role-labels': roleLabels,
  '0040-corrections': corrections,
  '0042-voided-slips': voidedSlips,
  '0046-visits': visits,
  '0049-held-files': heldFiles,
  '0050-no-endless-waits': noEndlessWaits,
}
