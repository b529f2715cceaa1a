import { describe, expect, test } from 'vitest'
import { NetworkTable, type Architecture } from '../../electron/engine/encoders/architecture.ts'
import { evaluateDirectly } from '../../electron/engine/encoders/evaluate-directly.ts'
import { nativeEncoding, type NativeGraphLayer } from '../../electron/engine/encoders/native-encoding.ts'
import { untrainedWeights } from '../../electron/engine/encoders/untrained-weights.ts'
import { winograd } from '../../electron/engine/encoders/winograd.ts'
import type { Raster } from '../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'
import { expectSameWindows } from '../support/same-windows.ts'

const encoding = nativeEncoding()
const generator = keyedGenerator('layer graph')
const pick = <T>(...all: [T, ...T[]]): T => all[generator.nextInteger(all.length)] ?? all[0]
const picture = (widthPx: number, heightPx: number): Raster => ({
  widthPx,
  heightPx,
  data: Uint8Array.from({ length: widthPx * heightPx * 3 }, () => generator.nextInteger(256)),
})

const widths = [16, 32, 48, 64, 96] as const
type Kernel = readonly [rows: number, columns: number]
const kernels: readonly [Kernel, ...Kernel[]] = [
  [1, 1],
  [3, 3],
  [5, 5],
  [1, 3],
  [3, 1],
  [1, 7],
  [7, 1],
  [3, 5],
]

/** A graph of random shapes: every kernel with tiles and others, both strides, sums, poolings, concatenations in others. */
function madeUpGraph(): Architecture {
  const net = new NetworkTable()
  let count = 0
  const named = (kind: string) => `${kind}${++count}`
  const normal = (input: string) =>
    net.batchNorm(named('n'), input, { epsilon: 1e-3, scale: pick(true, false) })
  const unit = (input: string, channels: number, kernel: Kernel, padding: 'same' | 'valid') =>
    net.relu(
      named('r'),
      normal(net.convolution(named('c'), input, channels, kernel, { padding, bias: pick(true, false) })),
    )

  let channels = pick(...widths)
  const [edge, margin] = pick([7, 3], [3, 0], [3, 1])
  let x = margin === 0 ? 'image' : net.zeroPadding(named('z'), 'image', margin)
  x = net.relu(named('r'), normal(net.convolution(named('c'), x, channels, [edge, edge], { stride: 2 })))
  if (pick(true, false)) x = net.maxPool(named('m'), net.zeroPadding(named('z'), x, 1), 3, 2)
  // Once, so that maps of 31 cells have some left.
  const halvedAt = generator.nextInteger(5)
  for (let index = 0; index < 4; index++) {
    const kind = index === halvedAt ? 'halved' : pick('unit', 'residual', 'branches')
    if (kind === 'unit') {
      channels = pick(...widths)
      x = unit(x, channels, pick(...kernels), 'same')
    } else if (kind === 'residual') {
      const middle = unit(x, 16, pick<Kernel>([3, 3], [1, 1]), 'same')
      // The sum comes before the ReLU of the second, which has tiles where nothing is added.
      const second = pick<Kernel>([1, 1], [3, 3])
      const added = normal(net.convolution(named('c'), middle, channels, second, { padding: 'same' }))
      x = net.relu(named('r'), net.add(named('s'), pick([x, added], [added, x])))
    } else if (kind === 'branches') {
      const [a, b] = [pick(16, 48), 16]
      const inner = net.concatenate(named('j'), [
        unit(x, a, pick(...kernels), 'same'),
        unit(x, b, [1, 1], 'same'),
      ])
      const smooth = unit(net.averagePool(named('p'), x, 3), 32, pick(...kernels), 'same')
      x = net.concatenate(named('j'), [smooth, inner])
      channels = 32 + a + b
    } else {
      const halved = net.relu(named('r'), normal(net.convolution(named('c'), x, 32, [3, 3], { stride: 2 })))
      x = net.concatenate(named('j'), [halved, net.maxPool(named('m'), x, 3, 2)])
      channels += 32
    }
  }
  // A tap in the middle, whose ReLU and reader are separate, and one at the end.
  const early = x
  x = unit(x, pick(...widths), [3, 3], pick('same', 'valid'))
  const preprocessing = pick('caffe', 'symmetric', 'centred')
  return net.finish({ name: 'graph', preprocessing, taps: [early, x], minimumSizePx: 1 })
}

