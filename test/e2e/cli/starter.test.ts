import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it, vi } from 'vitest'
import type { EncoderView, ModelView, TrainReport } from '../../../electron/contract/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'
import { starterWeightsFolder } from '../../support/starter-weights.ts'

/** A first user's way: nothing is installed, and there is no network. */
const bundled = starterWeightsFolder()
const root = mkdtempSync(join(tmpdir(), 'lobule-starter-'))
const home = join(root, 'home')
const workspace = join(root, 'workspace')

beforeAll(() => vi.stubEnv('LOBULE_BUNDLED_ENCODERS', bundled ?? ''))
afterAll(() => {
  vi.unstubAllEnvs()
  rmSync(root, { recursive: true, force: true })
})

it.skipIf(bundled === null)('trains and classifies with the encoder that comes with Lobule', async () => {
  const json = <T>(...parameters: string[]) => lobuleJson<T>(parameters, { home })
  const encoders = await json<EncoderView[]>('encoders', 'list')
  expect(encoders.map(({ source }) => source)).toEqual(['missing', 'missing', 'missing', 'official'])
  const images = join(root, 'images')
  await json('demo', images, '--per-class', '3', '--width', '448', '--height', '400')
  await json('init', '--workspace', workspace)
  await json('import', images, '--workspace', workspace, '--labels', 'folder')
  const settings = ['folds=2', 'augmentations=1', 'cropCount=2', 'rounds=5']
  const train = ['train', '--workspace', workspace, '--name', 'first', '--group-by', 'image', '--use']
  const report = await json<TrainReport>(...train, '--set', ...settings)
  expect(report.weights).toBe('official')
  const [model] = await json<ModelView[]>('models', 'list', '--workspace', workspace)
  expect(model?.recipe).toMatchObject({ encoders: ['efficientnetlite0'], mode: 'dense' })
  expect(model?.recipe.name).toMatch(/^starter, changed: /)

  const classified = await runLobule(['classify', images, '--workspace', workspace], { home })
  expect(classified.code).toBe(0)
  expect(classified.stdout).toContain('synthetic-benign')
  for (const text of [classified.stdout, classified.stderr]) expect(text).not.toMatch(/untrained/i)
})
