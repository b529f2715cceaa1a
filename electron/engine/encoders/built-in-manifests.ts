import { builtInEncoders, type BuiltInEncoder, type EncoderCard } from '../../contract/index.ts'
import { architectures } from './architectures.ts'
import { graphNames } from './emit-onnx.ts'
import { officialWeights } from './manifest.ts'

/** The largest image that may be encoded as a whole, pixels of its edge. */
const maxEdgePx = 8192

/**
 * What the manifest of a lab's encoder says, for each of Lobule's: the graphs are emitted from weights
 * (emit-onnx.ts), so they have no file of their own and take the bytes of an image as they are.
 */
export const builtInManifests = Object.fromEntries(
  builtInEncoders.map((name) => [name, manifestOf(name)]),
) as Readonly<Record<BuiltInEncoder, EncoderCard>>

function manifestOf(name: BuiltInEncoder): EncoderCard {
  const { title, licence, attribution, trainedOn, md5, url } = officialWeights[name]
  const { descriptorLength, minimumSizePx } = architectures[name]
  return {
    name,
    title,
    revision: md5,
    citation: attribution,
    licence: {
      name: licence,
      url,
      commercialUse: 'yes',
      derivedModels: 'free',
      redistribution: 'yes',
      attribution,
    },
    input: {
      name: graphNames.input,
      layout: 'NHWC',
      channels: 'RGB',
      dtype: 'uint8',
      size: { multipleOf: 1, minPx: minimumSizePx, maxPx: maxEdgePx },
      batch: 'any',
      scale: 1,
      mean: [0, 0, 0],
      std: [1, 1, 1],
    },
    tile: { pixelSizeUm: 0.84, resize: 'bicubic' },
    output: {
      name: graphNames.descriptor,
      kind: 'vector',
      layout: 'NCHW',
      length: descriptorLength,
      pooling: 'none',
      prefixTokens: 0,
      nonNegative: true,
    },
    stain: 'macenko',
    augmentations: 50,
    trainedOn: { text: `Photographs: ${trainedOn.join(', ')}.`, dataSets: trainedOn },
  }
}
