// How sources become programs: the same for what is run and for what is measured.
import { root } from './ensure.mjs'

/** @param {Record<string, string>} entryPoints Name of the program → its source. */
export const bundleOptions = (entryPoints) => ({
  absWorkingDir: root,
  entryPoints,
  outdir: 'dist',
  bundle: true,
  packages: 'external',
  platform: 'node',
  format: 'esm',
  target: 'node20',
  sourcemap: true,
  logLevel: 'warning',
})
