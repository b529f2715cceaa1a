import { extname } from 'node:path'
import sharp, { type Sharp } from 'sharp'
import { AppError } from '../../contract/errors.ts'
import { withFile } from './byte-source.ts'
import { colourProfile } from './colour-profile.ts'
import { fileStats } from './file-state.ts'
import { readableCompressions, sniff } from './image-header.ts'
import { plausiblePixelSizeUm, type ImageInfo } from './image-info.ts'
import { viewLimitPx } from './limits.ts'
import { detectVendor, openSlideState, readSlide, slideAt, type OpenedSlide } from './openslide.ts'
import type { Box, Picture, PictureLevel } from './picture.ts'
import { RecentFiles } from './recent-files.ts'
import { samplePicture } from './sample-picture.ts'
import { isSlideFormat, slideOfEnding, type SlideFormat } from './slide-formats.ts'
import { tiffTag, wholeTiffTags } from './tiff-tags.ts'

/**
 * An image of a scanner's format, read by OpenSlide; null if sharp is to read the file. sharp is faster, with the same pixels, so it
 * reads what it can: of TIFFs without a vendor and of Aperio's, those whose compression it knows.
 * @throws AppError `path.*`, `image.empty-file`, `image.unsupported-format`, `image.truncated`, `image.too-large`
 */
export async function openSlidePicture(path: string, page = 1): Promise<Picture | null> {
  const format = await slideFormat(path)
  if (format === null) return null
  if (page !== 1) throw new AppError('image.no-page', { path, page, pages: [1] })
  const slide = await slideAt(path)
  const levels = levelsOf(slide)
  const { widthPx, heightPx } = levels[0]
  const pixels = widthPx * heightPx
  if (pixels > viewLimitPx) throw new AppError('image.too-large', { path, pixels, limit: viewLimitPx })
  const { x, y } = boundsOf(slide)
  const read: Picture['read'] = (index, { box, target } = {}) => {
    const level = levels[index] ?? levels[0]
    const whole = { left: 0, top: 0, width: level.widthPx, height: level.heightPx }
    return readShrunk(box ?? whole, target, (part) =>
      readSlide(path, index, {
        x: x + Math.round(part.left * level.downsample),
        y: y + Math.round(part.top * level.downsample),
        widthPx: part.width,
        heightPx: part.height,
      }),
    )
  }
  return {
    info: {
      format,
      widthPx,
      heightPx,
      ...pixelSizeOf(slide),
      pages: 1,
      pictures: [{ page: 1, widthPx, heightPx }],
      synthetic: false,
      hasLabelPicture: slide.associated.some((name) => name === 'label' || name === 'macro'),
      byteCount: (await fileStats(path)).size,
    },
    depth: 'uchar',
    levels,
    isKept: false,
    profile: await colourProfile(slide.profile, true),
    read,
    verify: (signal) => samplePicture({ levels, read, depth: 'uchar' }, path, signal),
  }
}

const formats = new RecentFiles<SlideFormat | null>(64)

/** Which format OpenSlide is to read; null: sharp reads the file. */
const slideFormat = (path: string): Promise<SlideFormat | null> =>
  formats.get(path, '', () => findFormat(path))

async function findFormat(path: string): Promise<SlideFormat | null> {
  const ofEnding = slideOfEnding(extname(path))
  const content = await withFile(path, async (source) => {
    const kind = sniff(await source.read(0, 16))
    if (kind !== 'tiff') return { kind, isReadable: true }
    const tags = await wholeTiffTags(source)
    if (tags === null) return { kind, isReadable: true }
    const [compression = 1] = tags.numbers(tiffTag.compression)
    // OpenSlide gives background for tiles that were never scanned; libtiff takes the file for damaged.
    const isSparse = tags.numbers(tiffTag.tileByteCounts).includes(0)
    return { kind, isReadable: readableCompressions.includes(compression) && !isSparse }
  })
  const isPicture = content.kind !== null && content.kind !== 'tiff'
  // A file of this ending may look like a plain JPEG, which is only the preview of a slide.
  if (isPicture && ofEnding === null) return null
  const vendor = await detectVendor(path)
  if (vendor === 'aperio' || vendor === 'generic-tiff') return content.isReadable ? null : vendor
  if (vendor !== null && isSlideFormat(vendor)) return vendor
  if (ofEnding === null) return null
  const state = openSlideState()
  const why = 'reason' in state ? state.reason : 'OpenSlide does not recognise its content'
  const reason = `it is named like a slide of ${ofEnding}, but ${why}`
  throw new AppError('image.unsupported-format', { path, reason })
}

