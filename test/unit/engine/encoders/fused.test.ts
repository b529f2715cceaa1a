import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import type { Architecture } from '../../../../electron/engine/encoders/architecture.ts'
import { fused, fusedMissing } from '../../../../electron/engine/encoders/fused.ts'
import {
  architectures,
  EncoderStore,
  onnxCpu,
  OpenEncoders,
  probeImage,
} from '../../../../electron/engine/encoders/index.ts'
import * as loading from '../../../../electron/engine/native/load-addon.ts'
import { expectRefusal, expectSameAs } from './helpers.ts'
import { tinyMobileNetwork } from './made-up-network.ts'

const name = 'efficientnetlite0'
const home = mkdtempSync(join(tmpdir(), 'lobule-fused-'))
const store = new EncoderStore(home)
beforeAll(async () => {
  vi.stubEnv('LOBULE_BUNDLED_ENCODERS', '')
  await store.installUntrained([name])
})
afterAll(() => {
  rmSync(home, { recursive: true, force: true })
})

// Sizes at which each stride meets even and odd maps, so that the zeros of SAME padding differ; the largest first, since it
// leaves its values in the buffers.
const pictures = [
  [203, 130],
  [32, 32],
  [33, 47],
  [61, 38],
  [96, 300],
].map(([widthPx = 0, heightPx = 0]) => probeImage(widthPx, heightPx))

test('gives the descriptors and the maps that ONNX Runtime gives', async () => {
  // Measured: 4e-5. The trained weights are closer (efficientnet-lite0.test.ts).
  await expectSameAs(await store.open(name, fused()), await store.open(name, onnxCpu()), pictures)
})

test('is the default of EfficientNet-Lite0, and of no other network', async () => {
  const encoders = new OpenEncoders(home, 'auto')
  expect((await encoders.get(name)).backend).toBe('fused')
  await encoders.close()
  const { resnet50, inceptionv3, vgg16 } = architectures
  for (const other of [resnet50, inceptionv3, vgg16, tinyMobileNetwork()])
    expect(fused().canRun?.(other)).toBe(false)
})

test('recognises a chain by every layer of it', () => {
  const { layers, ...about } = architectures[name]
  const canRun = (architecture: Architecture) => fused().canRun?.(architecture)
  expect(canRun({ ...about, layers })).toBe(true)
  for (let left = 0; left < layers.length; left++) {
    const without = layers.filter((_, index) => index !== left)
    expect(canRun({ ...about, layers: without }), layers[left]?.name).toBe(false)
  }
  expect(canRun({ ...about, layers, preprocessing: 'symmetric' })).toBe(false)
  expect(canRun({ ...about, layers, taps: ['stem_relu6'] })).toBe(false)
})

test('refuses a network of another shape, a small image, and work after it was closed', async () => {
  await expectRefusal(
    () => store.open(name, fused({ instructions: 'abacus' })),
    'encoder.backend-failed',
    /no such instructions/,
  )
  const encoder = await store.open(name, fused())
  await expectRefusal(() => encoder.encode([probeImage(31, 64)]), 'image.invalid-raster', /at least 32/)
  await expectRefusal(() => encoder.encode([probeImage(64, 64)], AbortSignal.abort()), 'job.cancelled', /./)
  await encoder.close()
  await encoder.close()
  await expect(encoder.encode([probeImage(64, 64)])).rejects.toThrow('closed')
})

test('an addon of an older build leads to ONNX Runtime', async () => {
  const { openBottlenecks: _without, ...encoding } = (
    loading.loadAddon() as { encoding: Record<string, unknown> }
  ).encoding
  const spy = vi.spyOn(loading, 'loadAddon').mockReturnValue({ encoding })
  try {
    expect(fusedMissing()).toMatch(/older build/)
    const encoders = new OpenEncoders(home, 'auto')
    expect((await encoders.get(name)).backend).toBe('cpu')
    await encoders.close()
  } finally {
    spy.mockRestore()
  }
})
