import { readFileSync, renameSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { fingerprintOf, teach } from '../core/language/classify/teach.js'
import { fromBytes, type Model, toBytes } from '../core/language/classify/model.js'
import { lessonsOf } from '../core/language/lessons.js'
import type { Material } from '../core/flow/inspect.js'

/** The file that the build writes beside the programs. */
export const LEARNED_FILE = 'learned.bin'

/** Where the file may lie: beside the program, or where a program run from its sources finds the last build. */
function places(): string[] {
  return [fileURLToPath(new URL(LEARNED_FILE, import.meta.url)), `dist/${LEARNED_FILE}`]
}

/** Kept for the next start, where there is a build to keep it in; a disk that cannot be written to costs seconds and nothing else. */
function keep(model: Model): Model {
  const file = places().at(-1)!
  try {
    writeFileSync(`${file}.${process.pid}`, toBytes(model))
    renameSync(`${file}.${process.pid}`, file)
  } catch {
    // No folder, or no right to write there.
  }
  return model
}

/** What this process has learned already: a model is read once however many bots share the content. */
const known = new WeakMap<object, Model>()

/**
 * What the bot has learned from this content: from the file of the build when it was made from the very same, otherwise learned anew, which
 * takes seconds. Nothing happens before it is asked for, and then once.
 */
export function learnedFrom(material: Pick<Material, 'answers' | 'utterances'>): () => Model {
  return () => {
    let model = known.get(material)
    if (model) return model
    const lessons = lessonsOf(material)
    const fingerprint = fingerprintOf(lessons)
    for (const place of places()) {
      try {
        model ??= fromBytes(readFileSync(place), fingerprint) ?? undefined
      } catch {
        // No file there: learned below.
      }
    }
    model ??= keep(teach(lessons))
    known.set(material, model)
    return model
  }
}
