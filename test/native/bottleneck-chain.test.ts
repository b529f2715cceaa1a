import { describe, expect, test } from 'vitest'
import { NetworkTable, type Architecture } from '../../electron/engine/encoders/architecture.ts'
import { evaluateDirectly } from '../../electron/engine/encoders/evaluate-directly.ts'
import { fused } from '../../electron/engine/encoders/fused.ts'
import { nativeEncoding, type NativeBottleneck } from '../../electron/engine/encoders/native-encoding.ts'
import { untrainedWeights } from '../../electron/engine/encoders/untrained-weights.ts'
import type { FeatureMap } from '../../electron/engine/encoders/backend.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import type { Raster } from '../../electron/engine/image/index.ts'
import { expectSameWindows } from '../support/same-windows.ts'

const encoding = nativeEncoding()
const generator = keyedGenerator('bottleneck chain')
const pick = <T>(...all: [T, ...T[]]): T => all[generator.nextInteger(all.length)] ?? all[0]
const picture = (widthPx: number, heightPx: number): Raster => ({
  widthPx,
  heightPx,
  data: Uint8Array.from({ length: widthPx * heightPx * 3 }, () => generator.nextInteger(256)),
})

/** A chain of random shapes: widths that fill no block of channels, both kernels and strides, sums where they fit. */
function madeUpChain(): Architecture {
  const net = new NetworkTable()
  const plain = { padding: 'same', bias: false } as const
  const normal = { epsilon: 1e-3, untrainedScale: 0.7 }
  const activated = (name: string, input: string) =>
    net.relu6(`${name}6`, net.batchNorm(`${name}n`, input, normal))
  let channels = pick(8, 17, 32, 50)
  let x = activated('stem', net.convolution('stem', 'image', channels, [3, 3], { ...plain, stride: 2 }))
  for (let index = 0; index < 4; index++) {
    const input = x
    const middle = channels * pick(1, 3, 6)
    if (index > 0) x = activated(`a${index}`, net.convolution(`a${index}`, x, middle, [1, 1], plain))
    const [edge, stride] = [pick(3, 5), pick(1, 1, 2)]
    x = activated(`b${index}`, net.depthwiseConvolution(`b${index}`, x, [edge, edge], stride))
    const outputs = pick(channels, channels, 5, 24, 70)
    x = net.batchNorm(`c${index}n`, net.convolution(`c${index}`, x, outputs, [1, 1], plain), normal)
    if (index > 0 && stride === 1 && outputs === channels) x = net.add(`sum${index}`, [x, input])
    channels = outputs
  }
  x = activated('head', net.convolution('head', x, pick(16, 33, 100), [1, 1], plain))
  return net.finish({ name: 'chain', preprocessing: 'centred', taps: [x], minimumSizePx: 1 }, 'torch')
}

test('random chains and sizes give the sums written out, and the same bits on any threads and instructions', async () => {
  for (let round = 0; round < 12; round++) {
    const architecture = madeUpChain()
    const weights = untrainedWeights(architecture)
    // Small ones have maps of one cell; tall ones are divided by rows, wide ones by channels.
    const size = pick([1, 1], [2, 3], [9, 7], [33, 64], [31, 200], [200, 31], [16, 330])
    const image = picture(size[0] ?? 1, size[1] ?? 1)
    const expected = evaluateDirectly(architecture, weights, image)
    const largest = Math.max(...expected)
    expect(largest).toBeGreaterThan(0)
    const found: Float32Array[] = []
    for (const instructions of encoding.instructions()) {
      for (const threads of [1, 2, 3]) {
        const encoder = await fused({ threads, instructions }).open({
          ...{ name: 'efficientnetlite0', source: 'untrained', fingerprint: '', onnxPath: '' },
          architecture,
          readWeights: () => Promise.resolve(weights),
        })
        const [descriptor] = await encoder.encode([image])
        const [map] = await encoder.encodeMaps(image)
        if (descriptor === undefined || map === undefined) throw new Error('nothing was encoded')
        found.push(descriptor)
        const cells = map.rows * map.columns
        const averages = Float32Array.from({ length: map.channels }, (_, channel) => {
          const values = map.data.subarray(channel * cells, (channel + 1) * cells)
          return values.reduce((sum, value) => sum + value, 0) / cells
        })
        expect(averages).toEqual(descriptor)
        await expectSameWindows(encoder, image, round)
        await encoder.close()
      }
    }
    for (const one of found) expect(one).toEqual(found[0])
    const worst = Math.max(...expected.map((value, index) => Math.abs(value - (found[0]?.[index] ?? NaN))))
    expect(worst / largest, JSON.stringify({ size, round })).toBeLessThan(1e-5)
  }
})

