export { cutPictureCrops, planPictureCrops, type PlanRequest } from './image-crops.ts'
export {
  assessPicture,
  augmentPicture,
  normalizePicture,
  resamplePicture,
  type FromTo,
} from './image-steps.ts'
export { fitImageStains, normalizedTile } from './stain-view.ts'
