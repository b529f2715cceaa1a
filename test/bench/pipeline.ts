/**
 * From file to verdict for one new image, on the processor, side by side in one run with the published protocol
 * written plainly in Python (test/references/pipeline/time_classify.py): same image, same untrained weights, same
 * boosters, same draws. Then loading a model of 300 boosters of full size, and predicting an encoded image with it:
 *
 *     npm run bench -- pipeline [--augmentations 2] [--fields 6] [--image FILE] [--set folds=2 crops=2 ...]
 *
 * `--augmentations`: so many of the recipe's 50 are timed in mode crops, on both sides, and scaled linearly.
 * `--fields`: synthetic fields a class that the boosters are trained on. Without an image: a region of a real slide
 * where ../shared is there, and a synthetic field. `--set`: changes of the recipe `standard` as in `lobule train`,
 * for trying the benchmark out.
 */
import { sha256OfFile } from '../../electron/base/sha256.ts'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import {
  changeRecipe,
  isBuiltIn,
  parseRecipeChanges,
  recipes,
  type Recipe,
} from '../../electron/contract/index.ts'
import { constituentsOf, readNpy } from '../../electron/engine/descriptors/index.ts'
import { descriptorLength } from '../../electron/engine/recipe/descriptor-length.ts'
import { descriptorPlaces, beginningFile } from '../../electron/engine/descriptors/ensure-descriptors.ts'
import {
  cosine,
  EncoderStore,
  OpenEncoders,
  probeImage,
  processorBackends,
} from '../../electron/engine/encoders/index.ts'
import { inspectImage, readRegion, writePng } from '../../electron/engine/image/index.ts'
import { argmax } from '../../electron/engine/evaluation/accuracy.ts'
import { makeSyntheticField, syntheticClasses } from '../../electron/engine/synthetic/index.ts'
import { BoosterCache, type StoredBooster } from '../../electron/engine/prediction/predict-ensemble.ts'
import {
  predictStepwise,
  type StepwisePrediction,
} from '../../electron/engine/prediction/predict-stepwise.ts'
import { sharedPath } from '../shared-data.ts'
import { machineLine } from './support/figures.ts'
import { makeFullSizeModel, trainModel } from './support/pipeline-model.ts'
import { publishedProtocol, type Picture } from './support/published-protocol.ts'

const { values } = parseArgs({
  options: {
    augmentations: { type: 'string', default: '2' },
    fields: { type: 'string', default: '6' },
    image: { type: 'string' },
    set: { type: 'string', multiple: true, default: [] },
  },
})
const timed = Number(values.augmentations)
const fields = Number(values.fields)
if (!Number.isSafeInteger(timed) || timed < 2 || timed > 50) throw new Error('--augmentations takes 2 to 50')
if (!Number.isSafeInteger(fields) || fields < 3) throw new Error('--fields takes a number from 3')

const crops = changeRecipe(recipes['standard'], parseRecipeChanges(values.set))
const dense: Recipe = { ...crops, mode: 'dense' }
const possible = crops.augmentation.count
/** The reference's; an unknown pixel size is taken as it. */
const scale = 0.5
/** For the boosters' training set. */
const trainingAugmentations = 4
const trainingEdgePx = 1300

const isPositive = syntheticClasses.map((name) => name === 'InSitu' || name === 'Invasive')
const root = mkdtempSync(join(tmpdir(), 'lobule-bench-pipeline-'))
const at = (name: string): string => join(root, name)
const cache = new BoosterCache()

const seconds = (value: number): string => `${value.toFixed(value < 10 ? 2 : 1)} s`
const list = (numbers: readonly number[]): string => numbers.map((p) => p.toFixed(4)).join(' ')

async function picture(title: string, path: string): Promise<Picture> {
  const { widthPx, heightPx } = await inspectImage(path)
  if (Math.min(widthPx, heightPx) * scale < 650) throw new Error('the image is smaller than a crop of 650')
  return { title, path, sha256: await sha256OfFile(path), widthPx, heightPx }
}

