export { drawGains, planCrops, planWholeTurn, type Crop, type DrawKey, type Pose } from './crop-plan.ts'
export { cutCrop, turnRaster } from './cut-crop.ts'
