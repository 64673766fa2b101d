// Bundles src/ into dist/: one file an entry point, packages left outside. esbuild takes well under a second, so every command builds.
import { bundleOptions } from './build-options.mjs'
import { ensureInstalled, root } from './ensure.mjs'

ensureInstalled()
const { build } = await import('esbuild')
const { cpSync } = await import('node:fs')
const { spawnSync } = await import('node:child_process')

/** The programs: name → source. */
export const entries = { main: 'src/main.ts', chat: 'src/cli/chat.ts', ward: 'src/cli/ward.ts' }

await build(bundleOptions(entries))

// Files of the chat page are read as they are, from beside the program.
cpSync(`${root}/src/web/page`, `${root}/dist/page`, { recursive: true })

// The phrasings of content/ are learned into a file, when they are not in it already. Broken content is no reason not to build: `flows check` says what is wrong.
spawnSync(process.execPath, [`${root}/dist/ward.js`, 'learn'], { cwd: root, stdio: ['ignore', 'inherit', 'ignore'] })
