/** Prints the priority of each of its threads, old and new, then ends. Run by lower-priority.test.ts. */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { backgroundParameter } from '../../../electron/compute/channel.ts'
import { lowerPriority } from '../../../electron/compute/lower-priority.ts'

// Threads of the pool, before and after.
await readFile(import.meta.filename)
if (process.argv.includes(backgroundParameter)) lowerPriority()
await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)))
const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0]
process.send?.(threads.map(getPriority), () => process.exit(0))
