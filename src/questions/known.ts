import type { Material } from '../core/flow/material.js'
import type { Model } from '../core/language/classify/model.js'
import { lessonsOf } from '../core/language/lessons.js'
import { type KnownText, knownText } from '../core/language/taught.js'

/** Texts that are normalised between two looks at what else there is to do: some milliseconds. */
const SLICE = 40

/** Every phrasing of the content, normalised once: the regression check holds a new answer against them. */
export interface KnownTexts {
  /** Begins with it beside everything else: there are thousands, which together take a second or more. */
  prepare(): void
  /** All of them; what is not ready yet is done now. */
  all(): readonly KnownText[]
}

/** The texts of a content, for as long as it is used. */
const done = new WeakMap<object, KnownText[]>()

export function createKnownTexts(material: Pick<Material, 'answers' | 'utterances'>, model: () => Model): KnownTexts {
  const lessons = lessonsOf(material)
  const ready = done.get(material) ?? []
  done.set(material, ready)
  let preparing = false
  const more = (count: number) => {
    for (const lesson of lessons.slice(ready.length, ready.length + count)) ready.push(knownText(model(), lesson))
  }
  const step = () => {
    more(SLICE)
    if (ready.length < lessons.length) setImmediate(step)
    else preparing = false
  }
  return {
    prepare() {
      if (preparing || ready.length === lessons.length) return
      preparing = true
      setImmediate(step)
    },
    all() {
      more(lessons.length)
      return ready
    },
  }
}
