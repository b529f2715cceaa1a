import { readFile } from 'node:fs/promises'
import { createHash } from 'node:crypto'
import { AppError, hasCode } from '../../contract/index.ts'
import { Booster } from '../boosting/index.ts'
import { populationStd } from '../evaluation/folds.ts'
import { loadDescriptors } from './descriptor-table.ts'
import { meanOverRows, predictRows, type EnsembleBooster } from './train-ensemble.ts'

export interface PredictImage {
  /** The image's descriptor file for each constituent. */
  files: readonly string[]
  /** The fold that held the image out, where it took part in training; null for a new image. */
  heldOutFold: number | null
}

/** Boosters in memory by the sha256 of their text, so that a batch reads each once. */
export class BoosterCache {
  readonly #boosters = new Map<string, Promise<Booster>>()

  /** @throws AppError `model.corrupt` */
  get(path: string, textSha256: string): Promise<Booster> {
    const known = this.#boosters.get(textSha256)
    if (known !== undefined) return known
    const loading = load(path, textSha256)
    this.#boosters.set(textSha256, loading)
    loading.catch(() => this.#boosters.delete(textSha256))
    return loading
  }

  /** Forgets every booster that is not among `wanted`: one model is in memory at a time. */
  async keepOnly(wanted: ReadonlySet<string>): Promise<void> {
    for (const [textSha256, loading] of this.#boosters) {
      if (wanted.has(textSha256)) continue
      this.#boosters.delete(textSha256)
      const booster = await loading.catch(() => null)
      booster?.close()
    }
  }
}

async function load(path: string, textSha256: string): Promise<Booster> {
  const corrupt = (reason: string, cause?: unknown): AppError =>
    new AppError('model.corrupt', { model: path, reason }, { cause })
  const text = await readFile(path).catch((error: unknown) => {
    throw corrupt('the booster cannot be read', error)
  })
  if (createHash('sha256').update(text).digest('hex') !== textSha256) throw corrupt('its text has changed')
  try {
    return await Booster.fromModelText(text.toString('utf8'))
  } catch (error) {
    throw hasCode(error, 'boosting.addon-missing') ? error : corrupt('LightGBM refuses it', error)
  }
}

export interface EnsemblePrediction {
  /** One for each class. */
  probabilities: number[]
  /** How many were asked. */
  boosters: number
  augmentations: number
  /** Class probabilities by each constituent alone. */
  byConstituent: number[][]
  /** Population standard deviation for each class; null with fewer than two. */
  spread: { boosters: number[] | null; augmentations: number[] | null }
}

/**
 * Class probabilities of one image: the mean over boosters and augmentations within each constituent, then
 * over constituents, equal weights (PIPELINE.md section 11). An image that took part in training is asked
 * only of the boosters of the fold that left it out.
 */
export async function predictEnsemble(
  image: PredictImage,
  boosters: readonly (EnsembleBooster & { path: string })[],
  { classCount, cache }: { classCount: number; cache: BoosterCache },
): Promise<EnsemblePrediction> {
  const asked = boosters.filter((b) => image.heldOutFold === null || b.fold === image.heldOutFold)
  const constituentCount = image.files.length
  const byConstituent: Float64Array[] = []
  const byBooster: Float64Array[] = []
  const byAugmentation: Float64Array[] = []
  for (const [constituent, file] of image.files.entries()) {
    const members = asked.filter((booster) => booster.constituent === constituent)
    const table = await loadDescriptors([file])
    const sum = new Float64Array(classCount)
    for (const { path, textSha256 } of members) {
      const booster = await cache.get(path, textSha256)
      const rows = await predictRows(booster, table, 0)
      const mean = meanOverRows(rows, classCount)
      byBooster.push(mean)
      mean.forEach((p, c) => (sum[c] = (sum[c] ?? 0) + p / members.length))
      rows.forEach((p, i) => {
        const a = Math.floor(i / classCount)
        const own = (byAugmentation[a] ??= new Float64Array(classCount))
        own[i % classCount] = (own[i % classCount] ?? 0) + p / members.length / constituentCount
      })
    }
    byConstituent.push(sum)
  }
  return {
    probabilities: Array.from({ length: classCount }, (_, c) =>
      byConstituent.reduce((total, sum) => total + (sum[c] ?? 0) / constituentCount, 0),
    ),
    boosters: asked.length,
    augmentations: byAugmentation.length,
    byConstituent: byConstituent.map((sum) => Array.from(sum)),
    spread: {
      boosters: spreadOf(byBooster, classCount),
      augmentations: spreadOf(byAugmentation, classCount),
    },
  }
}

const spreadOf = (rows: readonly Float64Array[], classCount: number): number[] | null =>
  rows.length < 2
    ? null
    : Array.from({ length: classCount }, (_, c) => populationStd(rows.map((row) => row[c] ?? 0)))
