/**
 * A whole field on the processor: EfficientNet-Lite0 in the addon against ONNX Runtime, alternating in one run; and from file
 * to descriptors, all augmentations of `starter` against `standard` in mode dense:
 * `npm run bench -- field --image FILE [--repeats 5] [--augmentations 1] [--only network|recipes]`.
 *
 * Processor time is given too, since other work on the machine changes it less. `--augmentations` of `standard` are described,
 * and their time is scaled to all; its encoders are untrained, which takes the same time.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { recipes, type Recipe } from '../../electron/contract/index.ts'
import { ImageDescriber } from '../../electron/engine/descriptors/describe-image.ts'
import { imageInput, inputsOf, type Architecture } from '../../electron/engine/encoders/architecture.ts'
import { fused } from '../../electron/engine/encoders/fused.ts'
import {
  architectures,
  EncoderStore,
  onnxCpu,
  OpenEncoders,
  processorBackends,
  type OpenEncoder,
} from '../../electron/engine/encoders/index.ts'
import { decodeRaster, resampleBicubic, type Raster } from '../../electron/engine/image/index.ts'
import { machineLine, quantile } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    image: { type: 'string' },
    repeats: { type: 'string', default: '5' },
    augmentations: { type: 'string', default: '1' },
    only: { type: 'string' },
  },
})
const { image: path, only } = values
if (path === undefined) throw new Error('--image names the field')
const [repeats, augmentations] = [Number(values.repeats), Number(values.augmentations)]
const name = 'efficientnetlite0'

interface Seconds {
  processor: number
  wall: number
}

async function secondsOf(work: () => Promise<unknown>): Promise<Seconds> {
  const [before, startedAt] = [process.cpuUsage(), performance.now()]
  await work()
  const { user, system } = process.cpuUsage(before)
  return { processor: (user + system) / 1e6, wall: (performance.now() - startedAt) / 1000 }
}

const line = (all: readonly Seconds[]): string => {
  const of = (which: keyof Seconds, q: number) =>
    quantile(
      all.map((one) => one[which]),
      q,
    ).toFixed(3)
  return `processor ${of('processor', 0)} at best, ${of('processor', 0.5)} median; wall ${of('wall', 0)}, ${of('wall', 0.5)}`
}

/** Thousand millions of operations, a product and a sum each counted. All padding of these networks is SAME. */
function operationsOf({ layers }: Architecture, { widthPx, heightPx }: Raster): number {
  const sizes = new Map<string, readonly [number, number]>([[imageInput, [heightPx, widthPx]]])
  let products = 0
  for (const layer of layers) {
    let [rows, columns] = sizes.get(inputsOf(layer)[0] ?? '') ?? [0, 0]
    if (layer.op === 'convolution') {
      rows = Math.ceil(rows / layer.stride)
      columns = Math.ceil(columns / layer.stride)
      const { kernel, inputChannels, outputChannels } = layer
      products += rows * columns * outputChannels * inputChannels * kernel[0] * kernel[1]
    }
    sizes.set(layer.name, [rows, columns])
  }
  return (2 * products) / 1e9
}

async function timeNetwork(home: string, field: Raster): Promise<void> {
  const store = new EncoderStore(home)
  await store.find(name)
  const [ours, theirs] = [await store.open(name, fused()), await store.open(name, onnxCpu())]
  for (const [title, raster] of [
    ['full scale', field],
    ['half scale', resampleBicubic(field, 0.5)],
  ] as const) {
    const operations = operationsOf(architectures[name], raster)
    const found = { fused: [] as Seconds[], cpu: [] as Seconds[] }
    for (let repeat = 0; repeat <= repeats; repeat++) {
      for (const [kind, encoder] of [
        ['fused', ours],
        ['cpu', theirs],
      ] as const) {
        const seconds = await secondsOf(() => encoder.encodeMaps(raster))
        // The first pass at a new size allocates memory.
        if (repeat > 0) found[kind].push(seconds)
      }
    }
    console.log(`${title}, ${raster.widthPx} x ${raster.heightPx}, ${operations.toFixed(1)} GFLOP`)
    for (const kind of ['fused', 'cpu'] as const) {
      const best = quantile(
        found[kind].map(({ processor }) => processor),
        0,
      )
      console.log(`  ${kind.padEnd(5)} ${line(found[kind])}; ${(operations / best).toFixed(0)} GFLOP/s`)
    }
  }
  await ours.close()
  await theirs.close()
}

/** From the file to the descriptors of the first `count` augmentations: opening, and each. */
async function timeRecipe(encoders: OpenEncoders, recipe: Recipe, file: string, count: number) {
  const image = { path: file, page: 1, sha256: '5'.repeat(64), pixelSizeUm: null }
  const open: OpenEncoder[] = []
  for (const encoder of recipe.encoders) open.push(await encoders.get(encoder))
  const made: ImageDescriber[] = []
  const opening = await secondsOf(async () =>
    made.push(await ImageDescriber.open({ image, recipe, encoders: open })),
  )
  const each: Seconds[] = []
  for (let augmentation = 0; augmentation < count; augmentation++)
    each.push(await secondsOf(async () => made[0]?.describe(augmentation)))
  const total = (which: keyof Seconds): number =>
    opening[which] + (each.reduce((sum, one) => sum + one[which], 0) / count) * recipe.augmentation.count
  return { processor: total('processor'), wall: total('wall') }
}

async function timeRecipes(home: string, file: string): Promise<void> {
  const standard: Recipe = { ...recipes.standard, mode: 'dense' }
  const starter = recipes['starter'] as Recipe
  await new EncoderStore(home).installUntrained(['resnet50', 'inceptionv3', 'vgg16'])
  const encoders = new OpenEncoders(home, processorBackends)
  await timeRecipe(encoders, starter, file, 1)
  await timeRecipe(encoders, standard, file, 1)
  const found = { starter: [] as Seconds[], standard: [] as Seconds[] }
  for (let repeat = 0; repeat < repeats; repeat++) {
    found.starter.push(await timeRecipe(encoders, starter, file, starter.augmentation.count))
    found.standard.push(await timeRecipe(encoders, standard, file, augmentations))
  }
  await encoders.close()
  console.log(`starter, all augmentations:       ${line(found.starter)}`)
  console.log(`standard, dense, scaled to all:   ${line(found.standard)}`)
  for (const which of ['processor', 'wall'] as const) {
    const median = (all: readonly Seconds[]) =>
      quantile(
        all.map((one) => one[which]),
        0.5,
      )
    console.log(`${which}: one to ${(median(found.standard) / median(found.starter)).toFixed(1)}`)
  }
}

const home = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
console.log(machineLine())
try {
  if (only !== 'recipes') await timeNetwork(home, await decodeRaster(path))
  if (only !== 'network') await timeRecipes(home, path)
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(machineLine())
