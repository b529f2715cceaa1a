export { placeName } from './check-manifest.ts'
export { packModel, type PackRequest } from './pack-model.ts'
export {
  inspectPackage,
  previewPackage,
  unpackModel,
  type UnpackedModel,
  type UnpackRequest,
} from './unpack-model.ts'
