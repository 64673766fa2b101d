// npm 11 behind a registry that lacks some platform builds writes a lock file without them, and `npm ci` then refuses it
// («Missing: … from lock file»). This adds the missing optional packages by name and version, so that every platform can install.
import { readFileSync, writeFileSync } from 'node:fs'

const file = new URL('../package-lock.json', import.meta.url)
const lock = JSON.parse(readFileSync(file, 'utf8'))
const packages = lock.packages
const libc = (name) => (/musl/.test(name) ? ['musl'] : /gnu/.test(name) ? ['glibc'] : undefined)
const OS = [
  'android',
  'darwin',
  'freebsd',
  'linux',
  'openharmony',
  'win32',
  'wasm32',
  'aix',
  'netbsd',
  'openbsd',
  'sunos',
]
const CPU = ['arm64', 'arm', 'x64', 'ia32', 'ppc64', 'riscv64', 's390x', 'loong64', 'wasm32']
let added = 0
for (const [path, entry] of Object.entries(packages)) {
  for (const [name, version] of Object.entries(entry.optionalDependencies ?? {})) {
    if (packages[`node_modules/${name}`] || packages[`${path}/node_modules/${name}`]) continue
    const words = name.split(/[-/]/)
    const os = OS.find((o) => words.includes(o))
    const cpu = CPU.find((c) => words.includes(c))
    const where = libc(name)
    packages[`node_modules/${name}`] = {
      version,
      optional: true,
      ...(entry.dev ? { dev: true } : {}),
      ...(os ? { os: [os] } : {}),
      ...(cpu ? { cpu: [cpu] } : {}),
      ...(where ? { libc: where } : {}),
    }
    added++
  }
}
const root = packages['']
lock.packages = Object.fromEntries([
  ['', root],
  ...Object.entries(packages)
    .filter(([path]) => path !== '')
    .sort(([a], [b]) => (a < b ? -1 : 1)),
])
writeFileSync(file, JSON.stringify(lock, null, 2) + '\n')
console.log(`package-lock.json: ${added} optional platform packages added`)
