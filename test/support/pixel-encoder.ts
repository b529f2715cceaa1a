import { createHash } from 'node:crypto'
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { Booster, Dataset } from '../../electron/engine/boosting/index.ts'
import { architectures, type OpenEncoder } from '../../electron/engine/encoders/index.ts'
import { makeRaster, type Raster } from '../../electron/engine/image/index.ts'

/**
 * An encoder whose only map is the picture itself, so that a window's descriptor is its mean colour.
 * @param onMap called for each picture
 * @param onCrop called for each crop
 */
export const pixelEncoder = (
  onMap: (picture: Raster) => void = () => undefined,
  onCrop: (crop: Raster) => void = () => undefined,
): OpenEncoder => ({
  model: {
    name: 'vgg16',
    architecture: { ...architectures.vgg16, descriptorLength: 3, taps: ['pixels'], tapChannels: [3] },
    source: 'untrained',
    fingerprint: 'f'.repeat(64),
    onnxPath: '',
    readWeights: () => Promise.resolve(new Map()),
  },
  backend: 'cpu',
  encode: (crops: readonly Raster[]) =>
    Promise.resolve(
      crops.map((crop) => {
        onCrop(crop)
        const sums = new Float64Array(3)
        crop.data.forEach((value, i) => (sums[i % 3] = (sums[i % 3] ?? 0) + value))
        return Float32Array.from(sums, (sum) => (3 * sum) / crop.data.length)
      }),
    ),
  encodeMaps: (picture: Raster) => {
    onMap(picture)
    const { widthPx, heightPx, data } = picture
    const planes = new Float32Array(data.length)
    data.forEach((value, i) => (planes[(i % 3) * widthPx * heightPx + Math.floor(i / 3)] = value))
    return Promise.resolve([{ channels: 3, rows: heightPx, columns: widthPx, data: planes }])
  },
  close: () => Promise.resolve(),
})

/** An image of two stains, so that the normalisation finds stains; `amounts` of each by pixel. */
export function stainedPicture(
  widthPx: number,
  heightPx: number,
  amounts: (pixel: number) => readonly [hematoxylin: number, eosin: number],
): Raster {
  const raster = makeRaster(widthPx, heightPx)
  for (let pixel = 0; pixel < widthPx * heightPx; pixel++) {
    const [hematoxylin, eosin] = amounts(pixel)
    raster.data.set(
      [
        240 * Math.exp(-(0.56 * hematoxylin + 0.22 * eosin)),
        240 * Math.exp(-(0.72 * hematoxylin + 0.8 * eosin)),
        240 * Math.exp(-(0.41 * hematoxylin + 0.56 * eosin)),
      ],
      3 * pixel,
    )
  }
  return raster
}

/** Trains a booster of two classes on colours, rows × 3, and stores its text in the folder under its hash. */
export async function keepColourBooster(
  folder: string,
  data: Float32Array,
  labels: number[],
  rounds: number,
): Promise<{ textSha256: string; path: string }> {
  const parameters = {
    objective: 'multiclass',
    num_class: 2,
    verbosity: -1,
    num_threads: 1,
    min_data_in_leaf: 5,
  }
  const dataset = await Dataset.fromMatrix(data, { rows: labels.length, columns: 3, labels, parameters })
  const booster = await Booster.train(dataset, parameters, { rounds })
  const text = await booster.toModelText()
  booster.close()
  dataset.close()
  const textSha256 = createHash('sha256').update(text).digest('hex')
  const path = join(folder, `${textSha256}.txt`)
  writeFileSync(path, text)
  return { textSha256, path }
}
