import { join } from 'node:path'
import { z } from 'zod'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { parseJson } from '../../base/parse-json.ts'
import { sha256 } from '../../base/sha256.ts'
import { sha256 as hash } from '../../contract/atoms.ts'
import { AppError } from '../../contract/errors.ts'
import { classifierKinds, regionGeometrySchema, type RegionGeometry } from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { toImageFile } from '../image/image-file.ts'
import { referenceFile, type StoredReference } from '../prediction/likeness-reference.ts'
import type { StoredBooster } from '../prediction/predict-ensemble.ts'
import type { EnsembleBooster } from '../prediction/train-ensemble.ts'
import type { AnalysisSubject } from '../slides/open-analysis.ts'
import { readLines, writeLines } from './lines-file.ts'
import { writePlanFile } from './plan-file.ts'
import { readUnits, unitSchema, unitsPath } from './plan-images.ts'
import type { SlidesPlan } from './plan-schemas.ts'

const slideSchema = unitSchema.extend({
  pixelSizeUm: z.number().positive(),
  widthPx: z.int().positive(),
  heightPx: z.int().positive(),
  /** The fold that held the slide out of training; null: it is no training image. */
  heldOutFold: z.int().nonnegative().nullable(),
  /** Hash of the areas that readers drew (`tissuePath`); null: the tissue is found. */
  tissue: hash.nullable(),
})
/** One slide of a plan. */
export type PlanSlide = z.infer<typeof slideSchema>

const boosterSchema = z.strictObject({
  kind: z.enum(classifierKinds),
  constituent: z.int().nonnegative(),
  fold: z.int().nonnegative(),
  seed: z.int().nonnegative(),
  textSha256: hash,
})
const nearestSchema = z.array(z.number().nonnegative()).max(10_000)

const boostersPath = (folder: string): string => join(folder, 'boosters.jsonl')
const nearestPath = (folder: string): string => join(folder, 'nearest.jsonl')
/** The folder of classifiers, and of the vectors that likeness is measured by. */
export const planBoosters = (folder: string): string => join(folder, 'boosters')
const boosterFile = (folder: string, textSha256: string): string =>
  join(planBoosters(folder), `${textSha256}.txt`)

/** What predicts the slides of a plan. */
export interface PlannedModel {
  readonly boosters: readonly StoredBooster[]
  readonly reference: StoredReference | null
}

/**
 * Writes the lists of a plan, then `plan.json`. The files of the model are for the caller to copy.
 * @param slides in ascending order of `sha256`
 * @throws AppError `path.not-writable`
 */
export async function writeSlidesPlan(
  folder: string,
  {
    model,
    ...plan
  }: Omit<SlidesPlan, 'format' | 'kind' | 'units' | 'model'> & {
    readonly model: Pick<SlidesPlan['model'], 'isPositive' | 'threshold'>
  },
  slides: Iterable<PlanSlide>,
  { boosters, reference }: PlannedModel,
): Promise<void> {
  const own = boosters.map(({ kind, constituent, fold, seed, textSha256 }): EnsembleBooster => {
    return { kind, constituent, fold, seed, textSha256 }
  })
  const nearest = reference && (await writeLines(nearestPath(folder), reference.nearest))
  await writePlanFile(folder, {
    format: 1,
    kind: 'slides',
    ...plan,
    model: {
      ...model,
      boosters: await writeLines(boostersPath(folder), own),
      reference: reference && nearest && { ...reference.reference, nearest },
    },
    units: await writeLines(unitsPath(folder), slides),
  })
}

/** The slides of a plan, as `readUnits` gives them. @throws AppError `path.*`, `shard.invalid-plan` */
export const planSlides = (
  folder: string,
  { units }: Pick<SlidesPlan, 'units'>,
): AsyncGenerator<PlanSlide & { index: number }> => readUnits(folder, slideSchema, units)

/** @throws AppError `path.*`, `shard.invalid-plan` */
export async function readPlannedModel(
  folder: string,
  { model, recipe }: Pick<SlidesPlan, 'model' | 'recipe'>,
): Promise<PlannedModel> {
  const boosters: StoredBooster[] = []
  const constituents = constituentsOf(recipe).length
  for await (const booster of readLines(boostersPath(folder), boosterSchema, model.boosters)) {
    if (booster.constituent >= constituents)
      throw new AppError('shard.invalid-plan', {
        path: boostersPath(folder),
        reason: `line ${boosters.length + 1} does not fit the plan`,
      })
    boosters.push({ ...booster, path: boosterFile(folder, booster.textSha256) })
  }
  if (model.reference === null) return { boosters, reference: null }
  const { nearest: lines, ...reference } = model.reference
  const nearest: number[][] = []
  for await (const own of readLines(nearestPath(folder), nearestSchema, lines)) nearest.push(own)
  const path = referenceFile(planBoosters(folder), reference.sha256)
  return { boosters, reference: { reference, nearest, path } }
}

const maxTissueBytes = 2 ** 26
/** Areas that readers drew as the tissue of a slide. */
export const tissuePath = (folder: string, slideSha256: string): string =>
  join(folder, 'tissue', `${slideSha256}.json`)

/** What such a file has, and its hash; null: no one drew any. */
export function tissueText(drawn: readonly RegionGeometry[]): { text: string; sha256: string } | null {
  if (drawn.length === 0) return null
  const text = JSON.stringify(drawn)
  return { text, sha256: sha256(text) }
}

/** @throws AppError `path.*`, `shard.invalid-plan` */
export async function readTissue(
  folder: string,
  { sha256: slide, tissue }: Pick<PlanSlide, 'sha256' | 'tissue'>,
): Promise<RegionGeometry[]> {
  if (tissue === null) return []
  const path = tissuePath(folder, slide)
  const refuse = (reason: string): never => {
    throw new AppError('shard.invalid-plan', { path, reason })
  }
  const bytes = await readBoundedFile(path, maxTissueBytes, refuse)
  if (sha256(bytes) !== tissue) return refuse('it was changed after the plan was written')
  const parsed = z
    .array(regionGeometrySchema)
    .safeParse(parseJson(bytes.toString('utf8'), () => refuse('it is not JSON')))
  return parsed.success ? parsed.data : refuse('it has no areas')
}

/** A slide of a plan, with what its blocks depend on. */
export const subjectOf = (
  { recipe, model, strideUm, effort }: SlidesPlan,
  { boosters, reference }: PlannedModel,
  slide: PlanSlide,
): AnalysisSubject => ({
  image: { ...toImageFile(slide), pixelSizeUm: slide.pixelSizeUm },
  recipe,
  boosters,
  isPositive: model.isPositive,
  threshold: model.threshold,
  heldOutFold: slide.heldOutFold,
  reference: slide.heldOutFold === null ? reference : null,
  strideUm,
  effort,
  region: null,
})

/** Of the weights that the plan names, in the order of the recipe. */
export const fingerprintsOf = ({ recipe, weights }: Pick<SlidesPlan, 'recipe' | 'weights'>): string[] =>
  recipe.encoders.map((name) => weights.fingerprints[name] ?? '')
