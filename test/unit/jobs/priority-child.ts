/** Says the priority of each of its threads, old and new, then ends. Run by give-way.test.ts. */
import { readdirSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { getPriority } from 'node:os'
import { backgroundParameter } from '../../../electron/jobs/compute-channel.ts'
import { giveWay } from '../../../electron/jobs/give-way.ts'

// Threads of the pool, before and after.
await readFile(import.meta.filename)
if (process.argv.includes(backgroundParameter)) giveWay()
await Promise.all(Array.from({ length: 8 }, () => readFile(import.meta.filename)))
const threads = process.platform === 'linux' ? readdirSync('/proc/self/task').map(Number) : [0]
process.send?.(threads.map(getPriority), () => process.exit(0))
