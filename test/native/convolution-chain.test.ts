import { describe, expect, test } from 'vitest'
import { nativeEncoding, type NativeLayer } from '../../electron/engine/encoders/native-encoding.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'

const encoding = nativeEncoding()
const generator = keyedGenerator('convolution chain')
const numbers = (length: number, reach: number) =>
  Float32Array.from({ length }, () => generator.nextUniform(-reach, reach))
const bytes = (length: number) => Uint8Array.from({ length }, () => generator.nextInteger(256))

const convolution = (inputs: number, outputs: number, tap = false): NativeLayer => ({
  inputs,
  outputs,
  tap,
  kernel: numbers(outputs * inputs * 9, Math.sqrt(6 / (9 * inputs))),
  bias: numbers(outputs, 0.1),
})
const maximum = (channels: number, tap = false): NativeLayer => ({ inputs: channels, outputs: channels, tap })
const means = Float32Array.of(100, 110, 120)

interface Map {
  readonly channels: number
  readonly rows: number
  readonly columns: number
  readonly data: Float64Array
}

/** Every sum written out, in float64. */
function apply(layer: NativeLayer, { channels, rows, columns, data }: Map): Map {
  const { kernel, bias, outputs } = layer
  const at = (c: number, y: number, x: number): number =>
    y < 0 || x < 0 || y >= rows || x >= columns ? 0 : (data[(c * rows + y) * columns + x] ?? 0)
  const [height, width] = kernel ? [rows, columns] : [rows >> 1, columns >> 1]
  const to = new Float64Array(outputs * height * width)
  for (let o = 0; o < outputs; o++) {
    for (let y = 0; y < height; y++) {
      for (let x = 0; x < width; x++) {
        const index = (o * height + y) * width + x
        if (!kernel) {
          to[index] = Math.max(
            at(o, 2 * y, 2 * x),
            at(o, 2 * y, 2 * x + 1),
            at(o, 2 * y + 1, 2 * x),
            at(o, 2 * y + 1, 2 * x + 1),
          )
          continue
        }
        let sum = bias?.[o] ?? 0
        for (let c = 0; c < channels; c++)
          for (let k = 0; k < 9; k++)
            sum +=
              (kernel[(o * channels + c) * 9 + k] ?? 0) * at(c, y + Math.floor(k / 3) - 1, x + (k % 3) - 1)
        to[index] = Math.max(0, sum)
      }
    }
  }
  return { channels: outputs, rows: height, columns: width, data: to }
}

function picture(pixels: Uint8Array, rows: number, columns: number): Map {
  const data = new Float64Array(3 * rows * columns)
  for (let cell = 0; cell < rows * columns; cell++)
    for (let colour = 0; colour < 3; colour++)
      data[colour * rows * columns + cell] = (pixels[3 * cell + 2 - colour] ?? 0) - (means[colour] ?? 0)
  return { channels: 3, rows, columns, data }
}

const chain = [convolution(3, 64, true), convolution(64, 128), maximum(128), convolution(128, 64, true)]

test.each([
  [2, 2],
  [3, 9],
  [4, 4],
  [5, 8],
  [17, 6],
  [26, 25],
])('%i x %i pixels: the maps and averages of the sums written out', async (rows, columns) => {
  const pixels = bytes(rows * columns * 3)
  const expected: Map[] = []
  chain.reduce(
    (above, layer) => {
      const map = apply(layer, above)
      if (layer.tap) expected.push(map)
      return map
    },
    picture(pixels, rows, columns),
  )

  for (const instructions of encoding.instructions()) {
    const handle = await encoding.open(chain, means, 2, instructions)
    const maps = expected.map(({ data }) => new Float32Array(data.length))
    const descriptor = new Float32Array(128)
    await encoding.encode(handle, pixels, rows, columns, descriptor, maps)
    encoding.close(handle)
    for (const [index, { data, channels }] of expected.entries()) {
      const largest = data.reduce((most, value) => Math.max(most, value), 0)
      const worst = data.reduce(
        (most, value, cell) => Math.max(most, Math.abs(value - (maps[index]?.[cell] ?? NaN))),
        0,
      )
      // float32 of 24 bits; the transforms of each of three layers multiply the rounding by about ten.
      expect(worst / largest).toBeLessThan(1e-5)
      const cells = data.length / channels
      for (let channel = 0; channel < channels; channel++) {
        const mean = data.subarray(channel * cells, (channel + 1) * cells).reduce((a, b) => a + b, 0) / cells
        expect(Math.abs(mean - (descriptor[64 * index + channel] ?? NaN)) / largest).toBeLessThan(1e-5)
      }
    }
  }
})

