import { existsSync } from 'node:fs'
import { at } from '../base/arrays.ts'
import {
  AppError,
  researchUseSentence,
  type Explanation,
  type ExplainReport,
  type ImageView,
} from '../contract/index.ts'
import { cropEdgePx, windowSizes } from '../engine/verdict/heat-map-grid.ts'
import type { HeatMap } from '../engine/verdict/heat-map.ts'
import type { Writable } from '../store/index.ts'
import { askModel, type AskedModel } from './asked-model.ts'
import type { ComputeClient } from '../compute/client.ts'
import { keepExplanation, readExplanation } from './explanation-files.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

export interface ExplainInput {
  image: ImageView
  /** null: the one in use. */
  model: string | null
  homeDirectory: string
  workspacePath: string
}

/**
 * Makes the heat map of an image by a model and keeps it, or finds it made. An image that trained the model is asked only of
 * boosters whose fold left it out.
 * @throws AppError `model.none`, `model.not-found`, `encoder.missing`, `encoder.changed`, `model.corrupt`,
 *   `descriptors.external-model`,
 *   `image.file-missing`, `image.file-changed`, `job.cancelled`
 */
export async function explainImage(
  database: Writable,
  compute: ComputeClient,
  { image, model: modelName, homeDirectory, workspacePath }: ExplainInput,
  { signal, report }: JobContext,
): Promise<ExplainReport> {
  const asked = await askModel(database, compute, modelName, { homeDirectory, workspacePath })
  const { model, boosters, heldOut } = asked
  const { external } = model.recipe
  if (external !== undefined) {
    throw new AppError('descriptors.external-model', { model: model.name, set: external.name })
  }
  const made = { imageId: image.id, modelId: model.id, modelName: model.name }
  if ((await readExplanation(workspacePath, model.id, image)) !== null) return made
  if (!existsSync(image.path)) throw new AppError('image.file-missing', { path: image.path })
  const stage = 'Drawing the heat map'
  const meter = new ProgressMeter([{ name: stage, unit: 'encodings', weight: 1 }], report)
  const map = await compute.run(
    'heatMap',
    {
      path: image.path,
      page: image.page,
      sha256: image.sha256,
      pixelSizeUm: image.pixelSizeUm,
      recipe: model.recipe,
      homeDirectory,
      boosters,
      classCount: model.classes.length,
      heldOutFold: heldOut.get(image.id) ?? null,
    },
    { signal, onProgress: (done, total) => meter.report(stage, done, total) },
  )
  await keepExplanation(workspacePath, explanationOf(image, asked, map))
  return made
}

function explanationOf(image: ImageView, { model, parts, heldOut }: AskedModel, map: HeatMap): Explanation {
  const { recipe, classes } = model
  const means = map.probabilities.map((plane) => plane.flat().reduce((sum, p) => sum + p, 0))
  return {
    imageId: image.id,
    fileName: image.fileName,
    sha256: image.sha256,
    synthetic: image.synthetic,
    pixelSizeUm: image.pixelSizeUm,
    modelId: model.id,
    modelName: model.name,
    encoders: model.encoders,
    mode: recipe.mode,
    outOfFold: heldOut.has(image.id),
    ...map,
    squares: parts.flatMap(({ encoder, cropSet }) => {
      const set = recipe.crops.sets[cropSet]
      return set ? [{ encoder, ...windowSizes(cropEdgePx(set, image.pixelSizeUm)) }] : []
    }),
    classes,
    leading: at(classes, means.indexOf(Math.max(...means))),
    researchUse: researchUseSentence,
  }
}