/** The first one is timed on both sides. */
async function pictures(): Promise<Picture[]> {
  if (values.image !== undefined) return [await picture('the given image', resolve(values.image))]
  const found: Picture[] = []
  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  if (slide !== null) {
    const region = { level: 0, left: 86, top: 700, widthPx: 2048, heightPx: 1536 }
    await writePng(await readRegion(slide, region), at('real.png'))
    found.push(await picture('a region of a real slide', at('real.png')))
  }
  await writePng(makeSyntheticField({ className: 'Invasive', seed: 2, index: 0 }), at('synthetic.png'))
  return [...found, await picture('a synthetic field, drawn as Invasive', at('synthetic.png'))]
}

/** A prediction as the application makes it, from the file, and when each augmentation was done. */
async function classify(
  { path, sha256 }: Picture,
  options: { recipe: Recipe; effort: 'adaptive' | number; store: string },
  { encoders, boosters }: { encoders: OpenEncoders; boosters: StoredBooster[] },
): Promise<{ said: StepwisePrediction; wholeSeconds: number; eachSeconds: number[] }> {
  const startedAt = performance.now()
  const doneAt: number[] = []
  const { recipe, effort, store } = options
  const said = await predictStepwise({
    description: {
      image: { path, page: 1, sha256, pixelSizeUm: null },
      recipe,
      encoders,
      directory: at(store),
      needFlags: true,
      onProgress: (done) => {
        if (Number.isInteger(done) && done > doneAt.length) doneAt.push(performance.now())
      },
    },
    heldOutFold: null,
    boosters,
    cache,
    isPositive,
    threshold: 0.5,
    effort,
  })
  const wholeSeconds = (performance.now() - startedAt) / 1000
  return {
    said,
    wholeSeconds,
    eachSeconds: doneAt.map((now, i) => (now - (doneAt[i - 1] ?? startedAt)) / 1000),
  }
}

/** The smallest cosine between the two sides' pooled descriptors, over constituents and augmentations. */
async function minCosine(image: Picture, encoders: OpenEncoders): Promise<number> {
  const places = await descriptorPlaces({
    image: { ...image, page: 1, pixelSizeUm: null },
    recipe: crops,
    encoders,
    directory: at('crops'),
  })
  let least = 1
  for (const { encoder, cropSet, file } of places) {
    const key = `${encoder.model.name}-${crops.crops.sets[cropSet]?.sizePx ?? 0}`
    const { matrix: theirs } = await readNpy(join(at('python'), `${key}.npy`), { allowUnchecked: true })
    const { matrix: ours } = await readNpy(timed < possible ? beginningFile(file) : file)
    for (let row = 0; row < timed; row++) {
      const [from, to] = [row * ours.columns, (row + 1) * ours.columns]
      least = Math.min(least, cosine(ours.data.subarray(from, to), theirs.data.subarray(from, to)))
    }
  }
  return least
}

