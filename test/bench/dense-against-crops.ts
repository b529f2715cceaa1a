/**
 * How near the descriptors of mode dense are to those of mode crops on real tissue, and how much of the difference is
 * the border: `npm run bench -- dense-against-crops [--fields 12] [--regions 4] [--encoders resnet50,inceptionv3,vgg16]`.
 *
 * Three descriptors of the same square, 3-norm pooled over the squares of a picture:
 * - crop: the square goes through the network by itself, as the paper has it; the network pads its edges with zeros;
 * - surrounded: the square with real tissue around it goes through, and only the square's part of the map is
 *   averaged. The margin is a multiple of the networks' strides, so that the map's cells lie as in the crop;
 * - dense: the whole picture goes through once, and the square's part of the map is averaged with fractional weights.
 * So crop against surrounded is the border, and surrounded against dense is the rest: where the cells fall, and what lies
 * farther away. Colours are as in the file and nothing is turned, so that nothing else differs.
 */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { z } from 'zod'
import { builtInEncoders } from '../../electron/contract/index.ts'
import { planCrops } from '../../electron/engine/crops/index.ts'
import { encodeWindows } from '../../electron/engine/descriptors/encode-windows.ts'
import { poolDescriptors } from '../../electron/engine/descriptors/index.ts'
import { cosine, EncoderStore, OpenEncoders, type OpenEncoder } from '../../electron/engine/encoders/index.ts'
import { decodeRaster, makeRaster, readRegion, type Raster } from '../../electron/engine/image/index.ts'
import { sharedPath } from '../shared-data.ts'
import { machineLine, quantile } from './support/figures.ts'

const { values } = parseArgs({
  options: {
    fields: { type: 'string', default: '12' },
    regions: { type: 'string', default: '4' },
    encoders: { type: 'string', default: 'resnet50,inceptionv3,vgg16' },
  },
})
const [fieldCount, regionCount] = [Number(values.fields), Number(values.regions)]
const encoders = values.encoders.split(',').map((name) => z.enum(builtInEncoders).parse(name))
/** Three times the largest stride. */
const marginPx = 96

interface Square {
  left: number
  top: number
  sizePx: number
}

interface Picture {
  name: string
  raster: Raster
  /** By crop size; each has `marginPx` of tissue around it. */
  squares: Map<number, Square[]>
}

function pictureOf(name: string, raster: Raster, sizes: readonly number[], count: number): Picture {
  const inside = (sizePx: number): Square[] => {
    const [widthPx, heightPx] = [raster.widthPx - 2 * marginPx, raster.heightPx - 2 * marginPx]
    const draw = { recipeSeed: 0, imageSha256: name, augmentation: 0 }
    return planCrops({ ...draw, sizePx, count, widthPx, heightPx }).map(({ left, top }) => {
      return { left: left + marginPx, top: top + marginPx, sizePx }
    })
  }
  return { name, raster, squares: new Map(sizes.map((sizePx) => [sizePx, inside(sizePx)])) }
}

/** Fields of as many patients as there are, in turn. */
async function fields(): Promise<Picture[]> {
  const folder = sharedPath('data/breakhis100x')
  if (folder === null) return []
  const [, ...lines] = readFileSync(join(folder, 'manifest.csv'), 'utf8').trim().split('\n')
  const names = lines.map((line) => line.split(',')[0] ?? '')
  const chosen = Array.from(
    { length: fieldCount },
    (_, i) => names[Math.floor((i * names.length) / fieldCount)] ?? '',
  )
  return Promise.all(
    chosen.map(async (name) => pictureOf(name, await decodeRaster(join(folder, name)), [200], 6)),
  )
}

/** Parts of a real slide that are large enough for the paper's crops. */
async function regions(): Promise<Picture[]> {
  const slide = sharedPath('data/wsi/cmu-1-small-region.svs')
  if (slide === null) return []
  const [widthPx, heightPx] = [1100, 900]
  const places = [0, 1, 2].flatMap((row) =>
    [0, 1].map((column) => ({ left: column * 1110, top: row * 1000 })),
  )
  return Promise.all(
    places.slice(0, regionCount).map(async ({ left, top }) => {
      const raster = await readRegion(slide, { level: 0, left, top, widthPx, heightPx })
      return pictureOf(`${left},${top}`, raster, [400, 650], 3)
    }),
  )
}

