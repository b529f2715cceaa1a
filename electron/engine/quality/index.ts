export { assessQuality, qualityThresholds, type QualityContext } from './assess-quality.ts'
