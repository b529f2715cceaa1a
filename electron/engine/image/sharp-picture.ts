import sharp from 'sharp'
import { maxCameraValue, type CameraBits } from '../../contract/camera-bits.ts'
import { withFile } from './byte-source.ts'
import { colourProfile } from './colour-profile.ts'
import { maxCachedPixels } from './decoded-image-cache.ts'
import { readImageHeader, type ImageHeader } from './image-header.ts'
import { imageInfo } from './image-info.ts'
import { viewLimitPx } from './limits.ts'
import type { Picture, PictureLevel } from './picture.ts'
import { tiffTag, wholeTiffTags, type TiffTags } from './tiff-tags.ts'
import { verifyImage } from './verify-image.ts'

/** Where sharp finds a level: a page from 0 and, if it is a sub-directory of that page, its index there from 0. */
interface Place {
  page: number
  tiff?: { subifd: number }
}

interface SharpLevel extends PictureLevel {
  place: Place
}

type SharpLevels = readonly [SharpLevel, ...SharpLevel[]]

/** More than the levels of any pyramid. A file can declare millions. */
const candidateLimit = 64

/**
 * An image that sharp reads.
 * @param options as in openPicture
 * @throws AppError the codes of readImageHeader
 */
export async function openSharpPicture(
  path: string,
  page: number,
  { header: known, cameraBits }: { header?: ImageHeader; cameraBits?: CameraBits | null | undefined } = {},
): Promise<Picture> {
  const header = known ?? (await readImageHeader(path, page))
  const levels = await readLevels(path, page, header)
  const isCamera = cameraBits !== null && cameraBits !== undefined && header.metadata.depth === 'ushort'
  const read: Picture['read'] = (index, { box } = {}) => {
    const { place } = levels[index] ?? levels[0]
    const input = { failOn: 'warning', ignoreIcc: true, limitInputPixels: viewLimitPx } as const
    const image = sharp(path, { ...input, ...place }).autoOrient()
    // After everything else that a caller adds but the conversion of colours.
    if (isCamera) image.linear(65_535 / maxCameraValue(cameraBits), 0)
    return Promise.resolve(box === undefined ? image : image.extract(box))
  }
  const { depth, icc, space } = header.metadata
  return {
    info: imageInfo(header),
    depth,
    levels,
    isKept: isKept(header, levels[0]),
    profile: await colourProfile(icc, space === 'srgb' || space === 'rgb16'),
    read,
    verify: (signal) => verifyImage(path, page, header, { levels, read }, signal),
  }
}

/** Whether sharp decodes an image to the same bytes in any order of operations, and it is small and not tiled. */
function isKept(header: ImageHeader, full: PictureLevel): boolean {
  const { channels, depth, space, hasAlpha } = header.metadata
  const isPlain = channels === 3 && depth === 'uchar' && space === 'srgb' && !hasAlpha
  const isTiled = (header.tags?.numbers(tiffTag.tileOffsets) ?? []).length > 0
  return isPlain && !isTiled && full.widthPx * full.heightPx <= maxCachedPixels
}

/**
 * The pyramid levels of an image (`page` from 1): reduced pages (Aperio, libvips) or sub-directories (OME-TIFF) of a TIFF
 * that have its aspect ratio and are tiled. All other images have one level, and so have images that EXIF turns. The
 * codes of readImageHeader.
 */
async function readLevels(path: string, page: number, header: ImageHeader): Promise<SharpLevels> {
  const { width, height, autoOrient, orientation = 1 } = header.metadata
  const full: SharpLevel = {
    widthPx: autoOrient.width,
    heightPx: autoOrient.height,
    downsample: 1,
    place: { page: page - 1 },
  }
  if (header.format !== 'tiff' || orientation !== 1) return [full]

  const levels: [SharpLevel, ...SharpLevel[]] = [full]
  const offer = (tags: TiffTags, place: Place): void => {
    const [widthPx = 0] = tags.numbers(tiffTag.width)
    const [heightPx = 0] = tags.numbers(tiffTag.height)
    const downsample = width / widthPx
    // Edges are rounded to whole pixels, each by its writer's own rule.
    const hasShape = Math.abs(height / downsample - heightPx) < 1.5
    const isTiled = tags.numbers(tiffTag.tileOffsets).length > 0
    const isSmaller = widthPx < (levels.at(-1)?.widthPx ?? 0)
    if (isSmaller && hasShape && isTiled) levels.push({ widthPx, heightPx, downsample, place })
  }
  await withFile(path, async (source) => {
    const below = header.tags?.numbers(tiffTag.subDirectories) ?? []
    const candidates: { offset: number; place: Place }[] = below.map((offset, subifd) => ({
      offset,
      place: { page: page - 1, tiff: { subifd } },
    }))
    // Smaller copies follow their image, up to the next image.
    for (const [index, { offset, widthPx }] of header.tiffPages.entries()) {
      if (index < page) continue
      if (widthPx >= width) break
      candidates.push({ offset, place: { page: index } })
    }
    for (const { offset, place } of candidates.slice(0, candidateLimit)) {
      // A damaged copy is no reason to refuse the image.
      const tags = await wholeTiffTags(source, offset)
      if (tags !== null) offer(tags, place)
    }
  })
  return levels
}