test('distant values do not reach the map of the last tiles', async () => {
  const [instructions = ''] = encoding.instructions()
  const handle = await encoding.open(chain, means, 3, instructions)
  const ask = async (pixels: Uint8Array, rows: number, columns: number): Promise<Float32Array> => {
    const descriptor = new Float32Array(128)
    await encoding.encode(handle, pixels, rows, columns, descriptor, [])
    return descriptor
  }
  const small = bytes(7 * 5 * 3)
  const alone = await ask(small, 7, 5)
  await ask(bytes(300 * 200 * 3), 300, 200)
  expect(await ask(small, 7, 5)).toEqual(alone)
  encoding.close(handle)
})

describe('a misuse is an error, and touches no memory', () => {
  const [instructions = ''] = encoding.instructions()
  const open = (layers: unknown, wanted: unknown = instructions): Promise<unknown> =>
    Promise.resolve().then(() => encoding.open(layers as NativeLayer[], means, 1, wanted as string))

  test.each<[string, unknown]>([
    ['no layers', []],
    ['a maximum first', [maximum(3)]],
    ['a first layer of other channels', [convolution(64, 64)]],
    ['outputs that are no multiple of 64', [convolution(3, 32)]],
    ['no outputs', [convolution(3, 0)]],
    ['a layer that does not fit the one above', [convolution(3, 64), convolution(128, 64)]],
    ['a maximum that changes channels', [convolution(3, 64), { inputs: 64, outputs: 128, tap: false }]],
    ['a kernel that is too short', [{ ...convolution(3, 64), kernel: numbers(10, 1) }]],
    ['a bias that is too long', [{ ...convolution(3, 64), bias: numbers(65, 1) }]],
    ['a kernel of another type', [{ ...convolution(3, 64), kernel: new Float64Array(64 * 27) }]],
    ['channels beyond reason', [{ ...maximum(3), inputs: 2 ** 40 }]],
    ['channels that are no number', [{ ...convolution(3, 64), outputs: 'many' }]],
    ['something else', 'a chain'],
    ['a list of something else', [1, null]],
  ])('%s', async (_, layers) => {
    await expect(open(layers)).rejects.toThrow()
  })

  test('unknown instruction sets', async () => {
    await expect(open(chain, 'abacus')).rejects.toThrow('no such instructions')
    await expect(open(chain, 7)).rejects.toThrow()
  })

  test('images, descriptors and maps of wrong sizes, a closed handle, and no handle', async () => {
    const handle = await open(chain)
    const good = [handle, bytes(48), 4, 4, new Float32Array(128), []] as const
    const maps = [new Float32Array(64 * 16), new Float32Array(64 * 4)]
    const ask = (change: Record<number, unknown>): Promise<unknown> =>
      Promise.resolve().then(() =>
        encoding.encode(
          ...(good.map((value, at) => (at in change ? change[at] : value)) as [...typeof good]),
        ),
      )
    await ask({})
    await ask({ 5: maps })
    await expect(ask({ 1: bytes(47) })).rejects.toThrow('not pictures of this size')
    await expect(ask({ 1: new Float32Array(48) })).rejects.toThrow('not a Uint8Array')
    await expect(ask({ 2: -1 })).rejects.toThrow()
    await expect(ask({ 2: 2 ** 40 })).rejects.toThrow()
    await expect(ask({ 2: Number.NaN })).rejects.toThrow()
    await expect(ask({ 1: bytes(3), 2: 1, 3: 1 })).rejects.toThrow('too small a picture')
    await expect(ask({ 4: new Float32Array(127) })).rejects.toThrow('not as many values')
    await expect(ask({ 5: maps.slice(1) })).rejects.toThrow('not a map for each tap')
    await expect(ask({ 5: maps.toReversed() })).rejects.toThrow('not as many values')
    await expect(ask({ 0: {} })).rejects.toThrow('not a handle of this kind')
    encoding.close(handle)
    await expect(ask({})).rejects.toThrow('closed')
    expect(() => encoding.close({})).toThrow('not a handle of this kind')
  })
})
