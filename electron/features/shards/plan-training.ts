import { join, relative, resolve, sep } from 'node:path'
import { z } from 'zod'
import { throwIfCancelled } from '../../base/cancellation.ts'
import { recipeSchema, researchUseSentence, type PlanTrainingReport } from '../../contract/index.ts'
import { unitsOf } from '../../engine/prediction/train-units.ts'
import { planDescriptors, writeTrainPlan } from '../../engine/shards/plan-file.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'
import { prepareTraining } from '../models/prepare-training.ts'
import { inPlanFolder, placeFile, requireEmpty } from './plan-folder.ts'

const [encodingStage, writingStage] = ['Encoding images', 'Writing the plan'] as const

const inputSchema = z.object({
  recipe: recipeSchema,
  groupBy: z.enum(['case', 'image']).nullable(),
  regions: z.boolean(),
  directory: z.string(),
})

export const planTrainingJob = defineJob({
  kind: 'plan-training',
  input: inputSchema,
  stages: [
    { name: encodingStage, unit: 'images', weight: 9 },
    { name: writingStage, unit: 'fields', weight: 1 },
  ],
  resumable: false,
  runsBeside: false,
  audit: 'export',
  title: ({ recipe }) => `Training plan for other machines: ${recipe.name}`,
  check: requireWorkspace,
  run: planTraining,
})

/**
 * Writes a plan (engine/shards/plan-file.ts) to train the classifiers of the current labels. A later training with the same settings
 * finds the classifiers once they are collected, and trains by itself what has changed since.
 * @throws AppError `shard.folder-in-use`, `training.*`, `encoder.missing`, `disk.full`, `path.not-writable`, `job.cancelled`
 */
async function planTraining(
  { directory: named, ...wanted }: z.infer<typeof inputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<PlanTrainingReport> {
  const directory = resolve(named)
  await requireEmpty(directory)
  const { data, failed, withoutTissue, weights, ensemble } = await prepareTraining(
    wanted,
    services,
    job.during(encodingStage),
  )
  const { images, options } = ensemble
  const from = services.workspace.folders.descriptors
  const rows = images.map((image) => ({
    ...image,
    files: image.files.map((file) => relative(from, file).split(sep).join('/')),
  }))
  const { signal, onProgress } = job.during(writingStage)
  await inPlanFolder(directory, ['plan.json', 'rows.jsonl', 'descriptors'], async () => {
    for (const [index, { files }] of rows.entries()) {
      throwIfCancelled(signal)
      onProgress(index, rows.length)
      for (const name of files)
        await placeFile(join(from, name), join(planDescriptors(directory), name), 'link')
    }
    const createdAt = new Date().toISOString()
    await writeTrainPlan(directory, { lobule: services.version, createdAt, options }, rows)
    onProgress(rows.length, rows.length)
  })
  return {
    directory,
    recipe: wanted.recipe.name,
    classifiers: unitsOf(options).length,
    fields: rows.length,
    ...(data.fields === null
      ? {}
      : {
          regionsLeftOut: {
            withoutField: data.fields.withoutField,
            withoutPixelSize: data.fields.withoutPixelSize,
            withoutTissue: withoutTissue.length,
          },
        }),
    failed,
    weights: weights.source,
    researchUse: researchUseSentence,
  }
}
