import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import { expect, test } from 'vitest'
import { Booster, Dataset } from '../../electron/engine/boosting/index.ts'
import { makeData, smallParameters } from './golden-data.ts'

/** The full number, for a release: LOBULE_LEAK_CYCLES=200. */
const cycles = Number(process.env['LOBULE_LEAK_CYCLES'] ?? 40)
/** Until V8's heap and the allocator's arenas have their working size. */
const warmUpCycles = 20

setFlagsFromString('--expose-gc')
const collectGarbage = runInNewContext('gc') as () => void

const data = makeData(41, 1000, 200)
const odd = Array.from({ length: 500 }, (_, i) => 2 * i + 1)

async function cycle() {
  using dataset = await Dataset.fromMatrix(data.matrix, { ...data, parameters: smallParameters })
  using subset = await dataset.subset(odd)
  using booster = await Booster.train(subset, {}, { rounds: 3, validation: dataset })
  const text = await booster.toModelText()
  using again = await Booster.fromModelText(text)
  await again.predict(data.matrix, { rows: data.rows, kind: 'probability' })
  await expect(Booster.fromModelText(text.slice(0, -20))).rejects.toThrow()
  const stop = new AbortController()
  const endless = { rounds: 100_000, signal: stop.signal, onRound: () => stop.abort() }
  await expect(Booster.train(subset, {}, endless)).rejects.toThrow()
}

async function residentBytesAfter(count: number): Promise<number> {
  for (let i = 0; i < count; i++) await cycle()
  collectGarbage()
  return process.memoryUsage.rss()
}

/** A heap may grow once, for its own reasons; a leak grows in every block. */
const blocks = 4

test(
  `${cycles} cycles of train, predict and close leave resident memory flat`,
  // Under an emulator the first 60 cycles alone take ten minutes.
  { timeout: 1_800_000 },
  async () => {
    let before = await residentBytesAfter(warmUpCycles)
    const growths: number[] = []
    for (let block = 0; block < blocks; block++) {
      const after = await residentBytesAfter(cycles)
      growths.push(after / before)
      if (after < before * 1.05) return
      before = after
    }
    expect.fail(`it grew in each of ${blocks} blocks: ${growths.map((g) => g.toFixed(3)).join(', ')} times`)
  },
)
