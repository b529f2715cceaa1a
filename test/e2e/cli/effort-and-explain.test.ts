import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import sharp from 'sharp'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type { Explanation, VerdictDetails } from '../../../electron/contract/index.ts'
import { readNpy } from '../../../electron/engine/descriptors/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
let workspace: string
let image: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })

interface Classified {
  image: string
  suggested: string
  probabilities: Record<string, number>
  carcinomaScore: number
  details: VerdictDetails
}

/** Twelve augmentations of small synthetic fields: quick to compute. */
beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-effort-'))
  home = join(root, 'home')
  workspace = join(root, 'study')
  await json('encoders', 'demo')
  const small = ['--width', '384', '--height', '320']
  await json('demo', join(root, 'train'), '--per-class', '6', '--seed', '1', ...small)
  await json('demo', join(root, 'new'), '--per-class', '1', '--seed', '2', ...small)
  const [folder = ''] = readdirSync(join(root, 'new')).filter((name) => !name.includes('.'))
  image = join(root, 'new', folder, readdirSync(join(root, 'new', folder))[0] ?? '')
  await json('init', '--workspace', workspace)
  await json('import', join(root, 'train'), '--workspace', workspace, '--labels', 'folder')
  const set = ['folds=2', 'augmentations=12', 'crops=96', 'cropCount=4', 'rounds=10']
  const train = ['train', '--workspace', workspace, '--recipe', 'quick', '--set', ...set, '--use']
  await json(...train, '--name', 'small')
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

it('uses as many augmentations as the effort allows, and reports how many', async () => {
  const classify = (...effort: string[]): Promise<Classified[]> =>
    json('classify', join(root, 'new'), '--workspace', workspace, ...effort)
  const adaptive = await classify('--effort', 'adaptive')
  expect(adaptive).toHaveLength(4)
  for (const { details } of adaptive) {
    const { augmentations, effort } = details
    expect(effort).toMatchObject({ asked: 'adaptive', possible: 12 })
    expect(effort?.settledAt).toBe(augmentations < 12 ? 0.95 : null)
  }
  const three = await classify('--effort', '3')
  expect(three.map(({ details }) => details.augmentations)).toEqual([3, 3, 3, 3])
  const full = await classify()
  expect(full.map(({ details }) => details.effort)).toEqual(
    Array.from({ length: 4 }, () => ({ asked: 'full', possible: 12, settledAt: null })),
  )
  // Full after adaptive is the full prediction to the bit, compared with another workspace that made only the full
  // one.
  for (const [index, { details }] of adaptive.entries()) {
    if (details.augmentations === 12)
      expect(adaptive[index]).toMatchObject({ probabilities: full[index]?.probabilities })
  }
  expect(await classify('--effort', 'full')).toEqual(full)

  const shown = await runLobule(['classify', image, '--workspace', workspace, '--effort', '3'], { home })
  expect(shown.stdout).toContain('3 of 12')
  const wrong = await runLobule(['classify', image, '--workspace', workspace, '--effort', 'most'], { home })
  expect([wrong.code, wrong.stderr]).toEqual([2, expect.stringContaining('full, adaptive or a number')])
})

it('draws a heat map for a class, and writes it to files', async () => {
  const explain = (...more: string[]): Promise<Explanation & { written: unknown }> =>
    json('explain', image, '--workspace', workspace, ...more)
  const out = join(root, 'map.png')
  const map = await explain('--class', 'invasive', '--out', out)
  expect(map).toMatchObject({
    weights: 'untrained',
    synthetic: true,
    outOfFold: false,
    boosters: 2,
    rows: 13,
    columns: 16,
    classes: ['Normal', 'Benign', 'InSitu', 'Invasive'],
    squares: [{ encoder: 'resnet50', squarePx: 192, windowPx: 96, stepPx: 48 }],
    written: { path: out, className: 'Invasive' },
  })
  map.probabilities[0]?.forEach((line, row) =>
    line.forEach((_, column) => {
      const sum = map.probabilities.reduce((total, plane) => total + (plane[row]?.[column] ?? NaN), 0)
      expect(sum).toBeCloseTo(1, 12)
    }),
  )
  const { width, height, exif } = await sharp(out).metadata()
  expect([width, height > 320]).toEqual([640, true])
  expect(exif?.toString('utf8')).toContain('UNTRAINED')

  // Computed once: the second time it is found, and the same.
  const { written: _, ...again } = await explain('--out', join(root, 'map.npy'))
  const { written: __, ...first } = map
  expect(again).toEqual(first)
  const { matrix } = await readNpy(join(root, 'map.npy'))
  expect([matrix.rows, matrix.columns]).toEqual([4 * 13, 16])
  expect(matrix.data).toEqual(Float32Array.from(map.probabilities.flat(2)))
  await explain('--out', join(root, 'map.json'))
  expect(JSON.parse(readFileSync(join(root, 'map.json'), 'utf8'))).toEqual(first)

  // An image of the training set is predicted only by the booster that was not trained on it.
  const trained = await json<Explanation>('explain', '1', '--workspace', workspace)
  expect([trained.outOfFold, trained.boosters]).toEqual([true, 1])

  const shown = await runLobule(['explain', '1', '--workspace', workspace], { home })
  expect(shown.stdout).toContain('16 x 13 positions')
  expect(shown.stdout).toContain('UNTRAINED ENCODER')
  expect(shown.stdout).toContain('For Research Use Only')
  const refused: [string[], number, string][] = [
    [
      ['explain', image, '--workspace', workspace, '--class', 'Other', '--out', out, '--replace'],
      1,
      'Unknown class "Other"',
    ],
    [['explain', image, '--workspace', workspace, '--out', join(root, 'map.gif')], 2, '.png, .npy or .json'],
    [['explain', image, '--workspace', workspace, '--opacity', '2'], 2, 'from 0 to 1'],
    [['explain', join(root, 'nowhere.png'), '--workspace', workspace], 1, 'no image'],
    [['explain', image, '--workspace', workspace, '--model', 'other'], 1, 'no model "other"'],
    [['explain', image, '--workspace', workspace, '--out', out], 1, 'already exists, so nothing was written'],
    [
      ['explain', image, '--workspace', workspace, '--out', image, '--replace'],
      1,
      'it is an image of the open workspace',
    ],
  ]
  for (const [parameters, code, said] of refused) {
    const { code: found, stderr } = await runLobule(parameters, { home })
    expect([parameters.slice(4), found, stderr]).toEqual([
      parameters.slice(4),
      code,
      expect.stringContaining(said),
    ])
  }
})
