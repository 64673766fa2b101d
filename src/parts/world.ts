import { learnedFrom } from '../content/learned.js'
import { allowedIn } from '../core/broadcast/allowed.js'
import type { Material } from '../core/flow/inspect.js'
import type { Model } from '../core/language/classify/model.js'
import { createLanguage } from '../core/language/language.js'
import { createTaught, type Taught } from '../core/language/taught.js'
import { FLOOD_LIMIT, type World } from '../core/talk/world.js'
import type { Texts } from '../texts.js'

/** What the pure core needs, from the checked content. */
export function worldOf(
  material: Material,
  texts: Texts,
  floodLimit: number = FLOOD_LIMIT,
  model: () => Model = learnedFrom(material),
  taught: Taught = createTaught(model, []),
): World {
  const ward = material.ward.value
  return {
    flows: new Map([...material.flows].map(([id, source]) => [id, source.value])),
    triage: material.triage.value,
    groups: ward.groups,
    formerNames: ward['also-called'],
    numbers: allowedIn(ward).numbers,
    holidays: new Set(ward.holidays),
    consentVersion: ward.consent.version,
    floodLimit,
    render: texts.render,
    language: createLanguage({
      model,
      answers: valuesOf(material.answers.vi),
      utterances: material.utterances.vi?.value ?? null,
      guides: { vi: valuesOf(material.guides.vi), en: valuesOf(material.guides.en) },
    }),
    taught,
    // `flows check` holds that every language has as many remedies.
    remedies: (flow, step, trouble) =>
      material.guides.vi.get(flow)?.value.steps[step]?.troubles[trouble]?.remedies.length ?? 0,
    reminds: (flow, step) => material.guides.vi.get(flow)?.value.steps[step]?.reminder !== undefined,
  }
}

function valuesOf<T>(sources: ReadonlyMap<string, { value: T }>): Map<string, T> {
  return new Map([...sources].map(([id, { value }]) => [id, value]))
}
