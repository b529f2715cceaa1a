import { stat } from 'node:fs/promises'
import { extname, join, resolve } from 'node:path'
import { z } from 'zod'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { requireSpace } from '../../base/free-space.ts'
import { asPathError, isMissing } from '../../base/path-errors.ts'
import {
  AppError,
  backendChoiceSchema,
  planImagesSchema,
  recipeSchema,
  researchUseSentence,
  type ImageView,
  type PlanImages,
  type PlanShardsReport,
} from '../../contract/index.ts'
import { isSeveralFiles } from '../../engine/image/image-parts.ts'
import { writeEncodePlan, type PlanUnit } from '../../engine/shards/plan-file.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { currentImages } from '../../store/index.ts'
import { isEncoded } from '../encoders/count-missing.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import { failureOf } from '../images/find-images.ts'
import { inPlanFolder, placeFile, requireEmpty } from './plan-folder.ts'

const stage = 'Writing the plan'

const inputSchema = z.object({
  recipe: recipeSchema,
  directory: z.string(),
  images: planImagesSchema,
  backend: backendChoiceSchema,
  allowsHalf: z.boolean(),
})

export const planShardsJob = defineJob({
  kind: 'plan-shards',
  input: inputSchema,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: false,
  runsBeside: false,
  audit: 'export',
  title: ({ recipe }) => `Plan for other machines: ${recipe.name}`,
  check: requireWorkspace,
  run: planShards,
})

/**
 * Writes a plan (engine/shards/plan-file.ts) for the images of the workspace that lack descriptors. An image whose file is missing is
 * listed and left out. If anything else fails, nothing of the plan is left.
 * @throws AppError `shard.folder-in-use`, `encoder.missing`, `disk.full`, `path.not-writable`, `recipe.invalid`, `job.cancelled`
 */
async function planShards(
  { recipe, directory: named, images: how, backend, allowsHalf }: z.infer<typeof inputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<PlanShardsReport> {
  const { workspace, compute, homeDirectory, version } = services
  if (recipe.external !== undefined)
    throw new AppError('recipe.invalid', { reason: 'external descriptors are imported, not computed' })
  const directory = resolve(named)
  await requireEmpty(directory)
  const weights = await requireWeights(recipe, services)
  const all = await workspace.read((own) => currentImages(own, null))
  const wanted = all
    .filter((image) => !isEncoded(image, recipe, weights.fingerprints, workspace))
    .toSorted((a, b) => (a.sha256 < b.sha256 ? -1 : 1))
  const { units, failed } = await unitsOf(wanted, how)
  const bytes = units.reduce((sum, { unit }) => sum + unit.bytes, 0)
  const { signal, onProgress } = job.during(stage)
  await inPlanFolder(directory, ['plan.json', 'units.jsonl', 'images', 'encoders'], async () => {
    if (how === 'copy') await requireSpace(directory, bytes)
    await compute.run('encoderCopy', { homeDirectory, names: recipe.encoders, to: directory }, { signal })
    for (const [index, { unit, image }] of units.entries()) {
      throwIfCancelled(signal)
      onProgress(index, units.length)
      if (how !== 'paths') await placeFile(image.path, join(directory, unit.path), how)
    }
    const createdAt = new Date().toISOString()
    await writeEncodePlan(
      directory,
      { lobule: version, createdAt, recipe, backend, allowsHalf, weights },
      units.map(({ unit }) => unit),
    )
    onProgress(units.length, units.length)
  })
  return {
    directory,
    recipe: recipe.name,
    images: units.length,
    encoded: all.length - wanted.length,
    bytes,
    failed,
    weights: weights.source,
    researchUse: researchUseSentence,
  }
}

interface Planned {
  readonly image: ImageView
  readonly unit: PlanUnit
}

/** The unit of each image whose file is there; the others are listed. */
async function unitsOf(
  images: readonly ImageView[],
  how: PlanImages,
): Promise<{ units: Planned[]; failed: PlanShardsReport['failed'] }> {
  const units: Planned[] = []
  const failed: PlanShardsReport['failed'] = []
  for (const image of images) {
    const { path, sha256, page, pixelSizeUm, cameraBits } = image
    try {
      const { size } = await stat(path).catch((error: unknown) => {
        throw isMissing(error) ? new AppError('image.file-missing', { path }) : asPathError(error, path)
      })
      if (how !== 'paths' && (await isSeveralFiles(path))) throw new AppError('shard.several-files', { path })
      const name = `images/${sha256.slice(0, 2)}/${sha256}${plainEnding(path)}`
      units.push({
        image,
        unit: {
          ...{ sha256, page, pixelSizeUm, bytes: size, path: how === 'paths' ? path : name },
          ...(cameraBits === null || cameraBits === undefined ? {} : { cameraBits }),
        },
      })
    } catch (error) {
      const { message } = failureOf(path, error)
      failed.push({ path, message })
    }
  }
  return { units, failed }
}

/** An ending that a plan may hold; the formats are recognised by content. */
function plainEnding(path: string): string {
  const ending = extname(path).toLowerCase()
  return /^\.[a-z0-9]{1,10}$/.test(ending) ? ending : ''
}