test('random graphs and sizes give the sums written out, and the same bits on any threads and instructions', async () => {
  for (let round = 0; round < 16; round++) {
    const architecture = madeUpGraph()
    const weights = untrainedWeights(architecture)
    const size = pick([43, 37], [64, 40], [31, 90], [110, 33])
    const [image, other] = [picture(size[0] ?? 1, size[1] ?? 1), picture(size[0] ?? 1, size[1] ?? 1)]
    const expected = evaluateDirectly(architecture, weights, image)
    const found: Float32Array[] = []
    for (const instructions of encoding.instructions()) {
      for (const threads of [1, 2, 5]) {
        const encoder = await winograd({ threads, instructions }).open({
          ...{ name: 'resnet50', source: 'untrained', fingerprint: '', onnxPath: '' },
          architecture,
          readWeights: () => Promise.resolve(weights),
        })
        const [descriptor] = await encoder.encode([image])
        const maps = await encoder.encodeMaps(image)
        // Several together, another among them, and the last by itself.
        const together = await encoder.encode([image, image, other, image, image])
        found.push(...together.filter((_one, index) => index !== 2))
        expect(together[2]).toEqual((await encoder.encode([other]))[0])
        if (descriptor === undefined) throw new Error('nothing was encoded')
        found.push(descriptor)
        const averages = maps.flatMap(({ channels, rows, columns, data }) =>
          Array.from({ length: channels }, (_, channel) => {
            const cells = rows * columns
            const values = data.subarray(channel * cells, (channel + 1) * cells)
            return Math.fround(values.reduce((sum, value) => sum + value, 0) / cells)
          }),
        )
        expect(Float32Array.from(averages)).toEqual(descriptor)
        await expectSameWindows(encoder, image, round)
        await encoder.close()
      }
    }
    for (const one of found) expect(one).toEqual(found[0])
    const largest = Math.max(...expected)
    const worst = Math.max(...expected.map((value, index) => Math.abs(value - (found[0]?.[index] ?? NaN))))
    expect(worst / largest, JSON.stringify({ size, round })).toBeLessThan(2e-5)
  }
})

