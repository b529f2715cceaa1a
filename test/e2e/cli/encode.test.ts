import { createHash } from 'node:crypto'
import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, it } from 'vitest'
import type {
  CallOutput,
  DescribeReport,
  DoctorReport,
  EncodeReport,
  EncoderOffer,
  EncoderView,
  ExportReport,
  ModelImportReport,
} from '../../../electron/contract/index.ts'
import { readNpy } from '../../../electron/engine/descriptors/index.ts'
import { lobuleJson, runLobule } from '../../support/run-lobule.ts'

let root: string
let home: string
const json = <T>(...parameters: string[]): Promise<T> => lobuleJson<T>(parameters, { home })
const images = (): string => join(root, 'images')

beforeAll(async () => {
  root = mkdtempSync(join(tmpdir(), 'lobule-encode-'))
  home = join(root, 'home')
  await json('encoders', 'demo')
  await json('demo', images(), '--per-class', '1', '--seed', '1', '--width', '640', '--height', '512')
  for (const name of ['one', 'two']) {
    await json('init', '--workspace', join(root, name))
    await json('import', images(), '--workspace', join(root, name), '--labels', 'folder')
  }
})
afterAll(() => rmSync(root, { recursive: true, force: true }))

/** Descriptor files of a workspace, with the hash of their bytes. */
function descriptors(name: string): Record<string, string> {
  const folder = join(root, name, 'descriptors')
  const files = (readdirSync(folder, { recursive: true }) as string[]).filter((file) => file.endsWith('.npy'))
  const hash = (file: string): string =>
    createHash('sha256')
      .update(readFileSync(join(folder, file)))
      .digest('hex')
  return Object.fromEntries(files.sort().map((file) => [file, hash(file)]))
}

it('encodes a workspace; killed during work, it continues with the same bits', async () => {
  const one = ['encode', '--workspace', join(root, 'one'), '--recipe', 'quick', '--backend', 'cpu']
  const whole = await json<EncodeReport>(...one)
  expect(whole).toMatchObject({ images: 4, files: 4, failed: [], weights: 'untrained', backends: ['cpu'] })

  const two = one.with(2, join(root, 'two'))
  // One run that has certainly begun and is not finished, then one to the end.
  const interrupt = { signal: 'SIGKILL' as const, afterMs: whole.durationMs / 2 + 500 }
  await runLobule(two, { home, interrupt })
  expect(await json<EncodeReport>(...two)).toMatchObject({ images: 4, files: 4 })
  expect(descriptors('two')).toEqual(descriptors('one'))

  const [first = ''] = Object.keys(descriptors('two'))
  const writtenAt = statSync(join(root, 'two', 'descriptors', first)).mtimeMs
  expect(await json<EncodeReport>(...two)).toMatchObject({ files: 4, backends: [] })
  expect(statSync(join(root, 'two', 'descriptors', first)).mtimeMs).toBe(writtenAt)
})

it('describes one file, pooled or raw; twice the same gives the same file', async () => {
  const [folder = ''] = readdirSync(images())
  const [file = ''] = readdirSync(join(images(), folder)).filter((name) => name.endsWith('.png'))
  const ask = async (out: string, ...more: string[]): Promise<DescribeReport> =>
    json<DescribeReport>('describe', join(images(), folder, file), '--encoder', 'resnet50', '--crop', '96',
      '--seed', '5', '--backend', 'cpu', '--out', join(root, out), ...more) // prettier-ignore
  expect(await ask('a.npy')).toMatchObject({
    rows: 1,
    columns: 2048,
    weights: 'untrained',
    backends: ['cpu'],
  })
  await ask('b.npy')
  expect(readFileSync(join(root, 'a.npy')).equals(readFileSync(join(root, 'b.npy')))).toBe(true)
  expect(await ask('raw.npy', '--raw', '--identity')).toMatchObject({ rows: 20 })
  expect((await readNpy(join(root, 'raw.npy'))).note).toMatch(/UNTRAINED/)
  const { code, stderr } = await runLobule(['describe', join(root, 'a.npy'), '--encoder', 'vgg16', '--out', join(root, 'c.npy')], { home }) // prettier-ignore
  expect([code, stderr]).toEqual([1, expect.stringMatching(/not an image that Lobule can read/)])
})

it('the system check lists every back-end with its state and names the one that would be used', async () => {
  const { backends, use } = await json<DoctorReport>('doctor')
  expect(backends.map(({ name }) => name)).toContain('tensorflow')
  expect(backends.find(({ name }) => name === 'cpu')).toMatchObject({ status: 'ready', reason: null })
  expect(backends.find(({ name }) => name === 'cpu')?.selfTests[0]?.cosine).toBeGreaterThan(0.9999)
  // What was described above, and what only another back-end encoded.
  expect(use).toContainEqual({ encoder: 'vgg16', backend: 'winograd', isTested: true })
  expect(use).toContainEqual({ encoder: 'resnet50', backend: 'winograd', isTested: false })
})