/** Its first maps, of two blocks of channels, are made in strips of a picture of more than 4 megapixels. */
function stripedChain(): Architecture {
  const net = new NetworkTable()
  const plain = { padding: 'same', bias: false } as const
  const activated = (name: string, input: string) =>
    net.relu6(`${name}6`, net.batchNorm(`${name}n`, input, { epsilon: 1e-3, untrainedScale: 0.7 }))
  let x = activated('stem', net.convolution('stem', 'image', 8, [3, 3], { ...plain, stride: 2 }))
  const steps = [
    { edge: 3, stride: 1 },
    { edge: 3, stride: 2 },
    { edge: 3, stride: 1 },
    { edge: 5, stride: 2 },
    { edge: 5, stride: 2 },
  ]
  for (const [index, { edge, stride }] of steps.entries()) {
    const input = x
    if (index > 0) x = activated(`a${index}`, net.convolution(`a${index}`, x, 24, [1, 1], plain))
    x = activated(`b${index}`, net.depthwiseConvolution(`b${index}`, x, [edge, edge], stride))
    const projected = net.convolution(`c${index}`, x, 20, [1, 1], plain)
    x = net.batchNorm(`c${index}n`, projected, { epsilon: 1e-3, untrainedScale: 0.7 })
    if (index === 2) x = net.add('sum', [x, input])
  }
  x = activated('head', net.convolution('head', x, 33, [1, 1], plain))
  return net.finish({ name: 'chain', preprocessing: 'centred', taps: [x], minimumSizePx: 1 }, 'torch')
}

test.each([
  ['tall', 70],
  ['wide', 1500],
])('a %s picture that is made in strips has the bits of its parts', async (_shape, widthPx) => {
  const architecture = stripedChain()
  const weights = untrainedWeights(architecture)
  // An odd number of lines at each halving, where padding is before the first of them, too.
  const rest = 21
  const heightPx = Math.ceil((9 * 2 ** 20) / widthPx / 16) * 16 + rest
  const image = picture(widthPx, heightPx)
  const [instructions = ''] = encoding.instructions()
  for (const threads of [1, 3]) {
    const encoder = await fused({ threads, instructions }).open({
      ...{ name: 'efficientnetlite0', source: 'untrained', fingerprint: '', onnxPath: '' },
      architecture,
      readWeights: () => Promise.resolve(weights),
    })
    const [whole] = await encoder.encodeMaps(image)
    if (whole === undefined) throw new Error('nothing was encoded')
    const columns = whole.columns
    const cell = (map: FeatureMap, channel: number, row: number) =>
      map.data.subarray((channel * map.rows + row) * columns, (channel * map.rows + row + 1) * columns)
    // Around the borders of the strips, which are at a third and at two thirds, and at both ends.
    const partPx = 1024 + rest
    for (const share of [0, 1 / 3, 2 / 3, 1]) {
      const top = Math.round(((heightPx - partPx) * share) / 16) * 16
      const data = image.data.subarray(top * widthPx * 3, (top + partPx) * widthPx * 3)
      const [part] = await encoder.encodeMaps({ widthPx, heightPx: partPx, data })
      if (part === undefined) throw new Error('nothing was encoded')
      // What a cell depends on reaches less than 4 cells beyond it.
      const [first, end] = [share === 0 ? 0 : 4, part.rows - (share === 1 ? 0 : 4)]
      for (let channel = 0; channel < whole.channels; channel++)
        for (let row = first; row < end; row++)
          expect(cell(part, channel, row)).toEqual(cell(whole, channel, top / 16 + row))
    }
    await encoder.close()
  }
})