describe('a misuse is an error, and touches no memory', () => {
  const [instructions = ''] = encoding.instructions()
  const convolution = (from: number, to: number, inputs: number, outputs: number, edge = 1) => ({
    from: { map: from, channel: 0 },
    to: { map: to, channel: 0 },
    ...{ inputs, outputs, rows: edge, columns: edge, stride: 1, marginRows: 0, marginColumns: 0, relu: true },
    kernel: new Float32Array(outputs * inputs * edge * edge),
    bias: new Float32Array(outputs),
  })
  const first: NativeGraphLayer = { ...convolution(0, 1, 3, 16, 3), stride: 2 }
  const second: NativeGraphLayer = convolution(1, 2, 16, 32, 3)
  const { kernel: _kernel, bias: _bias, ...pool } = convolution(1, 2, 16, 16, 3)
  const open = (
    layers: unknown,
    change: { channels?: unknown; taps?: unknown; values?: unknown; wanted?: unknown } = {},
  ) =>
    Promise.resolve().then(() => {
      const {
        channels = [3, 16, 32],
        taps = [2],
        values = new Float32Array(768),
        wanted = instructions,
      } = change
      return encoding.openGraph?.(
        layers as NativeGraphLayer[],
        channels as number[],
        taps as number[],
        values as Float32Array,
        false,
        1,
        wanted as string,
      )
    })

  test.each<[string, unknown]>([
    ['no layers', []],
    ['something else', 'a graph'],
    ['a list of something else', [1, null]],
    ['other colours', [{ ...first, inputs: 4 }, second]],
    ['a first layer without a stride', [{ ...first, stride: 1 }, second]],
    [
      'a first layer that pools',
      [{ ...pool, from: first.from, to: first.to, inputs: 3, outputs: 3 }, second],
    ],
    ['two that read the picture', [first, { ...second, from: first.from }]],
    ['one that reads what is not there yet', [first, { ...second, from: { map: 2, channel: 0 } }]],
    ['one that reads beyond a map', [first, { ...second, from: { map: 1, channel: 16 } }]],
    ['one that reads between blocks', [first, { ...second, from: { map: 1, channel: 8 } }]],
    ['one that writes beyond a map', [first, { ...second, to: { map: 2, channel: 16 } }]],
    ['one that writes the picture', [first, { ...second, to: { map: 0, channel: 0 } }]],
    ['one that writes what it reads', [first, { ...second, outputs: 16, to: { map: 1, channel: 0 } }]],
    ['two that write the same channels', [first, second, second]],
    ['a map that does not exist', [first, { ...second, to: { map: 3, channel: 0 } }]],
    ['half a block of outputs', [first, { ...second, outputs: 8 }]],
    ['outputs beyond reason', [first, { ...second, outputs: 2 ** 40 }]],
    ['a kernel of 9 x 9', [first, { ...second, rows: 9, columns: 9 }]],
    ['no kernel', [first, { ...second, rows: 0 }]],
    ['no stride', [first, { ...second, stride: 0 }]],
    ['a stride of 3', [first, { ...second, stride: 3 }]],
    ['a margin as large as the kernel', [first, { ...second, marginRows: 3 }]],
    ['a sum with nothing', [first, { ...second, sum: { map: 2, channel: 0 } }]],
    ['a sum of other channels', [first, { ...second, sum: { map: 1, channel: 0 } }]],
    ['too few weights', [first, { ...second, kernel: new Float32Array(16) }]],
    ['weights of another type', [first, { ...second, kernel: new Float64Array(4608) }]],
    ['too many biases', [first, { ...second, bias: new Float32Array(33) }]],
    ['windows that change their channels', [first, { ...pool, outputs: 32 }]],
    ['windows that are no squares', [first, { ...pool, rows: 1 }]],
  ])('%s', async (_, layers) => {
    await expect(open(layers)).rejects.toThrow()
  })

  test('maps, taps, pixels and instructions that do not fit, and layers that meet in one map with two sizes', async () => {
    const good = [first, second]
    await expect(open(good, { channels: [3, 16, 40] })).rejects.toThrow('blocks of 16')
    await expect(open(good, { channels: [4, 16, 32] })).rejects.toThrow('blocks of 16')
    await expect(open(good, { channels: [3] })).rejects.toThrow('not such a number of maps')
    await expect(open(good, { taps: [] })).rejects.toThrow('no taps')
    await expect(open(good, { taps: [0] })).rejects.toThrow('no tap')
    await expect(open(good, { taps: [3] })).rejects.toThrow('not such a number')
    await expect(open(good, { values: new Float32Array(256) })).rejects.toThrow('not as many values')
    await expect(open(good, { wanted: 'abacus' })).rejects.toThrow('no such instructions')
    // One half is 1 x 1, which keeps the size, and the other 3 x 3, which does not.
    const halves = [
      first,
      convolution(1, 2, 16, 16, 1),
      { ...convolution(1, 2, 16, 16, 3), to: { map: 2, channel: 16 } },
    ]
    // A branch without a tap whose map would have no cells.
    const empty = [...good, convolution(1, 3, 16, 16, 7)]
    for (const [layers, encodes, channels] of [
      [good, true, [3, 16, 32]],
      [halves, false, [3, 16, 32]],
      [empty, false, [3, 16, 32, 16]],
    ] as const) {
      const handle = await open(layers, { channels })
      const work = Promise.resolve().then(() =>
        encoding.encode(handle, new Uint8Array(300), 10, 10, new Float32Array(32), []),
      )
      if (encodes) await work
      else await expect(work).rejects.toThrow('too small a picture')
      const two = (descriptors: number, maps: Float32Array[]) =>
        Promise.resolve().then(() =>
          encoding.encode(handle, new Uint8Array(600), 10, 10, new Float32Array(descriptors), maps),
        )
      if (!encodes) continue
      await two(64, [])
      await expect(two(32, [])).rejects.toThrow('not as many values')
      await expect(two(64, [new Float32Array(32 * 25)])).rejects.toThrow('not a map for each tap')
      encoding.close(handle)
    }
  })

  test('a list that grows while it is read counts as long as it was', async () => {
    const growing: unknown[] = [first]
    growing.push({
      ...second,
      get relu() {
        for (let index = 0; index < 200; index++) growing.push(second)
        return true
      },
    })
    const handle = await open(growing)
    encoding.close(handle)
  })
})
