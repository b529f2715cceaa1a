import type { BuiltInEncoder } from '../../contract/encoder-names.ts'
import type { Architecture } from './architecture.ts'
import { efficientNetLite0 } from './efficientnet-lite0.ts'
import { inceptionV3 } from './inception-v3.ts'
import { resnet50 } from './resnet50.ts'
import { vgg16 } from './vgg16.ts'

/** The networks that Lobule supports (docs/pipeline.md, section 6). */
export const architectures: Readonly<Record<BuiltInEncoder, Architecture>> = {
  resnet50,
  inceptionv3: inceptionV3,
  vgg16,
  efficientnetlite0: efficientNetLite0,
}
