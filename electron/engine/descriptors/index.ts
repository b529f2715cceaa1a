export { constituentsOf, type Constituent } from './constituents.ts'
export { describeImage, type DescribeRequest, type ImageDescription } from './describe-image.ts'
export {
  externalFolder,
  listExternalSets,
  readExternal,
  readExternalSet,
  recipeOnSet,
} from './external-set.ts'
export { importPublished, type ImportPublishedRequest } from './import-published.ts'
export { openStepwise } from './external-descriptors.ts'
export { describeFile, type DescribeFileRequest } from './describe-file.ts'
export { descriptorFiles, ensureDescriptors, type EnsureRequest } from './ensure-descriptors.ts'
export { encodeNpy, encodeNpyArray, readNpy, writeNpy, type Matrix, type NpyFile } from './npy.ts'
export { poolDescriptors } from './pool.ts'
export { asMatrix, StepwiseDescriptors } from './stepwise-descriptors.ts'