describe('a misuse is an error, and touches no memory', () => {
  const [instructions = ''] = encoding.instructions()
  const product = (inputs: number, outputs: number) => ({
    outputs,
    kernel: new Float32Array(inputs * outputs),
    bias: new Float32Array(outputs),
  })
  const first: NativeBottleneck = {
    inputs: 3,
    expand: product(27, 8),
    size: 3,
    stride: 1,
    depthwise: { kernel: new Float32Array(72), bias: new Float32Array(8) },
    project: product(8, 4),
    sum: false,
  }
  const second: NativeBottleneck = { ...first, inputs: 4, expand: product(4, 8), sum: true }
  const open = (bottlenecks: unknown, change: { head?: unknown; range?: unknown; wanted?: unknown } = {}) =>
    Promise.resolve().then(() => {
      const { head = product(4, 10), range = Float32Array.of(127, 1), wanted = instructions } = change
      return encoding.openBottlenecks?.(
        bottlenecks as NativeBottleneck[],
        head as NativeBottleneck['project'],
        range as Float32Array,
        1,
        wanted as string,
      )
    })

  test.each<[string, unknown]>([
    ['no bottlenecks', []],
    ['something else', 'a chain'],
    ['a list of something else', [1, null]],
    ['other colours', [{ ...first, inputs: 4 }]],
    ['one that does not fit the one above', [first, { ...second, inputs: 5 }]],
    ['no outputs', [{ ...first, project: product(8, 0) }]],
    ['outputs beyond reason', [{ ...first, project: { ...product(8, 4), outputs: 2 ** 40 } }]],
    ['a kernel of 4 x 4', [{ ...first, size: 4 }]],
    ['a kernel of 7 x 7', [{ ...first, size: 7 }]],
    ['no stride', [{ ...first, stride: 0 }]],
    ['a stride of 3', [{ ...first, stride: 3 }]],
    ['a sum with the picture', [{ ...first, sum: true }]],
    ['a sum of maps of two sizes', [first, { ...second, stride: 2 }]],
    ['a sum of other channels', [first, { ...second, project: product(8, 5) }]],
    ['too few weights of the depthwise convolution', [{ ...first, size: 5 }]],
    ['weights of another type', [{ ...first, expand: { ...first.expand, kernel: new Float64Array(216) } }]],
    ['too many biases', [{ ...first, expand: { ...first.expand, bias: new Float32Array(9) } }]],
    ['nothing for the expansion', [{ ...first, expand: undefined }]],
  ])('%s', async (_, bottlenecks) => {
    await expect(open(bottlenecks)).rejects.toThrow()
  })

  test('a head that does not fit, a range of one number, unknown instructions, and work after the end', async () => {
    const good = [first, second]
    await expect(open(good, { head: product(5, 10) })).rejects.toThrow('not as many values')
    await expect(open(good, { head: null })).rejects.toThrow()
    await expect(open(good, { range: Float32Array.of(1) })).rejects.toThrow('not as many values')
    await expect(open(good, { wanted: 'abacus' })).rejects.toThrow('no such instructions')
    const handle = await open(good)
    const encode = (
      pixels: Uint8Array,
      rows: number,
      columns: number,
      length = 10,
      maps: Float32Array[] = [],
    ) =>
      Promise.resolve().then(() =>
        encoding.encode(handle, pixels, rows, columns, new Float32Array(length), maps),
      )
    await encode(new Uint8Array(3), 1, 1, 10, [new Float32Array(10)])
    await expect(encode(new Uint8Array(0), 0, 0)).rejects.toThrow('too small a picture')
    await expect(encode(new Uint8Array(4), 1, 1)).rejects.toThrow('not pictures of this size')
    await expect(encode(new Uint8Array(3), 1, 1, 9)).rejects.toThrow('not as many values')
    await expect(encode(new Uint8Array(3), 1, 1, 10, [new Float32Array(9)])).rejects.toThrow('not as many')
    const whole = [0, 0, 0, 1, 0, 0, 0, 1, 1]
    const average = (numbers: unknown, averages: unknown = new Float32Array(10), bytes = 3) =>
      Promise.resolve().then(() => {
        const windows = [numbers as Float64Array]
        return encoding.encodeWindows?.(
          handle,
          new Uint8Array(bytes),
          1,
          1,
          averages as Float32Array,
          windows,
        )
      })
    await average(Float64Array.from(whole))
    await average(new Float64Array(), new Float32Array())
    await expect(average(Float64Array.from(whole), new Float32Array(11))).rejects.toThrow(
      'not as many values',
    )
    await expect(average(Float64Array.from(whole), new Float64Array(10))).rejects.toThrow(
      'not a Float32Array',
    )
    await expect(average(Float64Array.from(whole), new Float32Array(20))).rejects.toThrow('not nine numbers')
    await expect(average(Float32Array.from(whole))).rejects.toThrow('not a Float64Array')
    await expect(average(undefined)).rejects.toThrow('not a Float64Array')
    await expect(average(Float64Array.from(whole), null)).rejects.toThrow()
    await expect(average(Float64Array.from(whole), new Float32Array(10), 6)).rejects.toThrow(
      'not one picture',
    )
    for (const wrong of [1, -1, Infinity, NaN])
      for (const edge of [0, 2, 4, 6])
        await expect(average(Float64Array.from(whole).with(edge, wrong))).rejects.toThrow('outside the map')
    const none = () => encoding.encodeWindows?.(handle, new Uint8Array(3), 1, 1, new Float32Array(10), [])
    expect(none).toThrow('not windows for each tap')
    encoding.close(handle)
    await expect(encode(new Uint8Array(3), 1, 1)).rejects.toThrow('closed')
    await expect(average(Float64Array.from(whole))).rejects.toThrow('closed')
  })
})
