export { cutPictureCrops, planPictureCrops, type PlanRequest } from './picture-crops.ts'
export {
  assessPicture,
  augmentPicture,
  normalizePicture,
  resamplePicture,
  type FromTo,
} from './picture-steps.ts'
export { fitImageStains, normalizedTile } from './stain-view.ts'