interface Bounds {
  x: number
  y: number
  widthPx: number
  heightPx: number
}

/** The scanned part of level 0. QuPath counts coordinates from there too. */
function boundsOf({ levels, properties }: OpenedSlide): Bounds {
  const [full = { widthPx: 0, heightPx: 0 }] = levels
  const value = (part: string): number => Number(properties[`openslide.bounds-${part}`] ?? NaN)
  const [x, y, widthPx, heightPx] = [value('x'), value('y'), value('width'), value('height')]
  const isInside =
    [x, y].every((at) => Number.isInteger(at) && at >= 0) &&
    [widthPx, heightPx].every((edge) => Number.isInteger(edge) && edge > 0) &&
    x + widthPx <= full.widthPx &&
    y + heightPx <= full.heightPx
  return isInside
    ? { x, y, widthPx, heightPx }
    : { x: 0, y: 0, widthPx: full.widthPx, heightPx: full.heightPx }
}

function levelsOf(slide: OpenedSlide): readonly [PictureLevel, ...PictureLevel[]] {
  const { widthPx, heightPx } = boundsOf(slide)
  const full = { widthPx, heightPx, downsample: 1 }
  const smaller = slide.levels.slice(1).map(({ downsample }) => ({
    widthPx: Math.max(1, Math.floor(widthPx / downsample)),
    heightPx: Math.max(1, Math.floor(heightPx / downsample)),
    downsample,
  }))
  return [full, ...smaller]
}

/** Widest that a pixel of an objective is: 10 um divided by its magnification is usual, 0.5 um at 20x. */
const usualUm = (power: number): number => 10 / power

/** The vendor's pixel size, unless no microscope has it or it contradicts the objective by more than twice. */
function pixelSizeOf({ properties }: OpenedSlide): Pick<ImageInfo, 'pixelSizeUm' | 'pixelSizeSource'> {
  const across = Number(properties['openslide.mpp-x'] ?? NaN)
  const down = Number(properties['openslide.mpp-y'] ?? NaN)
  const power = Number(properties['openslide.objective-power'] ?? NaN)
  const isSquare = Math.abs(across / down - 1) < 0.01
  const isPlausible = across >= plausiblePixelSizeUm.lowest && across <= plausiblePixelSizeUm.highest
  const ratio = across / usualUm(power)
  const contradicts = power > 0 && (ratio < 0.5 || ratio > 2)
  return isSquare && isPlausible && !contradicts
    ? { pixelSizeUm: Number(across.toPrecision(5)), pixelSizeSource: 'slide' }
    : { pixelSizeUm: null, pixelSizeSource: 'none' }
}

/** Pixels that are read at once: 48 MB. */
const stripPx = 2 ** 24

/**
 * The pixels of a box as a pipeline of sharp. A box that is much larger than its target is read in strips, each shrunk by the same
 * whole number, so that a slide without smaller copies needs no more memory than another.
 */
async function readShrunk(
  { left, top, width, height }: Box,
  target: { width: number; height: number } | undefined,
  read: (part: Box) => Promise<Uint8Array>,
): Promise<Sharp> {
  const fits = width * height <= stripPx || target === undefined
  const shrink = fits
    ? 1
    : Math.max(1, Math.floor(Math.max(width / target.width, height / target.height) / 2))
  if (shrink === 1) {
    return sharp(await read({ left, top, width, height }), { raw: { width, height, channels: 3 } })
  }
  const across = Math.ceil(width / shrink)
  const rowsAtOnce = Math.max(1, Math.floor(stripPx / width / shrink)) * shrink
  const strips: Buffer[] = []
  for (let row = 0; row < height; row += rowsAtOnce) {
    const rows = Math.min(rowsAtOnce, height - row)
    const strip = await read({ left, top: top + row, width, height: rows })
    strips.push(
      await sharp(strip, { raw: { width, height: rows, channels: 3 } })
        .resize({ width: across, height: Math.ceil(rows / shrink), fit: 'fill', kernel: 'linear' })
        .raw()
        .toBuffer(),
    )
  }
  const data = Buffer.concat(strips)
  return sharp(data, { raw: { width: across, height: data.length / 3 / across, channels: 3 } })
}
