import type {
  CallOutput,
  CropPlan,
  CropSet,
  NormalizedPicture,
  PictureQuality,
  StainRecipe,
  StainReport,
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
  /** What the stain fit finds in an image of a workspace. */
  imageStains: {
    input: { path: string; page: number; pixelSizeUm: number | null; cropSet: CropSet; recipe: StainRecipe }
    output: StainReport
  }
  normalizedTile: {
    input: {
      path: string
      page: number
      level: number
      column: number
      row: number
      stains: StainReport['stains']
      recipe: StainRecipe
    }
    output: Uint8Array
  }
  assessPicture: {
    input: { path: string; cropSets: CropSet[]; recipe: StainRecipe }
    output: PictureQuality
  }
}
