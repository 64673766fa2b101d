/** What can go wrong with a database that works as it should. Everything else is a bug. */
export type StoreFailure =
  /** No space left: nothing of the transaction was kept. */
  | 'full'
  /** Somebody else held it for too long: try again. */
  | 'locked'
  /** Not there now: try again later. */
  | 'unreachable'
  /** Another process was faster: load again and try again. */
  | 'conflict'
  /** The file or the server takes no writes. */
  | 'read-only'
  /** The database lets us in under no such name, password or database. */
  | 'refused'
  /** The file is damaged or is not a database. */
  | 'damaged'

/** Rows that were worked out from an older version than the one kept; nothing of the statement may be committed. */
export class VersionConflict extends Error {
  override readonly name = 'VersionConflict'
  readonly table: 'session' | 'run' | 'oa_grant'
  /** Contacts (of `session`), runs or accounts that did not match. */
  readonly ids: readonly string[]

  constructor(table: 'session' | 'run' | 'oa_grant', ids: readonly string[]) {
    super(`${ids.length} row(s) of ${table} were changed meanwhile: ${ids.join(', ')}`)
    this.table = table
    this.ids = ids
  }
}

/** The database belongs to a newer version of the bot. */
export class SchemaTooNew extends Error {
  override readonly name = 'SchemaTooNew'
  readonly unknown: readonly string[]

  constructor(where: string, unknown: readonly string[], newest: string) {
    super(
      `The database ${where} was written by a newer version of this bot: it has ${unknown.join(', ')}, and this version knows up to ${newest}. ` +
        `Nothing was changed and nothing is lost. Start the newer version again, or restore a backup made with this one.`,
    )
    this.unknown = unknown
  }
}

/** Another server works on the same folder. */
export class StoreLocked extends Error {
  override readonly name = 'StoreLocked'
  /** Null in the instant in which the other one has not yet said who it is. */
  readonly pid: number | null

  constructor(dir: string, pid: number | null, since: string | null) {
    super(
      `The data in ${dir} is in use by ${pid === null ? 'another process' : `process ${pid}`}${since ? ` since ${since}` : ''}. ` +
        `Nothing was changed. Stop that process first, or set DATA_DIR to another folder.`,
    )
    this.pid = pid
  }
}

/** A lease that another process holds, and did not let go of in time. */
export class LeaseHeld extends Error {
  override readonly name = 'LeaseHeld'

  constructor(what: string) {
    super(`${what} is held by another process`)
  }
}

const SQLITE: readonly [RegExp, StoreFailure][] = [
  [/^SQLITE_FULL/, 'full'],
  [/^SQLITE_(BUSY|LOCKED)/, 'locked'],
  [/^SQLITE_CANTOPEN/, 'unreachable'],
  [/^SQLITE_CONSTRAINT_(UNIQUE|PRIMARYKEY|ROWID)/, 'conflict'],
  [/^SQLITE_(READONLY|PERM)/, 'read-only'],
  [/^SQLITE_(CORRUPT|NOTADB|IOERR)/, 'damaged'],
]

const POSTGRES: readonly [RegExp, StoreFailure][] = [
  [/^53100$/, 'full'],
  [/^(55P03|57014)$/, 'locked'],
  [/^(08...|57P0.|53300|25P03)$/, 'unreachable'],
  [/^(23505|40001|40P01)$/, 'conflict'],
  [/^25006$/, 'read-only'],
  [/^(28...|3D000)$/, 'refused'],
  [/^(XX001|XX002|58030)$/, 'damaged'],
]

const SYSTEM: readonly [RegExp, StoreFailure][] = [
  [/^(ENOSPC|EDQUOT)$/, 'full'],
  [/^(ECONN\w+|EPIPE|ETIMEDOUT|EHOSTUNREACH|ENETUNREACH|ENOTFOUND|EAI_AGAIN)$/, 'unreachable'],
  [/^(EROFS|EACCES|EPERM)$/, 'read-only'],
]

/** SQLite's word for «no room to grow the index of the write-ahead log». */
const IOERR_SHMSIZE = 4874

/** pg and its pool say these without a code. */
const LOST =
  /^(Connection terminated|timeout exceeded when trying to connect|Client has encountered a connection error)/

/** Which of the expected failures an error is; null for a bug. */
export function storeFailure(error: unknown): StoreFailure | null {
  if (!(error instanceof Error) && !(typeof error === 'object' && error !== null && 'message' in error)) return null
  if (error instanceof VersionConflict) return 'conflict'
  if (error instanceof StoreLocked || error instanceof LeaseHeld) return 'locked'
  const { code, rawCode, message, cause } = error as Error & { code?: unknown; rawCode?: unknown }
  if (rawCode === IOERR_SHMSIZE) return 'full'
  if (typeof code === 'string') {
    for (const [pattern, failure] of [...SQLITE, ...POSTGRES, ...SYSTEM]) if (pattern.test(code)) return failure
  }
  if (LOST.test(message)) return 'unreachable'
  return cause === undefined ? null : storeFailure(cause)
}
