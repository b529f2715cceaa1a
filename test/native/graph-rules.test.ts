import { expect, test } from 'vitest'
import {
  inputsOf,
  samePadding,
  type Architecture,
  type Layer,
} from '../../electron/engine/encoders/architecture.ts'
import { evaluateDirectly } from '../../electron/engine/encoders/evaluate-directly.ts'
import { isOpened, type GraphShape } from '../../electron/engine/encoders/graph-rules.ts'
import { layerGraphOf } from '../../electron/engine/encoders/layer-graph.ts'
import { nativeEncoding } from '../../electron/engine/encoders/native-encoding.ts'
import { untrainedWeights } from '../../electron/engine/encoders/untrained-weights.ts'
import { winograd } from '../../electron/engine/encoders/winograd.ts'
import type { Raster } from '../../electron/engine/image/index.ts'
import { keyedGenerator } from '../../electron/engine/random/index.ts'

const encoding = nativeEncoding()
const [instructions = ''] = encoding.instructions()
const generator = keyedGenerator('rules of graphs')
const pick = <T>(...all: [T, ...T[]]): T => all[generator.nextInteger(all.length)] ?? all[0]
const isOneIn = (count: number): boolean => generator.nextInteger(count) === 0

const picturePx = { heightPx: 37, widthPx: 41 }
const picture: Raster = {
  ...picturePx,
  data: Uint8Array.from({ length: picturePx.heightPx * picturePx.widthPx * 3 }, () =>
    generator.nextInteger(256),
  ),
}

/** Rows, columns and channels of each result for the picture. */
type Shape = readonly [rows: number, columns: number, channels: number]

/** A table of layers at random that is right for the picture; most have something that the native part does not compute. */
class WildTable {
  readonly #layers: Layer[] = []
  readonly #shapes = new Map<string, Shape>([['image', [picturePx.heightPx, picturePx.widthPx, 3]]])
  /** One in so many choices is one that the native part may refuse. */
  readonly #oddity = pick(6, 20, 60)

  get results(): readonly string[] {
    return this.#layers.map(({ name }) => name)
  }

  #isOdd(): boolean {
    return isOneIn(this.#oddity)
  }

