import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import type { Config } from '../config.js'
import { loadContent } from '../content.js'
import { LEARNED_FILE } from '../content/learned.js'
import { fromBytes, toBytes } from '../core/language/classify/model.js'
import { fingerprintOf, teach } from '../core/language/classify/teach.js'
import { lessonsOf } from '../core/language/lessons.js'

/** Learns the content's phrasings into a file beside the program, unless it holds them already: a step of the build. */
export function learnContent(config: Config, out: (text: string) => void): number {
  const file = fileURLToPath(new URL(LEARNED_FILE, import.meta.url))
  const lessons = lessonsOf(loadContent(config))
  if (existsSync(file) && fromBytes(readFileSync(file), fingerprintOf(lessons))) return 0
  const started = performance.now()
  const bytes = toBytes(teach(lessons))
  writeFileSync(file, bytes)
  const seconds = ((performance.now() - started) / 1000).toFixed(1)
  out(`learned ${lessons.length} phrasings in ${seconds} s, ${(bytes.length / 1e6).toFixed(1)} MB\n`)
  return 0
}
