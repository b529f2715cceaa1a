import type { Metadata, Sharp } from 'sharp'
import type { ColourProfile } from './colour-profile.ts'
import type { ImageInfo } from './image-info.ts'

/** An image, or a smaller copy of it. */
export interface PictureLevel {
  readonly widthPx: number
  readonly heightPx: number
  /** Full width divided by the width of this level, 1 or more. */
  readonly downsample: number
}

/** A rectangle in pixels of one level. */
export interface Box {
  readonly left: number
  readonly top: number
  readonly width: number
  readonly height: number
}

/** What is found while every pixel is decoded. */
export interface VerifiedPixels {
  /** The largest value of red, green, blue or grey in what was decoded of a picture of 16 bits; null: it has others. */
  readonly brightest: number | null
}

/**
 * One image of a file, opened by the reader that can read it: sharp for common formats, OpenSlide for those of scanners. Both
 * pass the same tests (test/unit/engine/image/readers.test.ts).
 */
export interface Picture {
  readonly info: ImageInfo
  /** Type of a channel. */
  readonly depth: Metadata['depth']
  /** The image itself first, then the smaller copies; one level if the file has no copies. */
  readonly levels: readonly [PictureLevel, ...PictureLevel[]]
  /** Whether its parts cost as much to read as the whole, which is small enough to be kept. */
  readonly isKept: boolean
  /** The profile of the image itself, which holds for its smaller copies too; null: none. Pixels are read without it. */
  readonly profile: ColourProfile | null
  /**
   * The pixels of a level, or of a box inside it, as a pipeline of sharp: turned as EXIF says, before alpha is flattened and
   * colours are converted.
   * @param options.target size to which the caller shrinks them: a reader may shrink them by a whole number before
   * @throws AppError the codes of decodeRaster, here or by the pipeline (`asImageError`)
   */
  read(level: number, options?: { box?: Box; target?: { width: number; height: number } }): Promise<Sharp>
  /**
   * Detects a damaged file by decoding its pixels once, without keeping any; of a large slide only a part.
   * @throws AppError the codes of verifyImage
   */
  verify(signal?: AbortSignal): Promise<VerifiedPixels>
}

/** The index of the smallest level with a downsampling of at most `shrink`. */
export function levelFor({ levels }: Picture, shrink: number): number {
  // With odd edges the downsampling of a 1/4 level is slightly more than 4.
  return Math.max(
    0,
    levels.findLastIndex(({ downsample }) => downsample <= shrink * 1.01),
  )
}
