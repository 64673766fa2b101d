import { createCipheriv, createDecipheriv, createHash, createHmac, hkdfSync, randomBytes } from 'node:crypto'
import { linkSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'

/** First part of every sealed text; a later form gets its own, and this one stays readable. */
const FORM = 's1'
const CIPHER = 'aes-256-gcm'
const KEY_BYTES = 32
const IV_BYTES = 12
const TAG_BYTES = 16
/** Characters of the key's own mark in a sealed text: enough to tell a changed secret from a damaged row. */
const MARK_LENGTH = 8
/** The file in DATA_DIR that stands in for APP_SECRET where none is set. */
const SECRET_FILE = 'app-secret'

export type Opened =
  { ok: true; text: string } | { ok: false; reason: 'unknown-form' | 'other-secret' | 'wrong-owner-or-damaged' }

/** Sealed texts and keyed hashes of one secret. */
export interface Seals {
  /**
   * Encrypts a text for keeping. `purpose` is the column (`person.phone`): each has a key of its own. `owner` is the row's id: a sealed text
   * that was copied to another row does not open there.
   */
  seal(purpose: string, owner: string, text: string): string
  /** The text again, or why not: `other-secret` is a changed APP_SECRET. */
  open(purpose: string, owner: string, sealed: string): Opened
  /** The same for the same text and secret, and nothing to anybody without the secret: what a sealed column is searched by. */
  hash(purpose: string, text: string): string
}

/** `secret` is read at the first use: what never seals needs none. */
export function createSeals(secret: () => string): Seals {
  const keys = new Map<string, Buffer>()
  const key = (use: 'seal' | 'search', purpose: string): Buffer => {
    const info = `ward ${use} ${purpose}`
    let known = keys.get(info)
    if (!known) keys.set(info, (known = Buffer.from(hkdfSync('sha256', notEmpty(secret()), '', info, KEY_BYTES))))
    return known
  }
  const bound = (purpose: string, owner: string) => Buffer.from(JSON.stringify([FORM, purpose, owner]))
  return {
    seal(purpose, owner, text) {
      const own = key('seal', purpose)
      const iv = randomBytes(IV_BYTES)
      const cipher = createCipheriv(CIPHER, own, iv, { authTagLength: TAG_BYTES }).setAAD(bound(purpose, owner))
      const hidden = Buffer.concat([cipher.update(text, 'utf8'), cipher.final()])
      return [FORM, mark(own), Buffer.concat([iv, cipher.getAuthTag(), hidden]).toString('base64url')].join('.')
    },
    open(purpose, owner, sealed) {
      const [form, by, content = '', ...more] = sealed.split('.')
      if (form !== FORM || by === undefined || more.length > 0) return { ok: false, reason: 'unknown-form' }
      const own = key('seal', purpose)
      if (by !== mark(own)) return { ok: false, reason: 'other-secret' }
      const bytes = Buffer.from(content, 'base64url')
      if (bytes.length < IV_BYTES + TAG_BYTES) return { ok: false, reason: 'wrong-owner-or-damaged' }
      const decipher = createDecipheriv(CIPHER, own, bytes.subarray(0, IV_BYTES), { authTagLength: TAG_BYTES })
        .setAAD(bound(purpose, owner))
        .setAuthTag(bytes.subarray(IV_BYTES, IV_BYTES + TAG_BYTES))
      try {
        const text = Buffer.concat([decipher.update(bytes.subarray(IV_BYTES + TAG_BYTES)), decipher.final()])
        return { ok: true, text: text.toString('utf8') }
      } catch {
        return { ok: false, reason: 'wrong-owner-or-damaged' }
      }
    },
    hash: (purpose, text) => createHmac('sha256', key('search', purpose)).update(text).digest('base64url'),
  }
}

/**
 * The secret of an installation: APP_SECRET, or, where none is set (the demo, a first try), one made once and kept in the data directory, readable
 * by its owner alone. Two processes that start at once get the same one.
 */
export function appSecret(settings: { appSecret: string | undefined; dataDir: string }): string {
  if (settings.appSecret !== undefined) return settings.appSecret
  const file = join(settings.dataDir, SECRET_FILE)
  const known = readSecret(file)
  if (known !== undefined) return known
  mkdirSync(settings.dataDir, { recursive: true })
  const written = `${file}.${randomBytes(6).toString('hex')}`
  writeFileSync(written, randomBytes(KEY_BYTES).toString('hex'), { mode: 0o600, flag: 'wx' })
  try {
    // A link appears with its whole content or not at all, and never over one that is there.
    linkSync(written, file)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error
  } finally {
    rmSync(written, { force: true })
  }
  return readSecret(file)!
}

function readSecret(file: string): string | undefined {
  try {
    return notEmpty(readFileSync(file, 'utf8').trim())
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined
    throw error
  }
}

function notEmpty(secret: string): string {
  if (secret === '') throw new RangeError('nothing can be sealed with an empty secret')
  return secret
}

function mark(key: Buffer): string {
  return createHash('sha256').update('ward key mark ').update(key).digest('base64url').slice(0, MARK_LENGTH)
}
