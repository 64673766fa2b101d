import type { Material } from '../../src/core/flow/inspect.js'

/** Flows and content as one text, so that a process that is started again and again need not read and check them each time. */
export function writeMaterial(material: Material): string {
  return JSON.stringify(material, (_, value: unknown) => (value instanceof Map ? { $map: [...value] } : value))
}

/** What `writeMaterial` wrote. Line numbers are gone with it: they are for problems, and there are none. */
export function readMaterial(text: string): Material {
  return JSON.parse(text, (_, value: unknown) =>
    typeof value === 'object' && value !== null && '$map' in value
      ? new Map(value.$map as [unknown, unknown][])
      : value,
  ) as Material
}
