import { cp, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { zipSync } from 'fflate'
import { describe, expect, it } from 'vitest'
import { zip } from '../../../../electron/base/arrays.ts'
import {
  AppError,
  builtInEncoders,
  encoderCardSchema,
  type EncoderManifest,
} from '../../../../electron/contract/index.ts'
import { sha256 } from '../../../../electron/base/sha256.ts'
import { averageWindows } from '../../../../electron/engine/descriptors/average-windows.ts'
import { builtInManifests } from '../../../../electron/engine/encoders/built-in-manifests.ts'
import { probeImage } from '../../../../electron/engine/encoders/index.ts'
import { onnxCpu } from '../../../../electron/engine/encoders/onnx-backend.ts'
import { stageEncoder } from '../../../../electron/engine/encoders/own/stage-encoder.ts'
import { tryEncoder } from '../../../../electron/engine/encoders/own/try-encoder.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { expectRefusal, referencePath, temporaryFolder } from './helpers.ts'

/** Of test/references/encoders/own/make_encoders.py. */
const references = {
  'vit-registers': 1e-5,
  'vit-dynamic': 1e-5,
  'bytes-last': 1e-5,
  'external-data': 1e-5,
  'half-precision': 2e-3,
  'map-dynamic': 1e-5,
  'map-last': 1e-5,
} as const
type Reference = keyof typeof references
const names = Object.keys(references) as Reference[]
const folderOf = (name: Reference): string => referencePath(join('own', name))

/** Stages and runs an encoder as an import does. */
async function look(path: string) {
  const directory = join(await temporaryFolder(), 'draft')
  const staged = await stageEncoder({ path, directory })
  return {
    ...staged,
    directory,
    trial: await tryEncoder(path, directory, staged.manifest, { fingerprint: staged.fingerprint }),
  }
}

async function open(name: Reference) {
  const { manifest, directory, fingerprint } = await look(folderOf(name))
  const onnxPath = join(directory, manifest.network.file)
  const encoder = await onnxCpu().openOwn?.({ name, manifest, source: 'own', fingerprint, onnxPath })
  if (encoder === undefined) throw new Error('the processor runs every encoder')
  return encoder
}

const largest = (values: ArrayLike<number>): number =>
  Array.from(values).reduce((most, value) => Math.max(most, Math.abs(value)), 0)

describe.each(names)('%s', (name) => {
  it(`gives what PyTorch gives, within ${references[name]} of its largest value, and passes its probe`, async () => {
    const expected = JSON.parse(await readFile(join(folderOf(name), 'expected.json'), 'utf8')) as {
      sizePx: number
      descriptor: number[]
    }[]
    const encoder = await open(name)
    for (const { sizePx, descriptor } of expected) {
      const [found = new Float32Array()] = await encoder.encode([probeImage(sizePx, sizePx)])
      expect(found).toHaveLength(descriptor.length)
      const differences = descriptor.map((value, i) => value - (found[i] ?? NaN))
      expect(largest(differences) / largest(descriptor)).toBeLessThan(references[name])
      expect(differences.every(Number.isFinite)).toBe(true)
    }
    await encoder.close()
    expect((await look(folderOf(name))).trial.cosine).toBeGreaterThan(0.9999)
  })
})

it.each(['vit-dynamic', 'map-dynamic'] as const)(
  '%s: the mean of its map over a whole image is the descriptor of the image, also where mirroring completes a patch',
  async (name) => {
    const encoder = await open(name)
    const image = probeImage(96, 96)
    const [descriptor = new Float32Array()] = await encoder.encode([image])
    const average = async (whole: typeof image): Promise<Float32Array> => {
      const [map] = await encoder.encodeMaps(whole)
      if (map === undefined) throw new Error('no map')
      const { widthPx, heightPx } = map.covers ?? whole
      const window = { leftPx: 0, topPx: 0, widthPx, heightPx }
      return averageWindows(map, whole, [window])[0] ?? new Float32Array()
    }
    const found = await average(image)
    expect(descriptor).toHaveLength(found.length)
    descriptor.forEach((value, i) => expect(found[i]).toBeCloseTo(value, 5))
    // 93 becomes 96, of other pixels.
    const [map] = await encoder.encodeMaps(probeImage(93, 70))
    expect(map?.covers).toEqual({ widthPx: 96, heightPx: 72 })
    await encoder.close()
  },
)

it('built-in encoders have manifests of the same kind', () => {
  for (const name of builtInEncoders) {
    expect(encoderCardSchema.parse(builtInManifests[name])).toEqual(builtInManifests[name])
  }
})

/** A copy of a reference whose manifest, and the hash of whose network, a test has changed. */
async function changed(
  name: Reference,
  change: (manifest: EncoderManifest & Record<string, unknown>) => void,
  network: (bytes: Buffer) => Buffer = (bytes) => bytes,
): Promise<string> {
  const folder = join(await temporaryFolder(), name)
  await cp(folderOf(name), folder, { recursive: true })
  const file = join(folder, 'lobule-encoder.json')
  const manifest = JSON.parse(await readFile(file, 'utf8')) as EncoderManifest & Record<string, unknown>
  const onnx = join(folder, manifest.network.file)
  const bytes = network(await readFile(onnx))
  await writeFile(onnx, bytes)
  manifest.network.sha256 = sha256(bytes)
  change(manifest)
  await writeFile(file, JSON.stringify(manifest))
  return folder
}

/** Replaces a text of an ONNX file by another of the same length. */
const replaced =
  (from: string, to: string) =>
  (bytes: Buffer): Buffer =>
    Buffer.from(bytes.toString('latin1').replaceAll(from, to), 'latin1')

describe('is refused with a reason', () => {
  it.each<[string, Reference, (manifest: EncoderManifest & Record<string, unknown>) => void, RegExp]>([
    ['another hash', 'map-last', ({ network }) => (network.sha256 = 'a'.repeat(64)), /SHA-256/],
    [
      'a path out of the folder',
      'external-data',
      ({ network }) => (network.file = '../network.onnx'),
      /same folder/,
    ],
    ['external data not listed', 'external-data', ({ network }) => (network.external = []), /does not list/],
    ["the name of one of Lobule's", 'map-last', (manifest) => (manifest.name = 'vgg16'), /Lobule's own/],
    ['an unknown field', 'map-last', (manifest) => (manifest['more'] = 1), /more/],
    [
      'another operator set',
      'map-last',
      ({ network }) => (network.opset = 15),
      /operator set 14; the manifest says 15/,
    ],
    ['another input', 'map-last', ({ input }) => (input.name = 'x'), /input is called "image"/],
    ['another layout', 'map-last', ({ input }) => (input.layout = 'NCHW'), /\[1, 64, 64, 3\]/],
    [
      'another size',
      'map-last',
      (manifest) => {
        manifest.input.size = { fixedPx: 96 }
        manifest.probe = null
      },
      /64/,
    ],
    ['another type', 'map-last', ({ input }) => (input.dtype = 'float16'), /type float32/],
    ['an output that is not there', 'map-last', ({ output }) => (output.name = 'y'), /no output y/],
    [
      'another length',
      'map-last',
      (manifest) => {
        manifest.output.length = 11
        manifest.probe = null
      },
      /10 numbers; the manifest says 11/,
    ],
    ['signed numbers', 'external-data', ({ output }) => (output.nonNegative = true), /below 0/],
    ['channels in another order', 'map-last', ({ input }) => (input.channels = 'BGR'), /cosine/],
    ['another mean', 'vit-registers', ({ input }) => (input.mean = [5, -5, 5]), /cosine/],
    ['other tokens', 'vit-registers', ({ output }) => (output.prefixTokens = 1), /cosine/],
  ])('%s', async (_title, name, change, reason) => {
    await expectRefusal(async () => look(await changed(name, change)), 'encoder.refused', reason)
  })

  it.each<[string, Reference, (bytes: Buffer) => Buffer, RegExp]>([
    ['weights in a file elsewhere', 'external-data', replaced('weights.bin', '../ghts.bin'), /does not list/],
    ['no ONNX file', 'map-last', () => Buffer.from('not a network'), /not an ONNX file|no graph|version/],
    ['a file that was cut off', 'map-last', (bytes) => bytes.subarray(0, 900), /not an ONNX file/],
    // ModelProto.functions (25), an empty one.
    [
      'functions of its own',
      'map-last',
      (bytes) => Buffer.concat([bytes, Buffer.from([0xca, 0x01, 0x00])]),
      /functions/,
    ],
    // An operator set (8) of the domain "x.y", version 1.
    [
      'custom operators',
      'map-last',
      (bytes) => Buffer.concat([bytes, Buffer.from([0x42, 7, 0x0a, 3, 0x78, 0x2e, 0x79, 0x10, 1])]),
      /domain "x\.y"/,
    ],
    // A second input in the graph (7): field 11, a name.
    [
      'a second input',
      'map-last',
      (bytes) => Buffer.concat([bytes, Buffer.from([0x3a, 5, 0x5a, 3, 0x0a, 1, 0x7a])]),
      /2 inputs/,
    ],
    // A node (1) in the graph with the domain (7) "q".
    [
      'an operator of another domain',
      'map-last',
      (bytes) => Buffer.concat([bytes, Buffer.from([0x3a, 5, 0x0a, 3, 0x3a, 1, 0x71])]),
      /domain "q"/,
    ],
    // Weights (5) in the graph of the type (2) 8, text.
    [
      'texts as weights',
      'map-last',
      (bytes) => Buffer.concat([bytes, Buffer.from([0x3a, 4, 0x2a, 2, 0x10, 8])]),
      /unknown type 8/,
    ],
  ])('%s', async (_title, name, network, reason) => {
    await expectRefusal(
      async () => look(await changed(name, () => undefined, network)),
      'encoder.refused',
      reason,
    )
  })

  it('a folder without a manifest, and a missing path', async () => {
    const folder = await temporaryFolder()
    await expectRefusal(() => look(folder), 'encoder.refused', /no lobule-encoder\.json/)
    await expectRefusal(() => look(join(folder, 'none')), 'path.not-found', /none/)
  })
})

it('a zip of the files, or of their folder, is the same encoder as the folder; a damaged one is refused', async () => {
  const folder = folderOf('external-data')
  const files = ['lobule-encoder.json', 'network.onnx', 'weights.bin']
  const contents = await Promise.all(files.map((file) => readFile(join(folder, file))))
  const { fingerprint } = await look(folder)
  for (const prefix of ['', 'mine/']) {
    const entries = Object.fromEntries(zip(files, contents).map(([file, bytes]) => [prefix + file, bytes]))
    const path = join(await temporaryFolder(), 'mine.zip')
    const bytes = zipSync(entries)
    await writeFile(path, bytes)
    expect((await look(path)).fingerprint).toBe(fingerprint)
    await writeFile(path, bytes.subarray(0, bytes.length - 30))
    await expectRefusal(() => look(path), 'encoder.refused', /cut off/)
    const { [`${prefix}weights.bin`]: _, ...fewer } = entries
    await writeFile(path, zipSync(fewer))
    await expectRefusal(() => look(path), 'encoder.refused', /weights\.bin is missing/)
  }
})

it('without a probe it runs, and nothing proves it', async () => {
  const { trial } = await look(await changed('map-last', (manifest) => (manifest.probe = null)))
  expect(trial.cosine).toBeNull()
})

const mutations = Number(process.env['LOBULE_MUTATIONS'] ?? 60)

it(
  `${mutations} mutated manifests and networks are refused with a reason, or run as they say`,
  { timeout: 3_600_000 },
  async () => {
    const generator = keyedGenerator('mutated encoders', 1)
    const reasons = new Map<string, number>()
    const draft = join(await temporaryFolder(), 'draft')
    const source = join(await temporaryFolder(), 'source')
    for (let index = 0; index < mutations; index++) {
      const name = names[generator.nextInteger(names.length)] ?? 'map-last'
      await rm(source, { recursive: true, force: true })
      await cp(folderOf(name), source, { recursive: true })
      const file = join(source, 'lobule-encoder.json')
      const isManifest = generator.nextInteger(2) === 0
      if (isManifest) await writeFile(file, mutated(await readFile(file), generator))
      else {
        const onnx = join(source, 'network.onnx')
        const bytes = mutated(await readFile(onnx), generator)
        await writeFile(onnx, bytes)
        const manifest = JSON.parse(await readFile(file, 'utf8')) as EncoderManifest
        manifest.network.sha256 = sha256(bytes)
        await writeFile(file, JSON.stringify(manifest))
      }
      await rm(draft, { recursive: true, force: true })
      const reason = await stageEncoder({ path: source, directory: draft })
        .then(({ manifest, fingerprint }) => tryEncoder(source, draft, manifest, { fingerprint }))
        .then(
          () => 'runs',
          (error: unknown) => {
            if (!(error instanceof AppError)) throw error
            expect(error.code).toBe('encoder.refused')
            return 'refused'
          },
        )
      reasons.set(reason, (reasons.get(reason) ?? 0) + 1)
    }
    expect(reasons.get('refused')).toBeGreaterThan(mutations / 3)
  },
)

/** A few bytes changed, taken out, doubled, or cut off. */
function mutated(bytes: Buffer, generator: ReturnType<typeof keyedGenerator>): Buffer {
  const at = generator.nextInteger(bytes.length)
  const length = 1 + generator.nextInteger(16)
  switch (generator.nextInteger(4)) {
    case 0: {
      const copy = Buffer.from(bytes)
      for (let i = 0; i < length; i++) copy[generator.nextInteger(copy.length)] = generator.nextInteger(256)
      return copy
    }
    case 1:
      return Buffer.concat([bytes.subarray(0, at), bytes.subarray(at + length)])
    case 2:
      return Buffer.concat([bytes.subarray(0, at + length), bytes.subarray(at)])
    default:
      return bytes.subarray(0, at)
  }
}
