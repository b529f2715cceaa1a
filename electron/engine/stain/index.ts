export { augmentStain, type StainGains } from './augment-stain.ts'
export { angleDegrees, type StainFit, type StainFitQuality, type StainFitResult } from './stain-fit.ts'
export { StainNormalizer } from './stain-normalizer.ts'
