/** Trains with more and more memory allowed, and prints the results: one JSON line per attempt. */
import { execFileSync } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { AppError } from '../../electron/contract/errors.ts'
import { Booster, Dataset } from '../../electron/engine/boosting/index.ts'
import { makeData, smallParameters, type TrainingData } from './golden-data.ts'

async function train({ matrix, ...data }: TrainingData): Promise<string> {
  const dataset = await Dataset.fromMatrix(matrix, { ...data, parameters: smallParameters })
  try {
    const booster = await Booster.train(dataset, { num_leaves: 63 }, { rounds: 2 })
    const text = await booster.toModelText()
    booster.close()
    return text
  } finally {
    dataset.close()
  }
}

/** Private memory that may be written, bytes, mapped by this process (proc(5), VmData). */
function dataBytes(): number {
  const [, kib] = /^VmData:\s+(\d+) kB$/m.exec(readFileSync('/proc/self/status', 'utf8')) ?? []
  return Number(kib) * 1024
}

const limit = (bytes: number | 'unlimited'): void => {
  execFileSync('prlimit', ['--pid', String(process.pid), `--data=${bytes}:unlimited`])
}

function described(error: unknown): unknown {
  if (!(error instanceof AppError)) return String(error)
  const { code, details } = error as { code: string; details: unknown }
  return { code, details }
}

// Without memory for a thread's own data, libc itself ends the process: the threads are created before memory is
// short.
await Promise.all(Array.from({ length: 8 }, () => train(makeData(6, 200, 10))))

const large = makeData(5, 20_000, 400)
for (const extraMib of [1, 4, 8, 16, 32, 48, 64, 96, 128, 192, 256, 1024]) {
  limit(dataBytes() + extraMib * 2 ** 20)
  const outcome = await train(large).then(
    (text) => ({ textLength: text.length }),
    (error: unknown) => ({ error: described(error) }),
  )
  limit('unlimited')
  console.log(JSON.stringify({ extraMib, ...outcome }))
}
