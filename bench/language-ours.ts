// What the peers of the language part are given and compared with: the same phrasings, the same messages, and what ours makes of them.
import { readContent } from '../src/content.js'
import { lessonsOf } from '../src/core/language/lessons.js'
import { TOPICS } from '../src/core/model/answer.js'
import { createTexts } from '../src/texts.js'
import { worldOf } from '../src/parts/world.js'
import { developmentSet, outcome } from '../tests/support/measure.js'

const { material } = readContent({ flowsDir: 'flows', contentDir: 'content', wardFile: 'ward.demo.yaml' })
if (!material) throw new Error('the content has problems: run `npm run ward -- flows check`')
const { language } = worldOf(material, createTexts(material))

export const topics: readonly string[] = TOPICS
export const lessons = lessonsOf(material)
export const messages = developmentSet()

/** The labels of a message, the likeliest first, and whether it would be answered without asking back. */
export function ours(q: string): { labels: readonly string[]; sure: boolean } {
  const { kind, topics: found } = outcome(language, q)
  return { labels: found.length > 0 ? found : [kind], sure: kind === 'answer' }
}
