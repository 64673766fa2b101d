// Installs what is missing, so that README's two commands are enough on a fresh machine. Uses nothing but Node itself.
import { spawnSync } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'

export const root = fileURLToPath(new URL('..', import.meta.url))

const MINIMUM = [20, 19]

/** Refuses a Node that is too old, in one sentence. */
function checkNode() {
  const [major, minor] = process.versions.node.split('.').map(Number)
  if (major > MINIMUM[0] || (major === MINIMUM[0] && minor >= MINIMUM[1])) return
  console.error(`Node ${process.versions.node} is too old: install Node ${MINIMUM.join('.')} or newer (20, 22 or 24).`)
  process.exit(1)
}

/** True when node_modules holds every direct dependency in the wanted version. */
function isInstalled(folder, names) {
  const wanted = JSON.parse(readFileSync(`${folder}/package.json`, 'utf8'))
  return Object.entries({ ...wanted.dependencies, ...wanted.devDependencies }).every(([name, version]) => {
    if (names && !names.includes(name)) return true
    const file = `${folder}/node_modules/${name}/package.json`
    return existsSync(file) && JSON.parse(readFileSync(file, 'utf8')).version === version
  })
}

/** Runs `npm ci` in a folder when its packages are missing or stale. */
export function ensureInstalled(folder = root) {
  checkNode()
  if (isInstalled(folder)) return
  console.error(`Installing packages in ${folder} (once)…`)
  const npm = process.platform === 'win32' ? 'npm.cmd' : 'npm'
  const run = (args) =>
    spawnSync(npm, args, { cwd: folder, stdio: ['ignore', 'inherit', 'inherit'], shell: process.platform === 'win32' })
  // `npm ci` keeps the lock file's versions; some mirrors lack a platform build that the lock names, and then `install` still works.
  if (run(['ci', '--ignore-scripts', '--no-audit', '--no-fund']).status === 0) return
  if (run(['install', '--no-save', '--ignore-scripts', '--no-audit', '--no-fund']).status === 0) return
  console.error(
    'The packages could not be installed: check the network or the npm registry, then run the same command again.',
  )
  process.exit(1)
}
