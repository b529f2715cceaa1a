import { join } from 'node:path'
import { AppError } from '../../contract/index.ts'
import { constituentsOf, type Constituent } from '../../engine/descriptors/constituents.ts'
import type { StoredBooster } from '../../engine/prediction/predict-ensemble.ts'
import { findModel, listBoosters, listFolds, type StoredModel } from '../../store/index.ts'
import type { JobServices } from '../../session/job-services.ts'
import { requireWeights } from '../encoders/required-weights.ts'

/** A model that is ready to predict images of its workspace. */
export interface LoadedModel {
  model: StoredModel
  constituents: readonly Constituent[]
  boosters: StoredBooster[]
  /** For each training image, by id, the fold that held it out. */
  heldOutFolds: ReadonlyMap<number, number>
}

/** What a model is loaded from. */
export type ModelServices = Pick<JobServices, 'workspace' | 'compute' | 'homeDirectory'>

/**
 * Loads a model by name. Its encoders must be installed with the weights that it was trained on; any other weights
 * would give other descriptors.
 * @throws AppError `model.not-found`, `encoder.missing`, `encoder.changed`
 */
export async function loadModelForPrediction(
  name: string,
  { workspace, compute, homeDirectory }: ModelServices,
): Promise<LoadedModel> {
  const { database, folders } = workspace
  const model = findModel(database, name)
  const weights = await requireWeights(model.recipe, { compute, homeDirectory })
  for (const [encoder, fingerprint] of Object.entries(model.encoderFingerprints)) {
    if (weights.fingerprints[encoder] !== fingerprint) {
      throw new AppError('encoder.changed', { model: model.name, encoder })
    }
  }
  const constituents = constituentsOf(model.recipe)
  const boosters = listBoosters(database, model.id).map(({ encoder, cropSet, ...booster }) => ({
    ...booster,
    constituent: constituents.findIndex((one) => one.encoder === encoder && one.cropSet === cropSet),
    path: join(folders.boosters, `${booster.textSha256}.txt`),
  }))
  return { model, constituents, boosters, heldOutFolds: listFolds(database, model.id) }
}
