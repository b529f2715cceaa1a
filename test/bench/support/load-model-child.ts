/**
 * Loads a model into a fresh process as a verdict does and predicts one encoded image with all augmentations:
 * one JSON line. `node load-model-child.ts BOOSTERS.json AUGMENTATIONS COLUMNS,COLUMNS,...`
 */
import { readFileSync } from 'node:fs'
import { keyedGenerator } from '../../../electron/engine/random/index.ts'
import {
  BoosterCache,
  EnsemblePredictor,
  type StoredBooster,
} from '../../../electron/engine/prediction/predict-ensemble.ts'

const [list = '', augmentations = '', widths = ''] = process.argv.slice(2)
const boosters = JSON.parse(readFileSync(list, 'utf8')) as StoredBooster[]
const rows = Number(augmentations)
const tables = widths.split(',').map((width, constituent) => {
  const generator = keyedGenerator('bench-pipeline rows', constituent)
  const columns = Number(width)
  return {
    rows,
    columns,
    data: Float32Array.from({ length: rows * columns }, () => generator.nextFloat() ** 3),
  }
})
const setting = {
  heldOutFold: null,
  constituentCount: tables.length,
  classCount: 4,
  cache: new BoosterCache(),
}

const startedAt = performance.now()
await new EnsemblePredictor(boosters, setting).load()
const loadedAt = performance.now()
const residentBytes = process.memoryUsage.rss()
const predictor = new EnsemblePredictor(boosters, setting)
const askedAt = performance.now()
await predictor.predict(tables)
const { probabilities } = predictor.prediction()
console.log(
  JSON.stringify({
    loadSeconds: (loadedAt - startedAt) / 1000,
    predictSeconds: (performance.now() - askedAt) / 1000,
    residentBytes,
    peakBytes: process.resourceUsage().maxRSS * 1024,
    probabilities,
  }),
)
