import { resolve } from 'node:path'
import type { ExportKind } from '../../base/export-file.ts'
import {
  AppError,
  calls,
  isBuiltIn,
  recipes,
  type CallInput,
  type DescribeReport,
  type Recipe,
} from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { findRecipe } from '../models/recipes.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'

const stage = 'Encoding images'

export const descriptorFile: ExportKind = { what: 'a file of descriptors', endings: ['.npy'] }

type DescribeInput = CallInput<'descriptors.describe'>

export const describeJob = defineJob({
  kind: 'describe',
  input: calls['descriptors.describe'].input,
  stages: [{ name: stage, unit: 'encodings', weight: 1 }],
  resumable: false,
  runsBeside: false,
  title: ({ image }) => `Describe ${image}`,
  run: describeFile,
})

/**
 * Writes the descriptors of one image file.
 * @throws AppError as `describeImage`, `encoder.missing`, `path.exists`, `path.not-writable`
 */
async function describeFile(
  input: DescribeInput,
  job: JobRun,
  { compute, homeDirectory }: JobServices,
): Promise<DescribeReport> {
  const startedAt = performance.now()
  const { image, out, replace, backend, raw, identity } = input
  const described = await compute.run(
    'describeFile',
    {
      path: resolve(image),
      out: resolve(out),
      replace,
      recipe: await recipeOf(input, { compute, homeDirectory }),
      homeDirectory,
      backend,
      raw,
      identity,
    },
    job.during(stage),
  )
  return { ...described, durationMs: performance.now() - startedAt }
}

/**
 * A recipe of one encoder and one crop size, with the stain settings and scale that all named recipes share. An encoder that is not
 * Lobule's has its own recipe, with its tiles and mode.
 */
async function recipeOf(
  { encoder, cropPx, augmentations, mode, seed, raw }: DescribeInput,
  services: Pick<JobServices, 'compute' | 'homeDirectory'>,
): Promise<Recipe> {
  if (!isBuiltIn(encoder)) {
    const own = await findRecipe(encoder, services, [encoder])
    if (raw)
      throw new AppError('recipe.invalid', {
        reason: `raw descriptors are those of crops; ${encoder} has tiles`,
      })
    return { ...own, seed, augmentation: { ...own.augmentation, count: augmentations } }
  }
  const base = recipes.standard
  return {
    ...base,
    name: 'describe',
    seed,
    augmentation: { ...base.augmentation, count: augmentations },
    crops: { ...base.crops, sets: [{ sizePx: cropPx, workingPixelSizeUm: 0.84, scale: 0.5 }] },
    encoders: [encoder],
    mode,
  }
}
