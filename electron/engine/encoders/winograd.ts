import { availableParallelism } from 'node:os'
import { toErrorView } from '../../contract/error-view.ts'
import { imageInput, type Architecture, type Convolution, type Layer } from './architecture.ts'
import type { EncoderBackend, EncoderModel } from './backend.ts'
import { caffeMeans } from './emit-onnx.ts'
import { foldBatchNorm } from './fold-batch-norm.ts'
import { graphTapSizesOf, layerGraphOf, nativeLayers, pixelValuesOf } from './layer-graph.ts'
import { failing, NativeEncoder, noInstructions, type NativeNetwork } from './native-encoder.ts'
import { nativeEncoding, olderAddon, type NativeEncoding } from './native-encoding.ts'

/** The native kernels compute outputs in blocks of this size. */
const outputsPerBlock = 64

/**
 * Images that a graph takes together: small maps fill tiles better, and each weight is read once for all. Eight are no faster
 * than four (docs/performance.md). A chain gains nothing: its maps are large.
 */
const graphImagesAtOnce = 4

/**
 * Runs VGG, ResNet and Inception on the processor (native/encoding), their convolutions with stride 1 by Winograd's minimal
 * filtering: F(4 x 4, 3 x 3), F(2 x 2, 5 x 5), F(4, 3) and F(2, 7). These take a quarter to four sevenths of the
 * multiplications, which need most of the time. It computes in float32 like all back-ends, but on transformed values: for
 * the untrained VGG-16 the maximum relative difference from Keras is 1.5e-5; that of ONNX Runtime is 0.7e-5. For ResNet-50
 * it is 1.2e-5, for Inception-v3 4.6e-5 (test/unit/engine/encoders/winograd.test.ts).
 *
 * @param options.threads default: one per core
 * @param options.instructions a name from `winogradInstructions`; default: the fastest
 */
export const winograd = (options: { threads?: number; instructions?: string } = {}): EncoderBackend => ({
  name: 'winograd',
  canRun: (architecture) => chainOf(architecture) !== null || layerGraphOf(architecture) !== null,
  open: (model) =>
    failing('winograd', async () => {
      const encoding = nativeEncoding()
      const instructions = options.instructions ?? encoding.instructions()[0]
      if (instructions === undefined) throw new Error(noInstructions)
      const how = { encoding, instructions, threads: options.threads ?? availableParallelism() }
      const chain = chainOf(model.architecture)
      const network = await (chain === null ? openGraph(model, how) : openChain(model, chain, how))
      return new NativeEncoder('winograd', model, network)
    }),
})

interface How {
  readonly encoding: NativeEncoding
  readonly instructions: string
  readonly threads: number
}

async function openChain(model: EncoderModel, chain: readonly Link[], how: How): Promise<NativeNetwork> {
  const { encoding, instructions, threads } = how
  const weights = await model.readWeights()
  const layers = chain.map(({ convolution, ...layer }) =>
    convolution === null ? layer : { ...layer, ...foldBatchNorm(convolution, null, weights) },
  )
  const handle = await encoding.open(layers, Float32Array.from(caffeMeans), threads, instructions)
  const tapSizes = (heightPx: number, widthPx: number) => tapSizesOf(chain, heightPx, widthPx)
  return { encoding, handle, tapSizes, imagesAtOnce: 1 }
}

async function openGraph(
  { name, architecture, readWeights }: EncoderModel,
  how: How,
): Promise<NativeNetwork> {
  const { encoding, instructions, threads } = how
  const graph = layerGraphOf(architecture)
  if (graph === null) throw new Error(`it cannot run ${name}`)
  if (encoding.openGraph === undefined) throw new Error(olderAddon)
  const layers = nativeLayers(graph, await readWeights())
  const handle = await encoding.openGraph(
    layers,
    graph.mapChannels,
    graph.taps,
    ...pixelValuesOf(architecture.preprocessing),
    threads,
    instructions,
  )
  // The addon has its own copies; these, up to 94 MB, would stay in memory until garbage is collected.
  for (const { kernel } of layers) if (kernel?.buffer instanceof ArrayBuffer) kernel.buffer.transfer(0)
  const tapSizes = (heightPx: number, widthPx: number) => graphTapSizesOf(graph, heightPx, widthPx)
  return { encoding, handle, tapSizes, imagesAtOnce: graphImagesAtOnce }
}

/** The vector instructions that this machine supports, fastest first. All give the same bits. */
export const winogradInstructions = (): string[] => nativeEncoding().instructions()

/** Why this back-end is unavailable on this machine; null if it is available. */
export function winogradMissing(): string | null {
  try {
    return winogradInstructions().length > 0 ? null : noInstructions
  } catch (error) {
    return toErrorView(error).message
  }
}

interface Link {
  readonly inputs: number
  readonly outputs: number
  readonly tap: boolean
  readonly convolution: Convolution | null
}

/** A network as a chain for the native part; null if it is not a chain of that kind. */
function chainOf({ layers, taps, preprocessing }: Architecture): Link[] | null {
  if (preprocessing !== 'caffe') return null
  const links: Link[] = []
  const tapped: string[] = []
  let above = imageInput
  let channels = 3
  for (let index = 0; index < layers.length; index++) {
    const [layer, next] = [layers[index], layers[index + 1]]
    if (layer === undefined || !('input' in layer) || layer.input !== above) return null
    if (layer.op === 'max-pool' && layer.size === 2 && layer.stride === 2 && links.length > 0) {
      above = layer.name
    } else if (isWholeConvolution(layer) && next?.op === 'relu' && next.input === layer.name) {
      above = next.name
      index++
    } else {
      return null
    }
    const convolution = layer.op === 'convolution' ? layer : null
    const outputs = convolution?.outputChannels ?? channels
    const tap = taps.includes(above)
    if (tap) tapped.push(above)
    links.push({ inputs: channels, outputs, tap, convolution })
    channels = outputs
  }
  // In the order of the chain, each once.
  const isOrder = taps.length > 0 && taps.every((tap, index) => tap === tapped[index])
  return isOrder && taps.length === tapped.length ? links : null
}

const isWholeConvolution = (layer: Layer): layer is Convolution =>
  layer.op === 'convolution' &&
  layer.kernel.every((edge) => edge === 3) &&
  layer.stride === 1 &&
  layer.padding === 'same' &&
  layer.groups === 1 &&
  layer.outputChannels % outputsPerBlock === 0

function tapSizesOf(chain: readonly Link[], heightPx: number, widthPx: number) {
  const sizes: { channels: number; rows: number; columns: number }[] = []
  let [rows, columns] = [heightPx, widthPx]
  for (const { convolution, outputs: channels, tap } of chain) {
    if (convolution === null) [rows, columns] = [rows >> 1, columns >> 1]
    if (tap) sizes.push({ channels, rows, columns })
  }
  return sizes
}