async function compare(encoders: OpenEncoders): Promise<void> {
  const startedAt = performance.now()
  const recipe = { ...dense, augmentation: { ...dense.augmentation, count: trainingAugmentations } }
  const options = { folder: at('model'), encoders, recipe, fieldsPerClass: fields, edgePx: trainingEdgePx }
  const { boosters, rows } = await trainModel(options)
  const model = { encoders, boosters }
  console.log(
    `The model: ${boosters.length} boosters, trained in mode dense on ${rows} rows of ${4 * fields} synthetic fields ` +
      `(${seconds((performance.now() - startedAt) / 1000)}). Encoders UNTRAINED.`,
  )
  const [first, ...others] = await pictures()
  if (first === undefined) throw new Error('no picture')

  console.log(`\nPython, the published protocol; ${first.title}, ${first.widthPx} x ${first.heightPx}`)
  const theirs = publishedProtocol(first, { recipe: crops, boosters, timed, folder: root, scale })
  const perTheirs = theirs.each.reduce((sum, value) => sum + value, 0) / timed
  const wholeTheirs = theirs.once + possible * perTheirs + theirs.predicting
  console.log(
    `  ${theirs.versions}\n  once ${seconds(theirs.once)}, an augmentation ${theirs.each.map(seconds).join(', ')}, boosters ` +
      `${seconds(theirs.predicting)}; scaled from ${timed} to ${possible} augmentations: ${seconds(wholeTheirs)}`,
  )

  const full = await classify(first, { recipe: crops, effort: timed, store: 'crops' }, model)
  const [once = NaN, ...rest] = full.eachSeconds
  const perOurs = rest.reduce((sum, value) => sum + value, 0) / rest.length
  const wholeOurs = full.wholeSeconds + (possible - timed) * perOurs
  console.log(
    `Lobule, mode crops, full effort, on ${full.said.backends.join(', ')}\n  the first augmentation with all that is done once ` +
      `${seconds(once)}, a further one ${rest.map(seconds).join(', ')}; scaled from ${timed} to ${possible}: ${seconds(wholeOurs)}`,
  )
  console.log(`  ${(wholeTheirs / wholeOurs).toFixed(2)} times as fast (target 1.3)`)
  const probabilities = full.said.prediction.probabilities
  const apart = Math.max(...probabilities.map((p, c) => Math.abs(p - (theirs.probabilities[c] ?? NaN))))
  console.log(`  probabilities of the first ${timed}: Python ${list(theirs.probabilities)}`)
  console.log(
    `                               Lobule ${list(probabilities)}; at most ${apart.toExponential(1)} apart`,
  )
  console.log(`  least cosine of the descriptors: ${(await minCosine(first, encoders)).toFixed(9)}`)

  for (const image of [first, ...others]) {
    const { said, wholeSeconds } = await classify(
      image,
      { recipe: dense, effort: 'adaptive', store: 'dense' },
      model,
    )
    const { augmentations, probabilities: found } = said.prediction
    const named = syntheticClasses[argmax(found)] ?? ''
    console.log(
      `Lobule, mode dense, adaptive effort; ${image.title}\n  ${seconds(wholeSeconds)}, ${augmentations} of ${possible} ` +
        `augmentations: ${(wholeTheirs / wholeSeconds).toFixed(1)} times as fast (target 20)\n  suggested class ${named}: ${list(found)}`,
    )
  }
}

async function loadFullSize(): Promise<void> {
  const { boosters, bytes, leavesOfATree } = await makeFullSizeModel(at('full-size'), crops)
  writeFileSync(at('boosters.json'), JSON.stringify(boosters))
  const child = fileURLToPath(new URL('./support/load-model-child.ts', import.meta.url))
  const columns = constituentsOf(crops).map(({ encoder }) => descriptorLength(crops, encoder))
  const parameters = [child, at('boosters.json'), String(possible), columns.join(',')]
  const answer = execFileSync(process.execPath, parameters, { stdio: ['ignore', 'pipe', 'inherit'] })
  const found = JSON.parse(answer.toString()) as Record<
    'loadSeconds' | 'predictSeconds' | 'residentBytes' | 'peakBytes',
    number
  >
  const gib = (value: number): string => `${(value / 2 ** 30).toFixed(2)} GiB`
  console.log(
    `\n${boosters.length} boosters of full size, ${leavesOfATree.toFixed(0)} leaves a tree, ${(bytes / 1e6).toFixed(0)} MB of text: ` +
      `loaded in ${seconds(found.loadSeconds)} (target 5 s), resident ${gib(found.residentBytes)}, at most ` +
      `${gib(found.peakBytes)} (target 1.5 GiB); one encoded image, ${possible} augmentations: ` +
      `${seconds(found.predictSeconds)} (target 1 s)`,
  )
}

console.log(machineLine())
try {
  await new EncoderStore(at('home')).installUntrained(crops.encoders.filter(isBuiltIn))
  const encoders = new OpenEncoders(at('home'), processorBackends)
  // Ready before the clock starts, as on the Python side.
  for (const name of crops.encoders) {
    const encoder = await encoders.get(name)
    for (const { sizePx } of crops.crops.sets) await encoder.encode([probeImage(sizePx, sizePx)])
  }
  await compare(encoders)
  await encoders.close()
  await cache.keepOnly(new Set())
  await loadFullSize()
} finally {
  rmSync(root, { recursive: true, force: true })
}
console.log(machineLine())
