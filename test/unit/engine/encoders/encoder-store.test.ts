import { readdir, readFile, truncate, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { architectures } from '../../../../electron/engine/encoders/architectures.ts'
import { untrainedWeights } from '../../../../electron/engine/encoders/untrained-weights.ts'
import { EncoderStore, OpenEncoders, probeImage } from '../../../../electron/engine/encoders/index.ts'
import { officialWeights, probes } from '../../../../electron/engine/encoders/manifest.ts'
import { expectRefusal, temporaryFolder, writeKerasFile } from './helpers.ts'

const { vgg16 } = architectures
let files: string

/** VGG-16 has the fewest weights. `own` differs from the untrained ones in one value. */
beforeAll(async () => {
  files = await mkdtemp(join(tmpdir(), 'lobule-keras-'))
  const weights = new Map(untrainedWeights(vgg16))
  await writeKerasFile(join(files, 'untrained.h5'), vgg16, weights)
  weights.set('block1_conv1/bias', new Float32Array(64).fill(0.25))
  await writeKerasFile(join(files, 'own.h5'), vgg16, weights)
})
afterAll(() => rm(files, { recursive: true, force: true }))

/** Nothing is installed, and the one file's error is thrown. */
async function refusalOf(work: ReturnType<EncoderStore['importFiles']>): Promise<void> {
  const { installed, refused } = await work
  expect(installed).toEqual([])
  expect(refused).toHaveLength(1)
  throw refused[0]?.error ?? new Error('nothing was refused')
}

describe('an empty home', () => {
  test('lists all encoders as missing, with licence and attribution, and opens none', async () => {
    const store = new EncoderStore(await temporaryFolder())
    const entries = await store.list()
    expect(entries.map(({ name, source, licence, path }) => [name, source, licence, path])).toEqual([
      ['resnet50', 'missing', 'MIT', null],
      ['inceptionv3', 'missing', 'Apache-2.0', null],
      ['vgg16', 'missing', 'CC-BY-4.0', null],
      ['efficientnetlite0', 'missing', 'Apache-2.0', null],
    ])
    expect(entries.every(({ attribution }) => attribution.length > 40)).toBe(true)
    await expectRefusal(() => store.open('vgg16'), 'encoder.missing', /vgg16 is not installed/)
  })
})

describe('untrained weights', () => {
  test('are marked, have the known fingerprint, and are written again when their file is damaged', async () => {
    const home = await temporaryFolder()
    const store = new EncoderStore(home)
    const [entry] = await store.installUntrained(['vgg16'])
    expect(entry).toMatchObject({ source: 'untrained', fingerprint: probes.vgg16.fingerprint, problem: null })
    expect(entry?.attribution).toMatch(/Untrained/)
    const path = entry?.path ?? ''
    const bytes = await readFile(path)
    await truncate(path, 1000)
    const encoder = await store.open('vgg16')
    expect(encoder.model).toMatchObject({ source: 'untrained', fingerprint: probes.vgg16.fingerprint })
    await encoder.close()
    expect((await readFile(path)).equals(bytes)).toBe(true)
    expect((await readdir(join(home, 'encoders'))).sort()).toEqual([
      `vgg16-${probes.vgg16.fingerprint.slice(0, 16)}-1.onnx`,
      'vgg16.json',
    ])
  })

  test('are known from a record of Lobule 0.1, which called them demo', async () => {
    const home = await temporaryFolder()
    const [entry] = await new EncoderStore(home).installUntrained(['vgg16'])
    const record = join(home, 'encoders', 'vgg16.json')
    const text = await readFile(record, 'utf8')
    const older = text.replace('"format": 2', '"format": 1').replace('"untrained"', '"demo"')
    expect(older).toContain('"format": 1,\n  "source": "demo"')
    await writeFile(record, older)
    expect((await new EncoderStore(home).list()).find(({ name }) => name === 'vgg16')).toEqual(entry)
  })

  test('stay untrained in a file from another source', async () => {
    const store = new EncoderStore(await temporaryFolder())
    const { installed } = await store.importFiles([join(files, 'untrained.h5')], { allowUnofficial: true })
    expect(installed[0]).toMatchObject({
      name: 'vgg16',
      source: 'untrained',
      fingerprint: probes.vgg16.fingerprint,
    })
  })
})

describe('a file of the right layout with another hash', () => {
  test('is refused with both hashes, unless allowed; then it is marked, checked, and not replaced by untrained weights', async () => {
    const home = await temporaryFolder()
    const store = new EncoderStore(home)
    const own = join(files, 'own.h5')
    await expectRefusal(
      () => refusalOf(store.importFiles([own])),
      'encoder.unofficial-file',
      new RegExp(`layers of VGG-16, but its md5 is \\w{32} instead of ${officialWeights.vgg16.md5}`),
    )
    expect((await store.list()).every(({ source }) => source === 'missing')).toBe(true)

    await store.installUntrained(['vgg16'])
    const {
      installed: [entry],
    } = await store.importFiles([own], { allowUnofficial: true })
    expect(entry).toMatchObject({ name: 'vgg16', source: 'unofficial', licence: 'CC-BY-4.0' })
    expect(entry?.fingerprint).not.toBe(probes.vgg16.fingerprint)
    // The untrained ones are gone and do not replace them.
    expect((await readdir(join(home, 'encoders'))).filter((file) => file.endsWith('.onnx'))).toHaveLength(1)
    expect((await store.installUntrained(['vgg16']))[0]).toEqual(entry)

    const encoder = await store.open('vgg16')
    expect(encoder.model.source).toBe('unofficial')
    const [descriptor] = await encoder.encode([probeImage(64, 64)])
    await encoder.close()

    const open = new OpenEncoders(home)
    expect(await open.get('vgg16')).toBe(await open.get('vgg16'))
    await open.close()

    // The ONNX file is made again from the installed Keras file, to the same bits ...
    await truncate(entry?.path ?? '', 1000)
    const again = await store.open('vgg16')
    expect((await again.encode([probeImage(64, 64)]))[0]).toEqual(descriptor)
    await again.close()

    // ... and a truncated Keras file is detected before anything is computed.
    const installed = (await readdir(join(home, 'encoders'))).find((file) => file.endsWith('.h5')) ?? ''
    await truncate(join(home, 'encoders', installed), 40_000_000)
    const [, , listed] = await store.list()
    expect(listed).toMatchObject({ source: 'missing', fingerprint: null, path: null })
    expect(listed?.problem).toMatch(/has 40000000 bytes instead of/)
    await expectRefusal(() => store.open('vgg16'), 'encoder.invalid-file', /instead of .* install it again/)
  })
})

describe('other files', () => {
  test('truncated, unrelated, text, an empty folder, missing', async () => {
    const folder = await temporaryFolder()
    const store = new EncoderStore(await temporaryFolder())
    const whole = await readFile(join(files, 'own.h5'))
    await writeFile(join(folder, 'cut.h5'), whole.subarray(0, 30_000_000))
    const only = { layers: vgg16.layers.slice(0, 9) }
    await writeKerasFile(join(folder, 'part.h5'), only, untrainedWeights(only))
    await writeFile(join(folder, 'notes.txt'), 'no weights')
    const take = (file: string) => () =>
      refusalOf(store.importFiles([join(folder, file)], { allowUnofficial: true }))
    await expectRefusal(take('cut.h5'), 'encoder.invalid-file', /incomplete or damaged/)
    await expectRefusal(take('part.h5'), 'encoder.invalid-file', /layer block3_conv1 has no kernel/)
    await expectRefusal(take('notes.txt'), 'encoder.unknown-file', /not an HDF5 file/)
    await expectRefusal(take('nothing.h5'), 'path.not-found', /does not exist/)
    const empty = await temporaryFolder()
    await expectRefusal(() => refusalOf(store.importFiles([empty])), 'path.unreadable', /it is a folder/)
    expect((await store.list()).every(({ source }) => source === 'missing')).toBe(true)
  })

  test('a folder provides the files in it', async () => {
    const folder = await temporaryFolder()
    await writeFile(join(folder, 'own.h5'), await readFile(join(files, 'own.h5')))
    await writeFile(join(folder, 'other.h5'), 'no weights')
    await writeFile(join(folder, 'readme.txt'), 'carried in by hand')
    const store = new EncoderStore(await temporaryFolder())
    const { installed, refused } = await store.importFiles([folder], { allowUnofficial: true })
    expect(refused.map(({ path, error }) => [path, error.code])).toEqual([
      [join(folder, 'other.h5'), 'encoder.unknown-file'],
    ])
    expect(installed.map(({ name, source }) => [name, source])).toEqual([['vgg16', 'unofficial']])
  })

  test('a record that cannot be read is a problem, not a crash', async () => {
    const home = await temporaryFolder()
    const store = new EncoderStore(home)
    await store.installUntrained(['vgg16'])
    await writeFile(join(home, 'encoders', 'vgg16.json'), '{')
    expect((await store.list())[2]).toMatchObject({ source: 'missing', problem: 'its record cannot be read' })
    await expectRefusal(() => store.open('vgg16'), 'encoder.invalid-file', /record cannot be read/)
    const [entry] = await store.installUntrained(['vgg16'])
    expect(entry).toMatchObject({ source: 'untrained', problem: null })
  })
})
