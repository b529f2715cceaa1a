import { expect, test } from 'vitest'
import { architectures } from '../../../../electron/engine/encoders/architectures.ts'
import type { EncoderModel } from '../../../../electron/engine/encoders/backend.ts'
import { NativeEncoder } from '../../../../electron/engine/encoders/native-encoder.ts'
import type { NativeEncoding } from '../../../../electron/engine/encoders/native-encoding.ts'
import type { Raster } from '../../../../electron/engine/image/index.ts'

const architecture = architectures.resnet50
const raster = (value: number, widthPx: number, heightPx = widthPx): Raster => ({
  ...{ widthPx, heightPx },
  data: new Uint8Array(widthPx * heightPx * 3).fill(value),
})

/** An encoder whose native part gives the first byte of each image; `batches`: the number of images of each call. */
function fake(fails: (images: number) => string | null = () => null) {
  const batches: number[] = []
  const encode: NativeEncoding['encode'] = (_handle, pixels, rows, columns, descriptors) => {
    const count = pixels.length / (rows * columns * 3)
    batches.push(count)
    const reason = fails(count)
    if (reason !== null) return Promise.reject(new Error(reason))
    for (let index = 0; index < count; index++)
      descriptors.fill(
        pixels[index * rows * columns * 3] ?? NaN,
        (index * descriptors.length) / count,
        ((index + 1) * descriptors.length) / count,
      )
    return Promise.resolve()
  }
  const model: EncoderModel = {
    ...{ name: 'resnet50', source: 'untrained' as const, fingerprint: '', onnxPath: '', architecture },
    readWeights: () => Promise.reject(new Error('not read')),
  }
  const encoding = { encode } as NativeEncoding
  const network = { encoding, handle: {}, tapSizes: () => [], imagesAtOnce: 4 }
  return { batches, encoder: new NativeEncoder('winograd', model, network) }
}

const firstValues = (descriptors: readonly Float32Array[]) => descriptors.map(([value]) => value)

test('takes images of one size together, four at most, and gives each its own descriptor, in order', async () => {
  const { batches, encoder } = fake()
  const images = [1, 2, 3, 4, 5].map((value) => raster(value, 64))
  const found = await encoder.encode([...images, raster(6, 64, 70), raster(7, 64)])
  expect(batches).toEqual([4, 1, 1, 1])
  expect(firstValues(found)).toEqual([1, 2, 3, 4, 5, 6, 7])
  expect(found.every(({ length }) => length === architecture.descriptorLength)).toBe(true)
  expect(await encoder.encode([])).toEqual([])
})

test('takes no more pixels together than the largest tile of a slide has', async () => {
  const { batches, encoder } = fake()
  // 1000 x 1000 pixels: two fit into 1600 x 1500, three do not.
  await encoder.encode([1, 2, 3].map((value) => raster(value, 1000)))
  await encoder.encode([raster(1, 2000), raster(2, 2000)])
  expect(batches).toEqual([2, 1, 1, 1])
})

test('takes each image by itself where the memory does not suffice for all', async () => {
  const { batches, encoder } = fake((images) => (images > 1 ? 'std::bad_alloc' : null))
  expect(firstValues(await encoder.encode([1, 2, 3].map((value) => raster(value, 64))))).toEqual([1, 2, 3])
  expect(batches).toEqual([3, 1, 1, 1])
})

test('does not try again where something else is wrong, or a single image has no room', async () => {
  for (const reason of ['it broke', 'std::bad_alloc']) {
    const { batches, encoder } = fake((images) => (images > 1 && reason !== 'it broke' ? null : reason))
    const images = reason === 'it broke' ? [raster(1, 64), raster(2, 64)] : [raster(1, 64)]
    await expect(encoder.encode(images)).rejects.toMatchObject({
      code: 'encoder.backend-failed',
      details: { reason },
    })
    expect(batches).toEqual([images.length])
  }
})
