/**
 * How the p-value of likeness behaves between cases: `npm run bench -- likeness --workspace W [--model NAME]`.
 *
 * Each case of a model's training set is taken for new: its images are compared with those of all other cases, as images of
 * a patient who is not in the training set would be. Were the images independent, a share of at most a would have a p-value
 * of a or less; images of one patient are not, and this shows by how much.
 */
import { parseArgs } from 'node:util'
import { atOnce } from '../../electron/base/slices.ts'
import { readNpy } from '../../electron/engine/descriptors/index.ts'
import type { Matrix } from '../../electron/engine/descriptors/npy.ts'
import { referenceFile } from '../../electron/engine/prediction/likeness-reference.ts'
import { likenessOfNew, nearestOthers } from '../../electron/engine/prediction/likeness.ts'
import { readModelReport } from '../../electron/features/models/model-report.ts'
import { openWorkspace } from '../../electron/store/index.ts'
import { quantile } from './support/figures.ts'

const { values } = parseArgs({ options: { workspace: { type: 'string' }, model: { type: 'string' } } })
if (values.workspace === undefined) throw new Error('--workspace W is needed: one with a trained model')
const store = openWorkspace(values.workspace, 'bench')
const report = atOnce(readModelReport(store.database, values.model ?? null))
store.close()
if (report.likeness === undefined) throw new Error(`the model "${report.model}" keeps nothing to measure by`)
const { matrix } = await readNpy(referenceFile(store.folders.boosters, report.likeness.sha256))
const caseOf = report.predictions.map(({ caseName }, i) => caseName ?? `image ${i}`)

const rowsOf = ({ columns, data }: Matrix, rows: readonly number[]): Matrix => {
  const picked = new Float32Array(rows.length * columns)
  rows.forEach((row, i) => picked.set(data.subarray(row * columns, (row + 1) * columns), i * columns))
  return { rows: rows.length, columns, data: picked }
}

const all: { name: string; p: number }[] = []
const shareBelow = (pValues: readonly number[], level: number): string =>
  `${((100 * pValues.filter((p) => p <= level).length) / pValues.length).toFixed(1)} %`
console.log(
  `${report.model}: ${report.weights === 'untrained' ? 'UNTRAINED ' : ''}${report.recipe.encoders.join(', ')}`,
)
console.log(`${caseOf.length} images, ${new Set(caseOf).size} cases, each taken for new once`)
console.log('case  label  images  p least, median, most  at most 0.05')
for (const name of [...new Set(caseOf)].toSorted()) {
  const own = caseOf.flatMap((other, i) => (other === name ? [i] : []))
  const others = caseOf.flatMap((other, i) => (other === name ? [] : [i]))
  const vectors = rowsOf(matrix, others)
  const nearest = await nearestOthers(
    vectors,
    others.map((i) => caseOf[i] ?? null),
  )
  if (nearest === null) throw new Error(`without the case ${name} there are too few images`)
  const pValues = own.map((i) => likenessOfNew(rowsOf(matrix, [i]).data, vectors, nearest).pValue)
  all.push(...pValues.map((p) => ({ name, p })))
  const spread = [Math.min(...pValues), quantile(pValues, 0.5), Math.max(...pValues)]
  const labels = [...new Set(own.map((i) => report.predictions[i]?.truth ?? ''))].join('+')
  console.log(
    [name, labels, own.length, ...spread.map((p) => p.toFixed(3)), shareBelow(pValues, 0.05)].join('  '),
  )
}
for (const level of [0.05, 0.1, 0.25, 0.5]) {
  const found = all.filter(({ p }) => p <= level)
  const cases = new Set(found.map(({ name }) => name)).size
  console.log(
    `p at most ${level}: ${found.length} of ${all.length} images, ${((100 * found.length) / all.length).toFixed(1)} %, of ${cases} cases`,
  )
}
