import { readContent } from '../../src/content.js'
import { worldOf } from '../../src/parts/world.js'
import type { Flow } from '../../src/core/flow/definition.js'
import type { Material } from '../../src/core/flow/inspect.js'
import type { World } from '../../src/core/talk/world.js'
import { createTexts, type Texts } from '../../src/texts.js'

/** The real flows and texts with the demo ward, read once a test file. */
export interface TestWorld {
  material: Material
  texts: Texts
  world: World
}

let loaded: TestWorld | undefined

export function loadWorld(): TestWorld {
  loaded ??= createWorld()
  return loaded
}

/** With the ward of another file: `ward.yaml` is the real one. */
export function createWorld(wardFile = 'ward.demo.yaml'): TestWorld {
  const { material, problems } = readContent({ flowsDir: 'flows', contentDir: 'content', wardFile })
  if (!material) throw new Error(problems.map(({ file, line, message }) => `${file}:${line}: ${message}`).join('\n'))
  const texts = createTexts(material)
  return { material, texts, world: worldOf(material, texts) }
}

/** The world with other flows in place of its own: what a talk meets after a deployment. */
export function withFlows(world: World, change: (flows: Map<string, Flow>) => void): World {
  const flows = new Map([...world.flows].map(([id, flow]) => [id, structuredClone(flow)]))
  change(flows)
  return { ...world, flows }
}
