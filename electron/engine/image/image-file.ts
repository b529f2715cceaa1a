import type { CameraBits } from '../../contract/camera-bits.ts'

/** One image of a workspace, as every part of the engine takes it: where its pixels are and what identifies them. */
export interface ImageFile {
  readonly path: string
  /** Page of the file, from 1. */
  readonly page: number
  /** `contentHash` of the file and page. All random draws are keyed by it. */
  readonly sha256: string
  /** Width of a pixel in micrometres; null: unknown. */
  readonly pixelSizeUm: number | null
  /** Of a picture of 16 bits; null or absent: its values are read as they are. */
  readonly cameraBits?: CameraBits | null | undefined
}

/** What the pixels of an image are read by. */
export type PixelSource = Pick<ImageFile, 'path' | 'page' | 'cameraBits'>

/** These fields alone, so that a task does not send a whole worklist entry to the compute process. */
export const toImageFile = ({ path, page, sha256, pixelSizeUm, cameraBits }: ImageFile): ImageFile => ({
  path,
  page,
  sha256,
  pixelSizeUm,
  ...(cameraBits === null || cameraBits === undefined ? {} : { cameraBits }),
})
