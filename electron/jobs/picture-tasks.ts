import type {
  CallOutput,
  CropPlan,
  CropSet,
  NormalizedPicture,
  PictureQuality,
  StainRecipe,
} from '../contract/index.ts'
import type { FromTo, PlanRequest } from '../engine/preprocess/index.ts'

type Written = CallOutput<'picture.resample'>

/** The steps from a file to crops, one by one. */
export interface PictureTasks {
  resamplePicture: { input: FromTo & { scale: number }; output: Written }
  normalizePicture: {
    input: FromTo & { reference: string | null; recipe: StainRecipe }
    output: NormalizedPicture
  }
  augmentPicture: { input: FromTo & { hematoxylin: number; eosin: number }; output: Written }
  planPictureCrops: { input: PlanRequest; output: CallOutput<'crops.plan'> }
  cutPictureCrops: { input: { path: string; plan: CropPlan; directory: string }; output: { files: string[] } }
  assessPicture: {
    input: { path: string; cropSets: CropSet[]; recipe: StainRecipe }
    output: PictureQuality
  }
}
