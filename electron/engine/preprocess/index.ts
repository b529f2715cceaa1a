export { cutImageCrops, planImageCrops, type PlanRequest } from './image-crops.ts'
export { assessImage, augmentImage, normalizeImage, resampleImage, type FromTo } from './image-steps.ts'
export { fitImageStains, normalizedTile } from './stain-view.ts'
