import { existsSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { memoryUsage } from 'node:process'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { paperEncoders } from '../../../../electron/contract/index.ts'
import {
  backends,
  cosine,
  EncoderStore,
  examineBackends,
  OpenEncoders,
  probeImage,
} from '../../../../electron/engine/encoders/index.ts'
import {
  publishBackend,
  removeBackend,
  requireSet,
  unpackBackend,
} from '../../../../electron/engine/encoders/installable/install-backend.ts'
import { tryBackend } from '../../../../electron/engine/encoders/installable/try-backend.ts'
import { bindingFile } from '../../../../electron/engine/encoders/installable/installed-backend.ts'
import { expectRefusal, golden, worstRelative } from './helpers.ts'

/**
 * TensorFlow itself, through @tensorflow/tfjs-node-gpu's binding. Its wheel (274 MB) is not fetched for a test: LOBULE_TEST_TENSORFLOW
 * names a folder that has it, e.g. from `pip download --no-deps tensorflow-cpu==2.21.0`.
 */
const set = requireSet('tensorflow', 'processor')
const wheel = set.wheels[0]?.file ?? ''
const from = process.env['LOBULE_TEST_TENSORFLOW'] ?? ''
const lacking =
  bindingFile('binding.node') === null
    ? 'the binding was not built'
    : existsSync(join(from, wheel))
      ? null
      : `LOBULE_TEST_TENSORFLOW names no folder with ${wheel}`
if (lacking !== null) console.warn(`SKIPPED: TensorFlow itself, because ${lacking}.`)

const onTensorFlow = test.skipIf(lacking !== null)
const none = new Float32Array()
let home = ''

beforeAll(async () => {
  if (lacking !== null) return
  home = await mkdtemp(join(tmpdir(), 'lobule-tensorflow-'))
  const running = { signal: new AbortController().signal, onProgress: () => undefined }
  const staging = await unpackBackend(home, set, from, running)
  expect(
    await tryBackend({ name: 'tensorflow', title: set.title, device: 'processor', folder: staging }),
  ).toEqual({ note: null })
  await publishBackend(home, set, staging)
  await new EncoderStore(home).installUntrained(paperEncoders)
})

afterAll(() => (home === '' ? undefined : rm(home, { recursive: true, force: true })))

onTensorFlow.each(paperEncoders)(
  'untrained %s gives what real Keras gives at 400 and 650 pixels, and the same bits again',
  async (name) => {
    const encoders = new OpenEncoders(home, 'tensorflow-cpu')
    const encoder = await encoders.get(name)
    expect(encoder.backend).toBe('tensorflow-cpu')
    for (const sizePx of [400, 650]) {
      const crop = probeImage(sizePx, sizePx)
      const [found = none, again = none] = await encoder.encode([crop, crop])
      const expected = golden(`${name}-${sizePx}.npy`)
      // The bounds of issue 6.
      expect(cosine(found, expected)).toBeGreaterThan(0.999999)
      expect(worstRelative(found, expected)).toBeLessThan(1e-3)
      expect(again).toEqual(found)
    }
    await encoders.close()
  },
)

onTensorFlow('a TensorFlow without a GPU is refused as a GPU back-end', async () => {
  expect(backends.tensorflow.missing(home)).toMatch(/installed for the processor/)
  await expectRefusal(
    () => new OpenEncoders(home, 'tensorflow').get('resnet50'),
    'encoder.backend-failed',
    /finds no NVIDIA GPU/,
  )
  const { use } = await examineBackends(home)
  expect(use.map(({ backend }) => backend)).not.toContain('tensorflow')
  expect(use.map(({ backend }) => backend)).not.toContain('tensorflow-cpu')
})

onTensorFlow('memory stays flat', async () => {
  const encoders = new OpenEncoders(home, 'tensorflow-cpu')
  const encoder = await encoders.get('resnet50')
  const encode = async (count: number): Promise<number> => {
    for (let i = 0; i < count; i++) await encoder.encode([probeImage(224, 224)])
    return memoryUsage().rss
  }
  const before = await encode(40)
  // A descriptor's maps at 224 pixels are 40 MB: a leak of one in forty would show.
  expect((await encode(120)) - before).toBeLessThan(120e6)
  await encoders.close()
  await removeBackend(home, 'tensorflow')
})
