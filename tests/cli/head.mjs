// Runs a program and closes its output after the first piece, as `| head -1` does; passes on how it ended.
import { spawn } from 'node:child_process'

const [program, ...args] = process.argv.slice(2)
const child = spawn(process.execPath, [program, ...args], { stdio: ['ignore', 'pipe', 'inherit'] })
child.stdout.once('data', () => child.stdout.destroy())
child.on('close', (status) => process.exit(status ?? 1))
