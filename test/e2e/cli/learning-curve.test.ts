import { mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { EncoderComparison, LearningCurve, Subgroups } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const study = (): string[] => ['--workspace', join(root, 'study')]

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-curve-'))
  home = join(root, 'home')
  await json('encoders', 'demo')
  await json('demo', join(root, 'train'), '--per-class', '8', '--width', '320', '--height', '256')
  await json('init', ...study())
  await json('import', join(root, 'train'), ...study(), '--labels', 'folder')
  const settings = ['folds=4', 'augmentations=2', 'crops=96', 'cropCount=2', 'mode=dense', 'rounds=40']
  await json('train', ...study(), '--name', 'first', '--recipe', 'quick', '--set', ...settings, '--use')
}, 120_000)
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('measures the same curve each time, leaves nothing behind, and shows it in the report', async () => {
  const before = readdirSync(join(root, 'study', 'boosters')).toSorted()
  const curve = await json<LearningCurve>('learning-curve', ...study(), '--repeats', '2')
  expect(curve).toMatchObject({
    model: 'first',
    images: 32,
    cases: 32,
    groupedBy: 'image',
    folds: 4,
    repeats: 2,
  })
  // Of 24 images in a pool: 20 % are 5, fewer than two of each class.
  expect(curve.points.map(({ cases }) => cases)).toEqual([8, 12, 18, 24])
  for (const { accuracy, low, high } of curve.points) {
    expect(low).toBeLessThanOrEqual(accuracy)
    expect(high).toBeGreaterThanOrEqual(accuracy)
  }
  expect(curve.outlook).toEqual({ kind: 'unknown', reason: 'too-few-sizes' })
  expect(readdirSync(join(root, 'study', 'boosters')).toSorted()).toEqual(before)
  expect(await json('learning-curve', ...study(), '--repeats', '2')).toEqual(curve)
  const out = join(root, 'report.html')
  await json('report', ...study(), '--out', out)
  expect(readFileSync(out, 'utf8')).toContain('What more images would bring is unknown')
})

it('shows the accuracy by a column, of the images or of a table', async () => {
  const byFolder = await json<Subgroups>('subgroups', ...study(), '--by', 'folder')
  expect(byFolder.groups.map(({ images }) => images)).toEqual([8, 8, 8, 8])
  const table = join(root, 'sites.csv')
  const files = byFolder.groups.flatMap(({ value }) => readdirSync(join(root, 'train', value ?? '')))
  writeFileSync(
    table,
    ['file,Site', ...files.map((file, n) => `${file},${n % 2 === 0 ? 'a' : 'b'}`)].join('\r\n'),
  )
  const { stdout } = await runLobule(['subgroups', ...study(), '--table', table, '--column', 'site'], {
    home,
  })
  expect(stdout).toMatch(/^a +16 +16 /m)
  const wrong = await runLobule(['subgroups', ...study(), '--table', table, '--column', 'scanner'], { home })
  expect(wrong.stderr).toContain('it has no column "scanner"; it has file, Site')
  expect((await runLobule(['subgroups', ...study()], { home })).code).toBe(2)
})

it('compares encoders on the same folds, resumes what was stopped, and writes it to a file', async () => {
  const settings = ['augmentations=1', 'crops=96', 'cropCount=2', 'rounds=5']
  const compare = ['encoders', 'compare', ...study(), '--recipe', 'quick', '--set', ...settings]
  const before = readdirSync(join(root, 'study', 'boosters')).toSorted()
  const two = ['--encoders', 'resnet50,efficientnetlite0', '--classifiers', 'both']
  // It is stopped at once; what it finished is used by the next one.
  const stopped = await runLobule([...compare, ...two], {
    home,
    interrupt: { signal: 'SIGINT', afterMs: 0, once: (said) => said.includes('Encoding images') },
  })
  expect(stopped.code).toBe(130)
  const first = await json<EncoderComparison>(...compare, ...two)
  expect(first).toMatchObject({ images: 32, cases: 32, groupedBy: 'image', folds: 5, leftOut: [] })
  expect(first.pairs.map(({ weights }) => weights)).toContain('untrained')
  const out = join(root, 'encoders.html')
  // Every pair is stored, times included.
  expect(await json(...compare, ...two, '--out', out)).toEqual(first)
  expect(readFileSync(out, 'utf8')).toContain('UNTRAINED')
  expect(readdirSync(join(root, 'study', 'boosters')).toSorted()).toEqual(before)
  const last = await runLobule(['encoders', 'compare', ...study(), '--last'], { home })
  expect(last.stdout).toMatch(/^ResNet-50, both classifiers UNTRAINED +\d/m)
  expect(last.stdout).toMatch(/^(Nothing here differs|By more than chance)/)
  // A training with the settings of a pair gives its figures.
  const [best] = first.pairs
  await json(
    'train',
    ...study(),
    '--name',
    'chosen',
    '--recipe',
    'quick',
    '--set',
    ...settings,
    'folds=5',
    `encoders=${best?.encoder ?? ''}`,
    `classifier=${best?.classifier ?? ''}`,
  )
  const { evaluation } = JSON.parse(
    (await runLobule(['models', 'show', 'chosen', ...study(), '--json'], { home })).stdout,
  ) as { evaluation: { accuracy: number; auc: number } }
  expect(evaluation).toMatchObject({ accuracy: best?.accuracy, auc: best?.auc })
  const wrong = await runLobule([...compare, '--classifiers', 'forest'], { home })
  expect(wrong.code).toBe(2)
})

it('says when there are too few cases, and refuses other numbers', async () => {
  await json('test-set', 'lock', 'most', ...study(), '--random', '75', '--reason', 'x')
  const few = await runLobule(['learning-curve', ...study()], { home })
  expect(few.code).toBe(1)
  expect(few.stderr).toContain('4 folds need at least 4 cases per class')
  expect((await runLobule(['learning-curve', ...study(), '--repeats', '0'], { home })).code).toBe(2)
})