  /** The last result, seldom another one. */
  #any(): string {
    return pick(
      this.results.at(-1) ?? 'image',
      this.results.at(-1) ?? 'image',
      pick('image', ...this.results),
    )
  }

  #push(layer: Layer, shape: Shape): string | null {
    if (Math.min(...shape) < 1) return null
    this.#layers.push(layer)
    this.#shapes.set(layer.name, shape)
    return layer.name
  }

  #shapeOf = (name: string): Shape => this.#shapes.get(name) ?? [0, 0, 0]

  #after(
    [rows, columns]: Shape,
    kernel: readonly [number, number],
    stride: number,
    padding: 'same' | 'valid',
    channels: number,
  ): Shape {
    const along = (cells: number, edge: number): number => {
      const { before, after } =
        padding === 'same' ? samePadding(cells, edge, stride) : { before: 0, after: 0 }
      return Math.floor((cells + before + after - edge) / stride) + 1
    }
    return [along(rows, kernel[0]), along(columns, kernel[1]), channels]
  }

  convolution(input: string, outputs?: number, keepsSize = isOneIn(2)): string | null {
    const isFirst = this.#layers.every(({ op }) => op === 'zero-padding')
    const edges = [pick(1, 3, 3, 5, 7), pick(1, 3, 3, 5, 7)] as const
    const kernel = this.#isOdd() ? ([pick(2, 4, 9), edges[1]] as const) : edges
    const stride = isFirst !== this.#isOdd() ? 2 : keepsSize || isOneIn(2) ? 1 : pick(2, 3)
    const padding = (stride === 1 || this.#isOdd()) && (keepsSize || isOneIn(2)) ? 'same' : 'valid'
    const outputChannels = outputs ?? (this.#isOdd() ? pick(8, 24) : pick(16, 32, 48))
    const [, , inputChannels] = this.#shapeOf(input)
    return this.#push(
      {
        ...{ op: 'convolution', name: `c${this.#layers.length}`, input, kernel, stride, padding },
        ...{ bias: isOneIn(2), groups: 1, inputChannels, outputChannels },
      },
      this.#after(this.#shapeOf(input), kernel, stride, padding, outputChannels),
    )
  }

  after(op: 'batch-norm' | 'relu', input: string): string | null {
    const [, , channels] = this.#shapeOf(input)
    const about = { name: `${op}${this.#layers.length}`, input }
    const norm = { epsilon: 1e-3, scale: true, untrainedScale: 1, channels }
    return this.#push(op === 'relu' ? { op, ...about } : { op, ...about, ...norm }, this.#shapeOf(input))
  }

  pool(input: string): string | null {
    const op = pick('max-pool', 'average-pool')
    const size = this.#isOdd() ? pick(2, 9) : pick(3, 2, 5)
    const padding = op === 'average-pool' || this.#isOdd() ? 'same' : 'valid'
    // The table has `same` pooling with stride 1 alone.
    const stride = padding === 'same' ? 1 : this.#isOdd() ? 3 : pick(1, 2)
    return this.#push(
      { op, name: `p${this.#layers.length}`, input, size, stride, padding },
      this.#after(this.#shapeOf(input), [size, size], stride, padding, this.#shapeOf(input)[2]),
    )
  }

  padding(input: string): string | null {
    const paddingPx = pick(1, 1, 3)
    const [rows, columns, channels] = this.#shapeOf(input)
    return this.#push({ op: 'zero-padding', name: `z${this.#layers.length}`, input, paddingPx }, [
      rows + 2 * paddingPx,
      columns + 2 * paddingPx,
      channels,
    ])
  }

  /** Of two results that fit, if there are any. */
  join(op: 'add' | 'concatenate', one: string): string | null {
    const [rows, columns, channels] = this.#shapeOf(one)
    const fitting = this.results.filter((name) => {
      const shape = this.#shapeOf(name)
      const fits =
        shape[0] === rows && shape[1] === columns && (op === 'concatenate' || shape[2] === channels)
      return fits && (name !== one || this.#isOdd())
    })
    const [first, ...more] = fitting
    if (first === undefined) return null
    const inputs = pick([one, pick(first, ...more)], [pick(first, ...more), one])
    const all = op === 'add' ? channels : inputs.reduce((sum, name) => sum + this.#shapeOf(name)[2], 0)
    return this.#push({ op, name: `${op}${this.#layers.length}`, inputs }, [rows, columns, all])
  }

  /** One or a few layers after some result. */
  grow(): void {
    const input = this.#layers.length === 0 ? 'image' : this.#any()
    const kind = generator.nextInteger(this.#layers.length === 0 ? 2 : 9)
    if (kind === 1) {
      const padded = this.padding(input) ?? input
      if (isOneIn(2)) this.convolution(padded)
      else this.pool(padded)
    } else if (kind === 2) this.pool(input)
    else if (kind === 3) this.join('concatenate', input)
    else if (kind >= 6) {
      // A residual; seldom with other layers in between.
      const made = this.convolution(input, this.#shapeOf(input)[2], true)
      if (made === null) return
      if (isOneIn(3)) this.pool(this.#any())
      if (isOneIn(3)) this.convolution(input)
      const normal = (isOneIn(2) ? this.after('batch-norm', made) : made) ?? made
      const sum = this.join('add', normal) ?? normal
      if (isOneIn(2)) this.after('relu', sum)
    } else {
      const made = this.convolution(input)
      if (made === null) return
      const normal = (isOneIn(2) ? this.after('batch-norm', made) : made) ?? made
      if (!this.#isOdd()) this.after('relu', normal)
    }
  }

  finish(): Architecture {
    const last = this.results.at(-1) ?? 'image'
    // As in a file of weights, only what the last layer needs.
    const needed = new Set([last])
    for (const layer of this.#layers.toReversed())
      if (needed.has(layer.name)) inputsOf(layer).forEach((name) => needed.add(name))
    const layers = this.#layers.filter(({ name }) => needed.has(name))
    const tap = (): string => (this.#isOdd() ? pick(last, ...layers.map(({ name }) => name)) : last)
    const taps = this.#isOdd() ? [] : isOneIn(3) ? [tap(), tap()] : [tap()]
    const tapChannels = taps.map((name) => this.#shapeOf(name)[2])
    return {
      ...{ name: 'wild', preprocessing: pick('caffe', 'symmetric'), weightFormat: 'keras' },
      ...{ layers, taps, tapChannels, minimumSizePx: 1 },
      descriptorLength: tapChannels.reduce((sum, channels) => sum + channels, 0),
    }
  }
}

function wildArchitecture(): Architecture {
  const table = new WildTable()
  const count = 1 + generator.nextInteger(7)
  for (let index = 0; index < count; index++) table.grow()
  return table.finish()
}

const opsOf = ({ layers, taps }: Architecture): string =>
  JSON.stringify({ taps, layers: layers.map((layer) => [layer.name, ...inputsOf(layer)]) })

test('whatever network it says it can run, it opens, and encodes as the table says', async () => {
  const backend = winograd()
  let accepted = 0
  const rounds = 250
  for (let round = 0; round < rounds; round++) {
    const architecture = wildArchitecture()
    if (backend.canRun?.(architecture) !== true) continue
    accepted++
    const weights = untrainedWeights(architecture)
    const encoder = await backend.open({
      ...{ name: 'resnet50', source: 'untrained', fingerprint: '', onnxPath: '' },
      architecture,
      readWeights: () => Promise.resolve(weights),
    })
    const [found] = await encoder.encode([picture])
    await encoder.close()
    const expected = evaluateDirectly(architecture, weights, picture)
    const largest = Math.max(...expected.map(Math.abs), 1e-6)
    const worst = Math.max(...expected.map((value, index) => Math.abs(value - (found?.[index] ?? NaN))))
    expect(worst / largest, opsOf(architecture)).toBeLessThan(1e-4)
  }
  // Neither nothing nor everything.
  expect(accepted).toBeGreaterThan(rounds / 10)
  expect(accepted).toBeLessThan((9 * rounds) / 10)
})

test('the rules accept and refuse what the native part does', async () => {
  const open = (layers: readonly GraphShape[], channels: readonly number[], taps: readonly number[]) =>
    Promise.resolve().then(() =>
      encoding.openGraph?.(
        layers.map((layer) => {
          if (layer.average !== undefined) return layer
          const { inputs, outputs, rows, columns } = layer
          const kernel = new Float32Array(outputs * inputs * rows * columns)
          return { ...layer, kernel, bias: new Float32Array(outputs) }
        }),
        ...([channels, taps, new Float32Array(768), false, 1, instructions] as const),
      ),
    )
  const count = () => pick(0, 1, 2, 3, 5, 7, 8, 9, 16, 32, 48, 64)
  const change = (layer: GraphShape, maps: number): GraphShape => {
    const part = { map: generator.nextInteger(maps), channel: pick(0, 0, 16, 32, 8) }
    const { sum: _sum, ...without } = layer
    return pick<GraphShape>(
      { ...layer, inputs: count() },
      { ...layer, outputs: count() },
      { ...layer, rows: count() },
      { ...layer, columns: count() },
      { ...layer, rows: 4, columns: 4, marginRows: 2, marginColumns: 2 },
      { ...layer, stride: count() },
      { ...layer, marginRows: count() },
      { ...layer, marginColumns: count() },
      { ...layer, from: part },
      { ...layer, to: part },
      { ...layer, sum: part },
      without,
    )
  }
  const verdicts = { opened: 0, refused: 0 }
  while (verdicts.opened + verdicts.refused < 400) {
    const graph = layerGraphOf(wildArchitecture())
    if (graph === null) continue
    let [layers, channels, taps] = [[...graph.shapes], [...graph.mapChannels], [...graph.taps]]
    for (let changes = generator.nextInteger(3); changes > 0; changes--) {
      const at = generator.nextInteger(layers.length)
      const kind = generator.nextInteger(8)
      if (kind === 0) channels = channels.with(generator.nextInteger(channels.length), count())
      else if (kind === 1) taps = pick([], [0], [generator.nextInteger(channels.length)])
      else if (kind === 2) layers = layers.toSpliced(at, 1)
      else if (kind === 3) {
        const again = generator.nextInteger(layers.length)
        layers = layers.toSpliced(at, 0, ...layers.slice(again, again + 1))
      } else layers = layers.map((layer, index) => (index === at ? change(layer, channels.length) : layer))
      if (layers.length === 0) break
    }
    const handle: unknown = await open(layers, channels, taps).catch(() => null)
    if (handle !== null) encoding.close(handle)
    const isOpen = handle !== null
    verdicts[isOpen ? 'opened' : 'refused']++
    expect(isOpened(layers, channels, taps), JSON.stringify({ layers, channels, taps })).toBe(isOpen)
  }
  expect(verdicts.opened).toBeGreaterThan(100)
  expect(verdicts.refused).toBeGreaterThan(100)
})
