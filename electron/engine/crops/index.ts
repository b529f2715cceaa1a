export {
  drawGains,
  planCrops,
  planWholeTurn,
  upright,
  type Crop,
  type DrawKey,
  type Pose,
} from './crop-plan.ts'
export { planTiles } from './plan-tiles.ts'
export { cutCrop, turnRaster } from './cut-crop.ts'
