import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { parseCsv } from '../../../electron/base/csv.ts'
import {
  headlineOf,
  shownProbabilities,
  type AccuracyInUse,
  type ImageView,
  type SlideAnalysis,
  type TrainReport,
  type VerdictView,
} from '../../../electron/contract/index.ts'
import { patients, realFields, smallVgg, splitFields, wrongCases } from '../../support/real-fields.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

type Classified = VerdictView & { image: string }

const fields = realFields()
const timeout = { timeout: 1_800_000 }
let root: string
let home: string
const workspace = (): string[] => ['-w', join(root, 'w')]
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const train = (name: string): Promise<TrainReport> =>
  json('train', ...workspace(), '--name', name, '--recipe', 'quick', '--set', ...smallVgg)
/** The folder is the label: what a reader would find out. */
const truthOf = (path: string): string => (path.includes('benign') ? 'benign' : 'malignant')
const inUse = async (): Promise<AccuracyInUse> => {
  const [first] = await json<AccuracyInUse[]>('models', 'in-use', 'first', ...workspace())
  if (first === undefined) throw new Error('no accuracy in use')
  return first
}

// Real tissue and a trained encoder: the project has neither.
describe.skipIf(fields === null)('a laboratory that read its cases from the wrong part of the names', () => {
  let later: Classified[]
  let images: ImageView[]

  beforeAll(async () => {
    root = mkdtempSync(join(tmpdir(), 'lobule-real-'))
    home = join(root, 'home')
    if (fields === null) return
    splitFields(fields.folder, root)
    await json('encoders', 'import', '--allow-unofficial', fields.weights)
    await json('init', ...workspace(), '--classes', 'benign,malignant*')
    await json('import', join(root, 'first'), ...workspace(), '--labels', 'folder', '--cases', wrongCases)
  }, timeout.timeout)
  afterAll(() => rmSync(root, { recursive: true }))

  it('gets a first model whose accuracy is too good, in use', timeout, async () => {
    const first = await train('first')
    expect(first.use).toMatchObject({ inUse: true, guessing: { isBetter: true } })
    expect(first.accuracy).toBeGreaterThan(0.8)
    expect(first.weights).toBe('unofficial')
  })

  it(
    'analyses a real slide place by place with the trained network, and writes its table',
    timeout,
    async () => {
      const slide = fields?.slide ?? ''
      const folder = join(root, 'maps')
      const { analyses, failed } = await json<{ analyses: SlideAnalysis[]; failed: unknown[] }>(
      'slides', 'analyse', slide, ...workspace(), '--model', 'first', '--out', folder,
    ) // prettier-ignore
      expect(failed).toEqual([])
      const [analysis] = analyses
      if (analysis === undefined) throw new Error('no analysis')
      // A strip of skin covers 0.65 of the region's 1.65 mm2; the rest is glass.
      const { summary, places } = analysis
      expect(analysis).toMatchObject({ modelName: 'first', weights: 'unofficial', pixelSizeUm: 0.499 })
      expect(summary.tissueMm2).toBeCloseTo(0.65, 1)
      expect(summary.analysedMm2).toBeGreaterThan(0.9 * summary.tissueMm2)
      expect(places).toBeGreaterThan(10)
      expect(summary.classes.map(({ className }) => className)).toEqual(['benign', 'malignant'])
      const table = parseCsv(readFileSync(join(folder, 'cmu-1-small-region.csv'), 'utf8'), (reason) => {
        throw new Error(reason)
      })
      expect(table).toHaveLength(places)
      const scores = table.map((row) => [Number(row['prob_benign']), Number(row['prob_malignant'])] as const)
      for (const [benign, malignant] of scores) expect(benign + malignant).toBeCloseTo(1, 5)
      // A trained network sees differences between places.
      expect(new Set(scores.map(([benign]) => benign)).size).toBeGreaterThan(1)
    },
  )

  it('sees calibrated probabilities, and that sets of several classes are undecided', timeout, async () => {
    await json('import', join(root, 'later'), ...workspace(), '--cases', patients)
    later = await json('classify', join(root, 'later'), ...workspace())
    expect(later).toHaveLength(48)
    const { stdout } = await runLobule(['classify', join(root, 'later'), ...workspace()], { home })
    for (const verdict of later) {
      const line = stdout.split('\n').find((text) => text.startsWith(verdict.image)) ?? ''
      const { probability } = headlineOf(verdict)
      expect(probability).toBe(shownProbabilities(verdict)[verdict.suggested])
      expect(line).toContain(`${(100 * probability).toFixed(1)} %`)
      const isUndecided = headlineOf(verdict).classes.length > 1
      expect(line.includes('Undecided')).toBe(isUndecided)
    }
    // The raw output of so few boosters is another number.
    expect(
      later.some((verdict) => headlineOf(verdict).probability !== verdict.probabilities[verdict.suggested]),
    ).toBe(true)
  })

  it(
    'reads after 20 labels how often the suggestions agreed, and that this is less than promised',
    timeout,
    async () => {
      images = (await json<ImageView[]>('images', ...workspace())).filter(({ path }) =>
        path.includes('/later/'),
      )
      await json('readers', '--add', 'ada', ...workspace())
      const label = async ({ id, path }: ImageView): Promise<void> => {
        await json('label', String(id), truthOf(path), '--reader', 'ada', ...workspace())
      }
      for (const image of images.slice(0, 19)) await label(image)
      expect((await inUse()).all).toMatchObject({ images: 19 })
      const { stdout: before } = await runLobule(['models', 'show', 'first', ...workspace()], { home })
      expect(before).toContain('19 labels so far given after a suggestion on new images; 1 more is needed')
      for (const image of images.slice(19)) await label(image)
      const found = await inUse()
      const right = later.filter(({ image, suggested }) => suggested === truthOf(image)).length
      expect(found).toMatchObject({
        isBroken: false,
        all: { images: 48, cases: 5, right },
        blind: { images: 0 },
      })
      expect(found.all.share).toBeCloseTo(right / 48, 12)
      const { stdout } = await runLobule(['models', 'show', 'first', ...workspace()], { home })
      expect(stdout).toContain(`${right} of 48 suggestions agreed`)
      expect(stdout).toContain('This is less than promised; with so few cases it may be chance.')
    },
  )

  it(
    'mends the cases; the next model is not better than guessing and stays a candidate',
    timeout,
    async () => {
      const byCase = Map.groupBy(
        (await json<ImageView[]>('images', ...workspace())).map(({ path }) => path),
        (path) => new RegExp(patients).exec(path)?.[1] ?? '',
      )
      // The slide is of none of the patients.
      expect(byCase.get('')).toHaveLength(1)
      byCase.delete('')
      for (const [caseName, paths] of byCase) await json('set-case', caseName, ...paths, ...workspace())
      const second = await train('second')
      expect(second).toMatchObject({
        images: 167,
        cases: 14,
        use: { inUse: false, guessing: { isBetter: false } },
      })
      const models = await json<{ name: string; inUse?: boolean; isCandidate?: boolean }[]>(
        'models',
        'list',
        ...workspace(),
      )
      expect(models).toMatchObject([
        { name: 'second', inUse: false, isCandidate: true },
        { name: 'first', inUse: true },
      ])
    },
  )
})
