import { fillNormalFloat32 } from '../random/index.ts'
import type { Architecture } from './architecture.ts'
import { elementsOf, weightSpecifications, type Weights } from './weights.ts'

/**
 * The untrained weights of a network (docs/pipeline.md, section 6). They are the same bits on every machine.
 *
 * A convolution's kernel and bias are normals of standard deviation sqrt(2 / fan-in), fan-in = rows x columns
 * x input channels; value i of an array depends only on the key ('untrained', layer, weight) and on i. Batch
 * normalisation is the identity (up to its epsilon), with the scale of each residual block's last one at 0.5.
 * The Python twin is test/references/encoders/untrained.py.
 */
export function untrainedWeights(architecture: Pick<Architecture, 'layers'>): Weights {
  const layers = new Map(architecture.layers.map((layer) => [layer.name, layer]))
  const weights = new Map<string, Float32Array>()
  for (const { key, layer: name, weight, shape } of weightSpecifications(architecture)) {
    const layer = layers.get(name)
    const values = new Float32Array(elementsOf(shape))
    if (layer?.op === 'convolution') {
      const fanIn = layer.kernel[0] * layer.kernel[1] * layer.inputChannels
      fillNormalFloat32(['untrained', name, weight], values, Math.sqrt(2 / fanIn))
    } else if (layer?.op === 'batch-norm') {
      if (weight === 'gamma') values.fill(layer.untrainedScale)
      if (weight === 'moving_variance') values.fill(1)
    }
    weights.set(key, values)
  }
  return weights
}
