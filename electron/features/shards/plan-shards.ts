import { resolve } from 'node:path'
import { z } from 'zod'
import {
  AppError,
  backendChoiceSchema,
  planImagesSchema,
  recipeSchema,
  researchUseSentence,
  type PlanShardsReport,
} from '../../contract/index.ts'
import { writeEncodePlan } from '../../engine/shards/plan-file.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { currentImages } from '../../store/index.ts'
import { isEncoded } from '../encoders/count-missing.ts'
import { requireWeights } from '../encoders/required-weights.ts'
import { inPlanFolder, requireEmpty } from './plan-folder.ts'
import { bytesOf, placeImages, unitsOf } from './plan-images.ts'

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
  const writing = job.during(stage)
  await inPlanFolder(directory, ['plan.json', 'units.jsonl', 'images', 'encoders'], async () => {
    const { signal } = writing
    await compute.run('encoderCopy', { homeDirectory, names: recipe.encoders, to: directory }, { signal })
    await placeImages(directory, units, how, writing)
    const createdAt = new Date().toISOString()
    await writeEncodePlan(
      directory,
      { lobule: version, createdAt, recipe, backend, allowsHalf, weights },
      units.map(({ unit }) => unit),
    )
  })
  return {
    directory,
    recipe: recipe.name,
    images: units.length,
    encoded: all.length - wanted.length,
    bytes: bytesOf(units),
    failed,
    weights: weights.source,
    researchUse: researchUseSentence,
  }
}
