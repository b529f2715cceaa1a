import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import {
  changeRecipe,
  parseClassScheme,
  recipes,
  type Recipe,
  type TrainingReport,
} from '../../../../electron/contract/index.ts'
import { asMatrix, writeNpy } from '../../../../electron/engine/descriptors/index.ts'
import { betterThanGuessing } from '../../../../electron/engine/evaluation/better-than-guessing.ts'
import { comparePredictions } from '../../../../electron/engine/evaluation/compare-predictions.ts'
import { subgroupsOf } from '../../../../electron/engine/evaluation/subgroups.ts'
import { reportTraining } from '../../../../electron/engine/evaluation/training-report.ts'
import {
  makeReference,
  referenceProblem,
  withLikeness,
} from '../../../../electron/engine/prediction/likeness-reference.ts'

const classes = parseClassScheme('Benign,Malignant*')
const recipe = changeRecipe(recipes['quick'] as Recipe, { folds: 2, crops: [{ sizePx: 400, scale: 0.5 }] })

/** Four images without a case, a benign and a malignant one in each fold, each with itself and this many regions. */
const rowsOf = (regions: number) =>
  Array.from({ length: 4 }, (_, i) =>
    Array.from({ length: regions + 1 }, (_row, r) => ({
      name: r === 0 ? `${i}.png` : `${i}.png, region ${r}`,
      sha256: String(i).repeat(64),
      caseName: null as string | null,
      fold: i % 2,
      truth: i >> 1,
      ...(r === 0
        ? {}
        : {
            region: { uuid: `00000000-0000-4000-8000-00000000${i}${String(r).padStart(3, '0')}`, fields: 1 },
          }),
    })),
  ).flat()
type Rows = ReturnType<typeof rowsOf>

/** Images 1 to 3 are right, with all their regions; image 0 is wrong. */
const sure = (c: number): number[] => (c === 0 ? [0.9, 0.1] : [0.1, 0.9])
const predicted = ({ sha256, truth }: Rows[number]): number[] =>
  sure(sha256.startsWith('0') ? 1 - truth : truth)
function report(rows: Rows): TrainingReport {
  const outOfFold = rows.map(predicted)
  return reportTraining(rows, outOfFold, [outOfFold], { recipe, classes, warnings: [] })
}

describe('regions of an image without a case', () => {
  it('are one case with it in the intervals, however many they are', () => {
    const [alone, many] = [report(rowsOf(0)).evaluation, report(rowsOf(9)).evaluation]
    expect(many).toMatchObject({ images: 40, cases: null, imagesWithoutCase: 4, casesAcrossFolds: 0 })
    // Each image has as many rows as the others: the same four are drawn, right or wrong as a whole.
    expect(many.bootstrap).toEqual(alone.bootstrap)
    expect(betterThanGuessing(many)).toMatchObject({
      cases: 4,
      accuracyLow: betterThanGuessing(alone).accuracyLow,
    })
  })

  it('are one outcome by case', () => {
    const rows = rowsOf(2).map((row) => ({ ...row, caseName: row.sha256.startsWith('3') ? 'c' : null }))
    const { cases, imagesWithoutCase, byCase } = report(rows).evaluation
    expect([cases, imagesWithoutCase]).toEqual([1, 3])
    expect(byCase?.confusion.flat().reduce((sum, n) => sum + n, 0)).toBe(4)
  })

  it('are one case in a comparison of models, and in subgroups', () => {
    const { predictions } = report(rowsOf(9))
    const worse = predictions.map((row) =>
      row.sha256.startsWith('1') ? { ...row, predicted: 'Malignant' } : row,
    )
    expect(comparePredictions(predictions, worse).difference).toMatchObject({ value: -0.25, cases: 4 })
    const { groups } = subgroupsOf(
      predictions.map(({ caseName, sha256, truth, predicted: suggested }) => ({
        caseName,
        sha256,
        value: 'here',
        isRight: truth === suggested,
      })),
    )
    expect(groups).toMatchObject([{ images: 40, cases: 4 }])
  })
})

describe('the likeness of training images', () => {
  let folder: string
  beforeAll(() => {
    folder = mkdtempSync(join(tmpdir(), 'lobule-regions-'))
  })
  afterAll(() => rmSync(folder, { recursive: true }))

  /** A row's descriptor: a direction of its image, turned a little for its region. */
  async function measured(rows: Rows, as: (row: Rows[number]) => Rows[number]): Promise<TrainingReport> {
    const images = await Promise.all(
      rows.map(async (row, i) => {
        const angle = Number(row.sha256[0]) / 4 + (i % 5) / 1000
        const file = join(folder, `${i}.npy`)
        await writeNpy(file, asMatrix([Float32Array.of(Math.cos(angle), Math.sin(angle))]))
        const { sha256, caseName } = as(row)
        return { fields: [[file]], sha256, caseName }
      }),
    )
    const made = await makeReference({ images, augmentations: 1, directory: folder })
    return withLikeness(report(rows), made)
  }
  const bytesOf = ({ likeness }: TrainingReport): Buffer =>
    readFileSync(join(folder, `${likeness?.sha256 ?? ''}.npy`))

  it('leaves out the other regions of an image without a case', async () => {
    const rows = rowsOf(4)
    const own = await measured(rows, (row) => row)
    // Neighbours of the same image are at 0.004 at most, those of others at 0.24 at least.
    for (const { likeness } of own.predictions)
      expect(Math.min(...(likeness?.distances ?? [0]))).toBeGreaterThan(0.2)
    expect(await referenceProblem(bytesOf(own), own)).toBeNull()
  })

  it('is accepted as models of regions had it before, with each region as a case of its own', async () => {
    const rows = rowsOf(4)
    const places = new Map(rows.map((row, place) => [row, place]))
    const before = await measured(rows, (row) => ({ ...row, caseName: `row ${places.get(row) ?? 0}` }))
    for (const { likeness } of before.predictions)
      expect(Math.max(...(likeness?.distances ?? [1]))).toBeLessThan(0.1)
    expect(await referenceProblem(bytesOf(before), before)).toBeNull()
  })
})
