/**
 * Training many boosters, side by side with the official Python package in one run:
 * `npm run bench -- boosting [--rows 18000] [--columns 2048] [--folds 10] [--seeds 2] [--rounds 70]`.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { cpus, loadavg, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { recipes } from '../../electron/contract/index.ts'
import { Booster, Dataset } from '../../electron/engine/boosting/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { boosterParameters, boosterSeeds } from '../../electron/engine/prediction/booster-parameters.ts'
import { pythonWith } from './support/python.ts'

const { values } = parseArgs({
  options: {
    rows: { type: 'string', default: '18000' },
    columns: { type: 'string', default: '2048' },
    folds: { type: 'string', default: '10' },
    seeds: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '70' },
  },
})
const [rows, columns, folds, seeds, rounds] = [
  values.rows,
  values.columns,
  values.folds,
  values.seeds,
  values.rounds,
].map(Number) as [number, number, number, number, number]
const classCount = 4

/** Non-negative, skewed and sparse as pooled descriptors are; a few columns depend on the class. */
function makeData(): { matrix: Float32Array; labels: Float32Array } {
  const generator = keyedGenerator('bench-boosting', rows, columns)
  const matrix = new Float32Array(rows * columns)
  const labels = Float32Array.from({ length: rows }, () => generator.nextInteger(classCount))
  for (let row = 0; row < rows; row++) {
    const label = labels[row] ?? 0
    for (let column = 0; column < columns; column++) {
      const value = generator.nextFloat()
      const told = column % 37 === 0 ? 0.1 * ((label + column) % classCount) : 0
      matrix[row * columns + column] = value * value * value + told
    }
  }
  return { matrix, labels }
}

async function trainOurs(matrix: Float32Array, labels: Float32Array): Promise<number> {
  const parameters = boosterParameters(recipes.standard.boosting, classCount)
  const started = performance.now()
  const dataset = await Dataset.fromMatrix(matrix, { rows, columns, labels, parameters })
  const every = Array.from({ length: rows }, (_, row) => row)
  const trainOne = async (seed: number, fold: number): Promise<void> => {
    const training = await dataset.subset(every.filter((row) => row % folds !== fold))
    const booster = await Booster.train(training, { ...parameters, ...boosterSeeds(seed, fold) }, { rounds })
    training.close()
    for (const row of every.filter((candidate) => candidate % folds === fold)) {
      const one = matrix.subarray(row * columns, (row + 1) * columns)
      await booster.predict(one, { rows: 1, kind: 'probability' })
    }
    booster.close()
  }
  const jobs = Array.from({ length: seeds * folds }, (_, i) => [Math.floor(i / folds), i % folds] as const)
  // As many at once as there are cores, so that waiting subsets use no memory.
  const worker = async (): Promise<void> => {
    for (let job = jobs.shift(); job !== undefined; job = jobs.shift()) await trainOne(...job)
  }
  await Promise.all(cpus().map(worker))
  dataset.close()
  return (performance.now() - started) / 1000
}

const references = fileURLToPath(new URL('../references/boosting/', import.meta.url))
const python = pythonWith(join(references, 'requirements.txt'))
const folder = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
try {
  const { matrix, labels } = makeData()
  // Raw, because encoding them would use memory that would be counted as ours.
  writeFileSync(join(folder, 'matrix.f32'), matrix)
  writeFileSync(join(folder, 'labels.f32'), labels)
  console.log(
    `${seeds * folds} models on ${rows} x ${columns}, ${rounds} rounds; ${cpus().length} cores, load ${loadavg()[0]?.toFixed(1)}`,
  )
  const ours = await trainOurs(matrix, labels)
  const peak = process.resourceUsage().maxRSS * 1024
  console.log(`Lobule: ${ours.toFixed(1)} s, peak resident ${(peak / 2 ** 30).toFixed(2)} GiB`)
  const script = [
    join(references, 'time-training.py'),
    join(folder, 'matrix.f32'),
    join(folder, 'labels.f32'),
  ]
  const output = execFileSync(python, [...script, String(folds), String(seeds), String(rounds)])
  const theirs = JSON.parse(output.toString()) as { seconds: number; peakBytes: number; version: string }
  console.log(
    `Python ${theirs.version}: ${theirs.seconds.toFixed(1)} s, peak resident ${(theirs.peakBytes / 2 ** 30).toFixed(2)} GiB`,
  )
  console.log(`Lobule is ${(theirs.seconds / ours).toFixed(2)} times as fast.`)
} finally {
  rmSync(folder, { recursive: true })
}
