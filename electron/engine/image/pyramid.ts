import { withFile } from './byte-source.ts'
import { readImageHeader, type ImageHeader } from './image-header.ts'
import { readTiffTags, TiffFormatError, tiffTag, type TiffTags } from './tiff-tags.ts'

/** An image, or a smaller copy of it. */
export interface PyramidLevel {
  widthPx: number
  heightPx: number
  /** Full width divided by the width of this level, 1 or more. */
  downsample: number
  /** Its address for sharp: a page from 0 and, if it is a sub-directory of that page, its index there from 0. */
  place: { page: number; tiff?: { subifd: number } }
}

export interface Pyramid {
  header: ImageHeader
  /** The image itself first, then the smaller copies; one level if the file has no copies. */
  levels: readonly [PyramidLevel, ...PyramidLevel[]]
}

/** More than the levels of any pyramid. A file can declare millions. */
const candidateLimit = 64

/**
 * The pyramid levels of an image (`page` from 1): reduced pages (Aperio, libvips) or sub-directories (OME-TIFF) of a TIFF
 * that have its aspect ratio and are tiled. All other images have one level, and so have images that EXIF turns. The
 * codes of readImageHeader.
 */
export async function readPyramid(path: string, page = 1): Promise<Pyramid> {
  const header = await readImageHeader(path, page)
  const { width, height, autoOrient, orientation = 1 } = header.metadata
  const full: PyramidLevel = {
    widthPx: autoOrient.width,
    heightPx: autoOrient.height,
    downsample: 1,
    place: { page: page - 1 },
  }
  if (header.format !== 'tiff' || orientation !== 1) return { header, levels: [full] }

  const levels: [PyramidLevel, ...PyramidLevel[]] = [full]
  const offer = (tags: TiffTags, place: PyramidLevel['place']): void => {
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
    const candidates: { offset: number; place: PyramidLevel['place'] }[] = below.map((offset, subifd) => ({
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
      const tags = await readTiffTags(source, offset).catch((error: unknown) => {
        if (error instanceof TiffFormatError) return null
        throw error
      })
      if (tags !== null) offer(tags, place)
    }
  })
  return { header, levels }
}

/** The smallest level with a downsampling of at most `shrink`. */
export function levelFor({ levels }: Pyramid, shrink: number): PyramidLevel {
  // With odd edges the downsampling of a 1/4 level is slightly more than 4.
  return levels.findLast(({ downsample }) => downsample <= shrink * 1.01) ?? levels[0]
}
