import type { ModelManifest } from '../contract/index.ts'
import type { PackRequest, UnpackedModel, UnpackRequest } from '../engine/model-package/index.ts'

/** Models as files. A package may come from anywhere, so it is opened where a crash does no harm. */
export interface PackageTasks {
  packModel: { input: PackRequest; output: { bytes: number; sha256: string } }
  inspectPackage: { input: { path: string }; output: ModelManifest }
  unpackModel: { input: UnpackRequest; output: UnpackedModel }
}
