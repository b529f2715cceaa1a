import { AppError } from '../../contract/index.ts'
import {
  loadModelForPrediction,
  type LoadedModel,
  type ModelServices,
} from '../predictions/load-model-for-prediction.ts'

/** A model that can predict places of slides. @throws AppError `descriptors.external-model` and those of loadModelForPrediction */
export async function loadSlideModel(name: string, services: ModelServices): Promise<LoadedModel> {
  const loaded = await loadModelForPrediction(name, services)
  const { recipe, name: model } = loaded.model
  if (recipe.external === undefined) return loaded
  throw new AppError('descriptors.external-model', { model, set: recipe.external.name })
}
