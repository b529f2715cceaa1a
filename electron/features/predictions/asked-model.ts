import { join } from 'node:path'
import { AppError } from '../../contract/index.ts'
import { constituentsOf, type Constituent } from '../../engine/descriptors/constituents.ts'
import type { StoredBooster } from '../../engine/prediction/predict-ensemble.ts'
import { findModelInUse, listBoosters, listFolds, type StoredModel } from '../../store/index.ts'
import type { JobServices } from '../../session/job-services.ts'
import { requireWeights } from '../encoders/required-weights.ts'

/** A model that may be asked about images of this workspace. */
export interface AskedModel {
  model: StoredModel
  parts: readonly Constituent[]
  boosters: StoredBooster[]
  /** Image id to the fold that held it out, for the images that trained it. */
  heldOut: ReadonlyMap<number, number>
}

/**
 * The model of a name (null: the one in use), if the very weights that it was trained on are installed.
 * @throws AppError `model.none`, `model.not-found`, `encoder.missing`, `encoder.changed`
 */
export async function askModel(
  name: string | null,
  { workspace, compute, homeDirectory }: JobServices,
): Promise<AskedModel> {
  const { database, folders } = workspace
  const model = findModelInUse(database, name)
  const weights = await requireWeights(model.recipe, { compute, homeDirectory })
  for (const [encoder, fingerprint] of Object.entries(model.encoderFingerprints)) {
    if (weights.fingerprints[encoder] !== fingerprint) {
      throw new AppError('encoder.changed', { model: model.name, encoder })
    }
  }
  const parts = constituentsOf(model.recipe)
  const boosters = listBoosters(database, model.id).map(({ encoder, cropSet, ...booster }) => ({
    ...booster,
    constituent: parts.findIndex((part) => part.encoder === encoder && part.cropSet === cropSet),
    path: join(folders.boosters, `${booster.textSha256}.txt`),
  }))
  return { model, parts, boosters, heldOut: listFolds(database, model.id) }
}
