import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import {
  architectures,
  cosine,
  EncoderStore,
  OpenEncoders,
  onnxCpu,
  probeImage,
} from '../../../../electron/engine/encoders/index.ts'
import { winograd, winogradInstructions } from '../../../../electron/engine/encoders/winograd.ts'
import { expectRefusal, expectSameAs, golden, worstRelative } from './helpers.ts'

const none = new Float32Array()
const home = mkdtempSync(join(tmpdir(), 'lobule-winograd-'))
const store = new EncoderStore(home)
beforeAll(() => store.installUntrained(['vgg16', 'resnet50']))
afterAll(() => rmSync(home, { recursive: true, force: true }))

test('gives what real Keras gives', async () => {
  const encoder = await store.open('vgg16', winograd())
  for (const sizePx of [400, 650]) {
    const [actual = none] = await encoder.encode([probeImage(sizePx, sizePx)])
    const expected = golden(`vgg16-${sizePx}.npy`)
    // Issue 6 asks for 0.999999 and 1e-3. Measured: 1 - 8e-14 and 1.5e-5; the same bits on every machine.
    expect(1 - cosine(actual, expected)).toBeLessThan(1e-12)
    expect(worstRelative(actual, expected)).toBeLessThan(3e-5)
  }
  await encoder.close()
})

// Odd edges leave tiles that are cut on two sides, and maxima that leave out a row. The largest goes first: it leaves
// its values in the buffers.
const pictures = [
  [203, 130],
  [32, 32],
  [33, 47],
  [61, 38],
].map(([widthPx = 0, heightPx = 0]) => probeImage(widthPx, heightPx))

test('gives the descriptors and the maps that ONNX Runtime gives', async () => {
  // Measured: 1.5e-4 where the last map has few cells to average.
  // Single cells of maps: 3e-3.
  await expectSameAs(await store.open('vgg16', winograd()), await store.open('vgg16', onnxCpu()), pictures)
})

test('gives the same bits with any instruction set, on any number of threads, alone and in a batch', async () => {
  const found: Float32Array[][] = []
  for (const instructions of winogradInstructions()) {
    for (const threads of [1, 2, 5]) {
      const encoder = await store.open('vgg16', winograd({ threads, instructions }))
      found.push(await encoder.encode(pictures))
      const alone = await Promise.all(pictures.map((picture) => encoder.encode([picture])))
      found.push(alone.flat())
      await encoder.close()
    }
  }
  expect(found.length).toBeGreaterThan(0)
  for (const one of found) expect(one).toEqual(found[0])
})

test('is the default of VGG-16, and of no other network', async () => {
  const encoders = new OpenEncoders(home, 'auto')
  expect((await encoders.get('vgg16')).backend).toBe('winograd')
  expect((await encoders.get('resnet50')).backend).not.toBe('winograd')
  await encoders.close()
  expect(winograd().canRun?.(architectures.inceptionv3)).toBe(false)
})

test('refuses a network of another shape, a small image, and work after it was closed', async () => {
  await expectRefusal(
    () => new OpenEncoders(home, 'winograd').get('resnet50'),
    'encoder.backend-failed',
    /winograd failed: it cannot run resnet50/,
  )
  await expectRefusal(
    () => store.open('resnet50', winograd()),
    'encoder.backend-failed',
    /not a chain of 3 x 3 convolutions/,
  )
  await expectRefusal(
    () => store.open('vgg16', winograd({ instructions: 'abacus' })),
    'encoder.backend-failed',
    /no such instructions/,
  )
  const encoder = await store.open('vgg16', winograd())
  await expectRefusal(
    () => encoder.encode([probeImage(31, 64)]),
    'image.invalid-raster',
    /at least 32 pixels/,
  )
  const stop = AbortSignal.abort()
  await expectRefusal(() => encoder.encode([probeImage(64, 64)], stop), 'job.cancelled', /./)
  await encoder.close()
  await encoder.close()
  await expect(encoder.encode([probeImage(64, 64)])).rejects.toThrow('closed')
})
