import { withFile } from './byte-source.ts'
import { readImageHeader, type ImageHeader } from './image-header.ts'
import { readTiffPages, readTiffTags, TiffFormatError, tiffTag, type TiffTags } from './tiff-tags.ts'

/** A smaller copy of a picture, or the picture itself. */
export interface PyramidLevel {
  widthPx: number
  heightPx: number
  /** Full width over this level's, 1 or more. */
  downsample: number
  /** Where sharp finds it: a page from 0 and, where it hangs below that page, its place there from 0. */
  place: { page: number; tiff?: { subifd: number } }
}

export interface Pyramid {
  header: ImageHeader
  /** The picture itself first, then each smaller one; one level where the file holds no copies. */
  levels: readonly [PyramidLevel, ...PyramidLevel[]]
}

/** More than any pyramid's levels; a file may claim millions. */
const candidateLimit = 64

/**
 * The levels of a picture of a file (`page` from 1): reduced pages (Aperio, libvips) or sub-directories
 * (OME-TIFF) of a TIFF that have its shape and are stored in tiles. Everything else has one level, which is also
 * the answer where EXIF turns the picture. The codes of readImageHeader.
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
    // Smaller copies follow their picture, and the next picture ends them.
    for (const [index, { offset, widthPx }] of (await readTiffPages(source)).entries()) {
      if (index < page) continue
      if (widthPx >= width) break
      candidates.push({ offset, place: { page: index } })
    }
    for (const { offset, place } of candidates.slice(0, candidateLimit)) {
      // A damaged copy is no reason to refuse the picture.
      const tags = await readTiffTags(source, offset).catch((error: unknown) => {
        if (error instanceof TiffFormatError) return null
        throw error
      })
      if (tags !== null) offer(tags, place)
    }
  })
  return { header, levels }
}

/** The smallest level that is still at least as fine as one pixel in `shrink` of the full picture. */
export function levelFor({ levels }: Pyramid, shrink: number): PyramidLevel {
  // Odd edges make a level of 1/4 a little more than 4.
  return levels.findLast(({ downsample }) => downsample <= shrink * 1.01) ?? levels[0]
}
