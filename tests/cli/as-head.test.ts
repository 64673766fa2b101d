import { pino } from 'pino'
import { terminal, TERMINAL_ADDRESS } from '../../src/channels/terminal/terminal.js'
import { openAsHead } from '../../src/cli/as-head.js'
import { readConfig } from '../../src/config.js'
import { createContext } from '../../src/context.js'
import type { Content } from '../../src/core/model/message.js'
import { auditLog } from '../../src/store/audit.js'
import { loadByAddresses } from '../../src/store/contacts.js'
import { migrate } from '../../src/store/migrate.js'
import { openSqlite } from '../../src/store/open.js'
import { groupsOf } from '../../src/store/scope.js'
import { WARD } from '../store/roster-samples.js'

test('the terminal becomes a head by an invitation of the operator, taken up in the chat, and both stand in the log', async () => {
  const log = pino({ level: 'silent' })
  const context = createContext(readConfig({}), { store: openSqlite(':memory:'), log })
  try {
    await migrate(context.store)
    let count = 0
    await openAsHead(context, 5, async (content: Content) => {
      const parsed = terminal.parse({ id: `t-${++count}`, content }, context.clock())
      if (parsed.kind === 'read') await context.turns.accept(parsed.inbound[0]!)
      for (let left = 1; left > 0;) left = await context.requests.runOnce()
    })
    const [own] = await loadByAddresses(context.store.db, [{ channel: 'terminal', address: TERMINAL_ADDRESS }])
    expect(own).toMatchObject({ role: 'leader', grp: 5 })
    expect(await groupsOf(context.store.db, own!.contact)).toEqual([5])
    expect(await auditLog(context.store.db, WARD, { limit: 9 })).toMatchObject([
      { deed: 'accepted', kind: 'leader', who: own!.contact, group: 5 },
      { deed: 'invited', kind: 'leader', who: 'operator', group: 5 },
    ])
  } finally {
    await context.close()
  }
})