it.skipIf(process.platform !== 'linux' || process.arch !== 'x64')(
  'nothing is downloaded before the licences were agreed to, and nothing is removed where nothing is installed',
  async () => {
    const { offers } = await json<CallOutput<'backend.list'>>('backends', 'list')
    expect(offers.map(({ title, installedAt }) => [title, installedAt])).toEqual([
      ['TensorFlow for the processor', null],
      ['TensorFlow with CUDA', null],
      ['CUDA for ONNX Runtime', null],
    ])
    // Where the set-up could not build the binding, that is the answer.
    const terms = offers[1]?.problem ?? 'nvidia-cudnn-cu12, 578 MB: NVIDIA proprietary'
    const shown = await runLobule(['backends', 'install', 'tensorflow'], { home })
    expect(shown.code).toBe(1)
    expect(shown.stdout + shown.stderr).toContain(terms)
    const removed = await runLobule(['backends', 'remove', 'tensorflow'], { home })
    expect([removed.code, removed.stderr]).toEqual([1, expect.stringMatching(/so nothing was removed/)])
    expect(readdirSync(home)).not.toContain('backends')
  },
)

it('a lab brings an encoder of its own: terms, training, heat map, package, removal', async () => {
  const own = join(import.meta.dirname, '../../references/encoders/own/vit-registers')
  const shown = await runLobule(['encoders', 'import', own], { home })
  expect(shown.code).toBe(1)
  for (const words of [
    'CC-BY-NC-ND-4.0 (https://creativecommons.org/licenses/by-nc-nd/4.0/). Commercial use: no.',
    'Models trained on it: only under the same terms. Passing it on: no.',
    "Probe: cosine 1.000000 with what its maker's framework gives.",
    'Nothing was installed. If you agree to these terms, repeat the command with --yes.',
  ])
    expect(shown.stdout).toContain(words)
  const listed = async (): Promise<string[]> =>
    (await json<EncoderView[]>('encoders', 'list')).map(({ name }) => name)
  expect(await listed()).not.toContain('vit-registers')
  const { offer, installed } = await json<{ offer: EncoderOffer; installed: string[] }>(
    ...['encoders', 'import', own, '--yes'],
  )
  expect([installed, offer.replaces, offer.own.size]).toEqual([['vit-registers'], 'nothing', { fixedPx: 32 }])
  expect(await json<EncoderView>('encoders', 'show', 'vit-registers')).toMatchObject({
    source: 'own',
    fingerprint: offer.own.encoder.fingerprint,
  })

  const workspace = ['--workspace', join(root, 'own')]
  const tissue = join(root, 'tissue')
  await json('demo', tissue, '--per-class', '2', '--width', '160', '--height', '128')
  await json('init', ...workspace)
  await json('import', tissue, ...workspace, '--labels', 'folder')
  const wrong = [
    'train',
    ...workspace,
    '--name',
    'w',
    '--recipe',
    'starter',
    '--set',
    'encoders=vit-registers',
  ]
  expect((await runLobule(wrong, { home })).stderr).toContain(
    'vit-registers has the fixed size of 32 pixels and no dense mode: use its recipe, "--recipe vit-registers"',
  )
  const trained = ['train', ...workspace, '--name', 'own', '--set', 'encoders=vit-registers', 'folds=2']
  expect(await json(...trained, '--group-by', 'image')).toMatchObject({ weights: 'own' })
  const [folder = ''] = readdirSync(tissue)
  const [file = ''] = readdirSync(join(tissue, folder))
  const map = await json<{ mode: string; rows: number; columns: number }>(
    ...['explain', join(tissue, folder, file), ...workspace, '--model', 'own'],
  )
  // 160 x 128 pixels of 0.42 um are 134 x 108 of 0.5 um: two cells along a tile of 32.
  expect(map).toMatchObject({ mode: 'tiles', rows: 6, columns: 8 })

  const zip = join(root, 'own.zip')
  const terms = [expect.stringContaining('Models trained on it: only under the same terms') as string]
  expect(await json<ExportReport>('models', 'export', 'own', ...workspace, '--out', zip)).toMatchObject({
    terms,
  })
  expect(await json('encoders', 'remove', 'vit-registers')).toMatchObject({ removed: ['vit-registers'] })
  const imported = ['models', 'import', zip, ...workspace, '--name', 'again']
  expect(await json<ModelImportReport>(...imported)).toMatchObject({
    terms,
    needs: [{ encoder: 'vit-registers', state: 'missing' }],
  })
  expect((await runLobule([...trained.with(4, 'third')], { home })).stderr).toContain(
    'The encoder vit-registers is not installed.',
  )
})
