import { existsSync } from 'node:fs'
import { z } from 'zod'
import { at } from '../../base/arrays.ts'
import {
  AppError,
  researchUseSentence,
  type Explanation,
  type ExplainReport,
  type ImageView,
} from '../../contract/index.ts'
import { argmax } from '../../engine/evaluation/accuracy.ts'
import { toImageFile } from '../../engine/image/image-file.ts'
import { cropEdgePx, windowSizes } from '../../engine/prediction/heat-map-grid.ts'
import type { HeatMap } from '../../engine/prediction/heat-map.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { getImage } from '../../store/index.ts'
import { requireNotLocked } from '../test-sets/require-not-locked.ts'
import { loadModelForPrediction, type LoadedModel } from './load-model-for-prediction.ts'
import { readExplanation, writeExplanation } from './explanation-files.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'

const stage = 'Drawing the heat map'

const explainInputSchema = z.object({ imageId: z.int().positive(), model: z.string() })

export const explainJob = defineJob({
  kind: 'explain',
  input: explainInputSchema,
  stages: [{ name: stage, unit: 'encodings', weight: 1 }],
  resumable: false,
  runsBeside: false,
  title: ({ imageId, model }, { workspace }) =>
    `Heat map of ${getImage(workspace.database, imageId).fileName} by ${model}`,
  isInteractive: () => true,
  check: ({ imageId }, { workspace }) => requireNotLocked(workspace.database, [imageId]),
  run: explainImage,
})

/**
 * Makes and stores the heat map of an image, unless the workspace has it already. A training image is predicted only
 * by boosters whose fold held it out.
 * @throws AppError `model.not-found`, `encoder.missing`, `encoder.changed`, `model.corrupt`,
 *   `descriptors.external-model`, `image.file-missing`, `image.file-changed`, `job.cancelled`
 */
async function explainImage(
  { imageId, model: modelName }: z.infer<typeof explainInputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<ExplainReport> {
  const { workspace, compute, homeDirectory } = services
  const image = getImage(workspace.database, imageId)
  const loaded = await loadModelForPrediction(modelName, services)
  const { model, boosters, heldOutFolds } = loaded
  const { external } = model.recipe
  if (external !== undefined) {
    throw new AppError('descriptors.external-model', { model: model.name, set: external.name })
  }
  const report = { imageId: image.id, modelId: model.id, modelName: model.name }
  if ((await readExplanation(workspace, model.id, image)) !== null) return report
  if (!existsSync(image.path)) throw new AppError('image.file-missing', { path: image.path })
  const map = await compute.run(
    'heatMap',
    {
      image: toImageFile(image),
      recipe: model.recipe,
      homeDirectory,
      boosters,
      classCount: model.classes.length,
      heldOutFold: heldOutFolds.get(image.id) ?? null,
    },
    job.during(stage),
  )
  await writeExplanation(workspace, explanationOf(image, loaded, map), image.cameraBits)
  return report
}

function explanationOf(
  image: ImageView,
  { model, constituents, heldOutFolds }: LoadedModel,
  map: HeatMap,
): Explanation {
  const { recipe, classes } = model
  const sums = map.probabilities.map((plane) => plane.flat().reduce((sum, p) => sum + p, 0))
  return {
    imageId: image.id,
    fileName: image.fileName,
    sha256: image.sha256,
    synthetic: image.synthetic,
    pixelSizeUm: image.pixelSizeUm,
    modelId: model.id,
    modelName: model.name,
    weights: model.weights,
    mode: recipe.mode,
    outOfFold: heldOutFolds.has(image.id),
    ...map,
    squares: constituents.flatMap(({ encoder, cropSet }) => {
      const set = recipe.crops.sets[cropSet]
      return set ? [{ encoder, ...windowSizes(cropEdgePx(set, image.pixelSizeUm)) }] : []
    }),
    classes,
    leading: at(classes, argmax(sums)),
    researchUse: researchUseSentence,
  }
}
