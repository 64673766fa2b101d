import { writeFile } from 'node:fs/promises'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { dayOf } from '../core/policy/calendar.js'
import { OPERATOR, scopeOf } from '../core/policy/roles.js'
import { draftFile, type DraftName } from '../exports/drafts.js'
import { reasonOf } from '../sentence.js'
import { createTexts } from '../texts.js'
import { withStore } from './open.js'
import { noteTaken } from './taken.js'
import { UsageError, type Values } from './usage.js'

export const draftOptions = { out: { type: 'string' } } as const

/** Writes an official letter as a .docx draft with today's figures; the audit log says that the operator did. */
export async function exportDraft(
  config: Config,
  name: DraftName,
  { out: file }: Values,
  out: (text: string) => void,
): Promise<number> {
  if (file === undefined) throw new UsageError('--out FILE.docx is needed')
  const material = loadContent(config)
  const flows = new Map([...material.flows].map(([id, source]) => [id, source.value]))
  const [scope, now] = [scopeOf(OPERATOR), Date.now()]
  const parts = { scope, flows, ward: material.ward.value, texts: createTexts(material), day: dayOf(now) }
  const { bytes } = await withStore(config, ({ db }) =>
    db.transaction().execute(async (tx) => {
      const made = await draftFile(name, { ...parts, db: tx })
      await noteTaken(tx, { kind: name, count: made.count, now })
      return made
    }),
  )
  await writeFile(String(file), bytes).catch((error: unknown) => {
    throw new UsageError(`--out ${String(file)} cannot be written: ${reasonOf(error)}`)
  })
  out(`${String(file)}: a draft, to be completed and signed\n`)
  return 0
}
