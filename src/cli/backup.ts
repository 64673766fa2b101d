import { createHash } from 'node:crypto'
import { once } from 'node:events'
import { createWriteStream, existsSync } from 'node:fs'
import { rename, rm } from 'node:fs/promises'
import { createGzip } from 'node:zlib'
import type { Config } from '../config.js'
import { dump } from '../store/backup.js'
import { appSecret } from '../store/sealed.js'
import { type Head, markOf } from './backup-file.js'
import { withStore } from './open.js'
import { UsageError } from './usage.js'

/** Writes everything that the bot keeps into one compressed file, beside a running server; the file appears when it is whole. */
export async function makeBackup(
  config: Config,
  file: string | undefined,
  out: (text: string) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('name the file: ward backup FILE')
  if (existsSync(file)) throw new UsageError(`${file} is there already; name another file`)
  const secret = appSecret(config)
  const part = `${file}.part`
  const zip = createGzip()
  const target = createWriteStream(part, { mode: 0o600 })
  const failed = once(target, 'error').then(([error]) => Promise.reject(error as Error))
  failed.catch(() => {})
  zip.pipe(target)
  const hash = createHash('sha256')
  let count = 0
  const put = async (line: string) => {
    if (!zip.write(line)) await Promise.race([once(zip, 'drain'), failed])
  }
  try {
    await withStore(config, (store) =>
      dump(
        store,
        async (migrations, tables) => {
          const head: Head = { form: 'ward-backup-1', at: Date.now(), migrations, tables, mark: markOf(secret), secret: config.appSecret === undefined ? secret : null } // prettier-ignore
          const line = `${JSON.stringify(head)}\n`
          hash.update(line)
          await put(line)
        },
        async (table, page) => {
          count += page.length
          const text = page.map((row) => `${JSON.stringify([table, ...row])}\n`).join('')
          hash.update(text)
          await put(text)
        },
      ),
    )
    zip.end(`${JSON.stringify({ rows: count, sha256: hash.digest('hex') })}\n`)
    await Promise.race([once(target, 'close'), failed])
    await rename(part, file)
  } catch (error) {
    target.destroy()
    await rm(part, { force: true })
    throw error
  }
  const kept = config.appSecret === undefined ? 'The key to the sealed phone numbers is in it: keep it as safe as the data.' : 'APP_SECRET is not in it: keep it elsewhere, without it no phone number can be read again.' // prettier-ignore
  out(`${file}: ${count} rows. ${kept}\n`)
  return 0
}
