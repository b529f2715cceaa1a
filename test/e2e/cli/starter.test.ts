import { mkdtempSync, rmSync } from 'node:fs'
import { arch, platform, tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { afterAll, beforeAll, expect, it, onTestFinished, vi } from 'vitest'
import type { DoctorReport, EncoderView, ModelView, TrainReport } from '../../../electron/contract/index.ts'
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
  const { stdout: checked } = await runLobule(['doctor'], { home })
  expect(checked).toContain(
    'Ready to train and classify with EfficientNet-Lite0. What is missing is optional.',
  )
  const images = join(root, 'images')
  await json('demo', images, '--per-class', '3', '--width', '448', '--height', '400')
  await json('init', '--workspace', workspace)
  await json('import', images, '--workspace', workspace, '--labels', 'folder')
  const settings = ['folds=2', 'augmentations=1', 'cropCount=2', 'rounds=5']
  const train = ['train', '--workspace', workspace, '--name', 'first', '--group-by', 'image', '--use']
  const report = await json<TrainReport>(...train, '--set', ...settings)
  expect(report.weights).toBe('official')
  expect(report).toMatchObject({ synthetic: true })
  const [model] = await json<ModelView[]>('models', 'list', '--workspace', workspace)
  expect(model?.recipe).toMatchObject({ encoders: ['efficientnetlite0'], mode: 'dense' })
  expect(model?.recipe.name).toMatch(/^starter, changed: /)

  const classified = await runLobule(['classify', images, '--workspace', workspace], { home })
  expect(classified.code).toBe(0)
  expect(classified.stdout).toContain('synthetic-benign')
  for (const text of [classified.stdout, classified.stderr]) expect(text).not.toMatch(/untrained/i)
})

it.skipIf(bundled === null)(
  'works on a system that ONNX Runtime has no library for, and says so',
  async () => {
    const hook = fileURLToPath(new URL('../../support/no-onnx-runtime.mjs', import.meta.url))
    vi.stubEnv('NODE_OPTIONS', `--import=${JSON.stringify(hook)}`)
    onTestFinished(() => void vi.stubEnv('NODE_OPTIONS', ''))
    const [elsewhere, images] = [join(root, 'elsewhere'), join(root, 'few')]
    const run = (...parameters: string[]) => runLobule(parameters, { home: elsewhere })
    expect(await run('--version')).toMatchObject({ code: 0, stderr: '' })
    expect(await run('demo', images, '--per-class', '1', '--width', '448', '--height', '400')).toMatchObject({
      code: 0,
    })
    const folder = ['--workspace', join(elsewhere, 'workspace')]
    for (const command of [['init'], ['import', images], ['audit', 'verify']])
      expect(await run(...command, ...folder), command[0]).toMatchObject({ code: 0 })

    const missing = `this copy of Lobule has no ONNX Runtime for ${platform()} ${arch()}`
    const report = JSON.parse((await run('doctor', '--json')).stdout) as DoctorReport
    expect(report.backends.find(({ name }) => name === 'cpu')).toMatchObject({
      status: 'missing',
      reason: missing,
    })
    expect(report.checks.find(({ name }) => name === 'compute process')?.detail).toContain(
      'ONNX Runtime none',
    )
    // Lobule's own code can run all of its networks.
    expect(report.use).toMatchObject([
      { encoder: 'resnet50', backend: 'winograd' },
      { encoder: 'inceptionv3', backend: 'winograd' },
      { encoder: 'vgg16', backend: 'winograd' },
      { encoder: 'efficientnetlite0', backend: 'fused' },
    ])
    const image = join(images, 'Benign', 'synthetic-benign-case02-01.png')
    const describe = (backend: string) => {
      const out = join(elsewhere, `${backend}.npy`)
      return run('describe', image, '--encoder', 'efficientnetlite0', '--backend', backend, '--out', out)
    }
    expect(await describe('auto')).toMatchObject({
      code: 0,
      stdout: expect.stringContaining('on fused') as string,
    })
    const refused = await describe('cpu')
    expect(refused.code).toBe(1)
    expect(refused.stderr).toContain(`The back-end cpu failed: ${missing}`)
    // An encoder of one's own has no other back-end.
    const own = fileURLToPath(new URL('../../references/encoders/own/vit-dynamic', import.meta.url))
    const imported = await run('encoders', 'import', own, '--yes')
    expect(imported.code).toBe(1)
    expect(imported.stderr).toContain(`cannot be installed: ONNX Runtime cannot run it: ${missing}`)
  },
)
