import { join } from 'node:path'
import { AppError, hasCode } from '../../../contract/errors.ts'
import { nearestSize, type EncoderManifest } from '../../../contract/index.ts'
import { averageWindows } from '../../descriptors/average-windows.ts'
import type { OpenEncoder, OwnModel } from '../backend.ts'
import { factsOfManifest } from '../network-facts.ts'
import { onnxCpu } from '../onnx-backend.ts'
import { cosine, minCosine, probeImage } from '../self-test.ts'
import { RefusedEncoder } from './check-network.ts'

/** What an encoder gave when it was run for the first time. */
export interface EncoderTrial {
  /** Of the probe image. */
  readonly sizePx: number
  readonly descriptor: Float32Array
  /** With what its maker's framework gives; null: the manifest has no probe. */
  readonly cosine: number | null
  /** Time for one image of that size. */
  readonly milliseconds: number
}

/** Size of the probe image where the manifest has no probe. */
const usualPx = 224

/**
 * Runs an encoder that was checked (`stageEncoder`) on the processor: it must open, give what its manifest says for the sizes that
 * it says, the same for the same image, and what its maker's framework gives.
 * @throws AppError `encoder.refused`
 */
export async function tryEncoder(
  path: string,
  folder: string,
  manifest: EncoderManifest,
  about: Pick<OwnModel, 'fingerprint' | 'homeDir'>,
): Promise<EncoderTrial> {
  const onnxPath = join(folder, manifest.network.file)
  const model: OwnModel = { ...about, name: manifest.name, manifest, source: 'unverified', onnxPath }
  try {
    const encoder = await onnxCpu().openOwn?.(model)
    if (encoder === undefined) throw new Error('the processor runs every encoder')
    try {
      return await trialOf(encoder, manifest)
    } finally {
      await encoder.close()
    }
  } catch (error) {
    const reason =
      error instanceof RefusedEncoder
        ? error.message
        : hasCode(error, 'encoder.backend-failed')
          ? `ONNX Runtime cannot run it: ${(error as AppError<'encoder.backend-failed'>).details.reason}`
          : null
    if (reason === null) throw error
    throw new AppError('encoder.refused', { path, reason }, { cause: error })
  }
}

async function trialOf(encoder: OpenEncoder, manifest: EncoderManifest): Promise<EncoderTrial> {
  const { input, probe } = manifest
  const sizePx = probe?.sizePx ?? nearestSize(input.size, usualPx)
  const image = probeImage(sizePx, sizePx)
  const descriptor = await descriptorOf(encoder, sizePx)
  const startedAt = performance.now()
  const again = await descriptorOf(encoder, sizePx)
  const milliseconds = performance.now() - startedAt
  if (!descriptor.every((value, i) => Object.is(value, again[i])))
    throw new RefusedEncoder('it gives different numbers for the same image')
  const found = probe === null ? null : cosine(descriptor, Float32Array.from(probe.output))
  if (probe !== null && found !== null && found < probe.leastCosine)
    throw new RefusedEncoder(
      `its descriptor of the probe image has a cosine of ${found.toFixed(4)} with the one of its maker, and at least ${probe.leastCosine} is due: layout, channels, scale, mean, std or pooling are probably not as the manifest says`,
    )
  if (!('fixedPx' in input.size)) {
    const other = nearestSize(input.size, 2 * sizePx)
    if (other !== sizePx) await descriptorOf(encoder, other)
  }
  if (factsOfManifest(manifest).isDense) {
    const [map] = await encoder.encodeMaps(image)
    const [average = new Float32Array()] =
      map === undefined
        ? []
        : averageWindows(map, image, [{ leftPx: 0, topPx: 0, widthPx: sizePx, heightPx: sizePx }])
    if (cosine(average, descriptor) < minCosine.half)
      throw new RefusedEncoder('the mean of its patches is not its descriptor')
  }
  return { sizePx, descriptor, cosine: found, milliseconds }
}

async function descriptorOf(encoder: OpenEncoder, sizePx: number): Promise<Float32Array> {
  const [descriptor] = await encoder.encode([probeImage(sizePx, sizePx)])
  if (descriptor === undefined || descriptor.every((value) => value === 0))
    throw new RefusedEncoder('its descriptor of the probe image is empty')
  return descriptor
}