function cut({ data, widthPx }: Raster, { left, top, sizePx }: Square): Raster {
  const square = makeRaster(sizePx, sizePx)
  for (let row = 0; row < sizePx; row++) {
    const from = ((top + row) * widthPx + left) * 3
    square.data.set(data.subarray(from, from + sizePx * 3), row * sizePx * 3)
  }
  return square
}

function averages(
  encoder: OpenEncoder,
  picture: Raster,
  squares: readonly Square[],
): Promise<Float32Array[]> {
  const windows = squares.map(({ left, top, sizePx }) => {
    return { leftPx: left, topPx: top, widthPx: sizePx, heightPx: sizePx }
  })
  return encodeWindows(encoder, picture, windows)
}

async function surrounded(encoder: OpenEncoder, picture: Raster, square: Square): Promise<Float32Array> {
  const [left, top] = [square.left - marginPx, square.top - marginPx]
  const larger = cut(picture, { left, top, sizePx: square.sizePx + 2 * marginPx })
  const inner = { left: marginPx, top: marginPx, sizePx: square.sizePx }
  const [found] = await averages(encoder, larger, [inner])
  if (found === undefined) throw new Error('no window')
  return found
}

/** The length of the difference, as a share of the first one's. */
function distance(a: Float32Array, b: Float32Array): number {
  const squared = (of: (i: number) => number): number => a.reduce((sum, _, i) => sum + of(i) ** 2, 0)
  return Math.sqrt(squared((i) => (a[i] ?? 0) - (b[i] ?? 0)) / squared((i) => a[i] ?? 0))
}

interface Compared {
  sizePx: number
  cosines: [whole: number, border: number, rest: number]
  distances: [whole: number, border: number, rest: number]
}

async function compare(encoder: OpenEncoder, { raster, squares }: Picture): Promise<Compared[]> {
  const found: Compared[] = []
  const all = await averages(encoder, raster, [...squares.values()].flat())
  let from = 0
  for (const [sizePx, ofSize] of squares) {
    const pool = (descriptors: readonly Float32Array[]): Float32Array => poolDescriptors(descriptors, 3)
    const dense = pool(all.slice(from, (from += ofSize.length)))
    const crop = pool(await encoder.encode(ofSize.map((square) => cut(raster, square))))
    const withTissue: Float32Array[] = []
    for (const square of ofSize) withTissue.push(await surrounded(encoder, raster, square))
    const real = pool(withTissue)
    const pairs = [[crop, dense], [crop, real], [real, dense]] as const // prettier-ignore
    found.push({
      sizePx,
      cosines: pairs.map(([a, b]) => cosine(a, b)) as Compared['cosines'],
      distances: pairs.map(([a, b]) => distance(a, b)) as Compared['distances'],
    })
  }
  return found
}

const home = mkdtempSync(join(tmpdir(), 'lobule-bench-dense-'))
console.log(`${machineLine()}\nEncoders UNTRAINED. Median over pictures, least cosine in brackets.`)
const head = [
  'encoder',
  'pictures',
  'crop',
  'cosine crop-dense',
  'crop-surrounded',
  'surrounded-dense',
  'distances',
]
console.log(head.join(' | '))
try {
  await new EncoderStore(home).installUntrained(encoders)
  const open = new OpenEncoders(home, 'cpu')
  const groups = { fields: await fields(), 'slide regions': await regions() }
  for (const name of encoders) {
    const encoder = await open.get(name)
    for (const [group, pictures] of Object.entries(groups)) {
      const rows: Compared[] = []
      for (const picture of pictures) rows.push(...(await compare(encoder, picture)))
      for (const [sizePx, ofSize] of Map.groupBy(rows, (row) => row.sizePx)) {
        const column = (of: (row: Compared) => number): number[] => ofSize.map(of)
        const cosines = [0, 1, 2].map((pair) => {
          const each = column((row) => row.cosines[pair] ?? NaN)
          return `${quantile(each, 0.5).toFixed(5)} (${Math.min(...each).toFixed(5)})`
        })
        const distances = [0, 1, 2].map((pair) =>
          quantile(
            column((row) => row.distances[pair] ?? NaN),
            0.5,
          ).toFixed(3),
        )
        console.log([name, `${ofSize.length} ${group}`, sizePx, ...cosines, distances.join(' ')].join(' | '))
      }
    }
  }
  await open.close()
} finally {
  rmSync(home, { recursive: true, force: true })
}
console.log(machineLine())
