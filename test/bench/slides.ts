/**
 * Places a second of a slide's analysis, beside a plain Python loop that reads (openslide-python) and encodes (ONNX Runtime) the same
 * places one by one, on the same cores, alternating:
 * `npm run bench -- slides [--slide FILE] [--stride 84] [--recipes starter,quick] [--repeats 2] [--pixel-size 0.499] [--every 1]`.
 * On a busy machine compare processor time; `--every 8` gives the loop every eighth place, scaled to all.
 * The classifiers have five rounds on random descriptors: an analysis without any is none. ResNet-50 (`quick`) has untrained weights.
 */
import { execFileSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parseArgs } from 'node:util'
import { sha256OfFile } from '../../electron/base/sha256.ts'
import { placeGeometry, recipes, type Recipe } from '../../electron/contract/index.ts'
import { EncoderStore, OpenEncoders } from '../../electron/engine/encoders/index.ts'
import { BoosterCache } from '../../electron/engine/prediction/predict-ensemble.ts'
import { readSlideMap } from '../../electron/engine/slides/map-file.ts'
import { sharedPath } from '../shared-data.ts'
import { analyseOnce } from './support/analyse-once.ts'
import { machineLine, quantile } from './support/figures.ts'
import { pythonWith } from './support/python.ts'
import { randomBoosters } from './support/random-boosters.ts'

const { values } = parseArgs({
  options: {
    slide: { type: 'string', default: sharedPath('data/wsi/cmu-1-small-region.svs') ?? '' },
    stride: { type: 'string', default: '84' },
    recipes: { type: 'string', default: 'starter,quick' },
    repeats: { type: 'string', default: '2' },
    'pixel-size': { type: 'string', default: '0.499' },
    every: { type: 'string', default: '1' },
  },
})
const [strideUm, pixelSizeUm, repeats, every = 1] = [
  values.stride,
  values['pixel-size'],
  values.repeats,
  values.every,
].map(Number)
if (strideUm === undefined || pixelSizeUm === undefined) throw new RangeError('numbers are needed')
const script = fileURLToPath(new URL('../references/slides/time_places.py', import.meta.url))
const requirements = fileURLToPath(new URL('../references/slides/time-requirements.txt', import.meta.url))

const root = mkdtempSync(join(tmpdir(), 'lobule-bench-'))
const encoders = new OpenEncoders(root, 'auto')

async function measure(recipe: Recipe, path: string, sha256OfSlide: string): Promise<void> {
  const boosters = await randomBoosters(recipe, encoders, root)
  const directory = join(root, `maps-${recipe.name}`)
  const cache = new BoosterCache()
  const analyse = async () => {
    rmSync(directory, { recursive: true, force: true })
    const [startedAt, cpu] = [performance.now(), process.cpuUsage()]
    const found = await analyseOnce(
      { path, sha256: sha256OfSlide, pixelSizeUm: pixelSizeUm ?? 1 },
      { recipe, encoders, boosters, cache, directory, strideUm: strideUm ?? 168 },
    )
    const { user, system } = process.cpuUsage(cpu)
    return { ...found, seconds: (performance.now() - startedAt) / 1000, cpuS: (user + system) / 1e6 }
  }
  const { mapSha256, grid } = await analyse()
  const { cells } = await readSlideMap(directory, mapSha256)
  const { placeOf } = placeGeometry({ grid, pixelSizeUm: pixelSizeUm ?? 1 })
  const encoder = await encoders.get(recipe.encoders[0] ?? 'resnet50')
  const task = join(root, 'task.json')
  const places = Array.from(cells, (cell) => [placeOf(cell).left, placeOf(cell).top]).filter(
    (_, index) => index % every === 0,
  )
  const sizesPx = recipe.crops.sets.map(({ sizePx }) => sizePx)
  const edgePx = grid.placeUm / (pixelSizeUm ?? 1)
  writeFileSync(task, JSON.stringify({ slide: path, onnx: encoder.model.onnxPath, places, sizesPx, edgePx }))
  const [ours, theirs, read, cpuRatio]: number[][] = [[], [], [], []]
  for (let repeat = 0; repeat < (repeats ?? 1); repeat++) {
    const python = execFileSync(pythonWith(requirements), [script, task], { encoding: 'utf8' })
    const { readS, encodeS, cpuS } = JSON.parse(python) as Record<'readS' | 'encodeS' | 'cpuS', number>
    theirs?.push(places.length / (readS + encodeS))
    read?.push(readS / (readS + encodeS))
    const analysed = await analyse()
    ours?.push(cells.length / analysed.seconds)
    cpuRatio?.push((cpuS * cells.length) / places.length / analysed.cpuS)
  }
  await cache.keepOnly(new Set())
  const [mine, plain] = [quantile(ours ?? [], 0.5), quantile(theirs ?? [], 0.5)]
  console.log(
    `${recipe.name}: ${cells.length} places, ${mine.toFixed(2)} a second; plain Python loop ${plain.toFixed(2)} (${(100 * quantile(read ?? [], 0.5)).toFixed(0)} % reading); ratio ${(mine / plain).toFixed(2)}, of processor time ${quantile(cpuRatio ?? [], 0.5).toFixed(2)}; peak ${Math.round(process.resourceUsage().maxRSS / 1024)} MB`,
  )
}

console.log(machineLine())
try {
  const sha = await sha256OfFile(values.slide)
  for (const name of values.recipes.split(',')) {
    const recipe = recipes[name]
    if (recipe === undefined) throw new RangeError(`no recipe ${name}`)
    if (name !== 'starter') await new EncoderStore(root).installUntrained(['resnet50'])
    await measure(recipe, values.slide, sha)
  }
} finally {
  rmSync(root, { recursive: true, force: true })
}
