import type { ImageFile } from '../../electron/engine/image/index.ts'
import { inspectImage } from '../../electron/engine/image/index.ts'
import { maskCellUm, maskClasses, type TissueMask } from '../../electron/engine/tissue/tissue-mask.ts'

/** The mask of an image that is all tissue. */
export async function allTissue({ path, page, pixelSizeUm }: ImageFile): Promise<TissueMask> {
  const { widthPx, heightPx } = await inspectImage(path, page)
  const count = (edgePx: number): number => Math.ceil((edgePx * (pixelSizeUm ?? 1)) / maskCellUm)
  const [rows, columns] = [count(heightPx), count(widthPx)]
  return { rows, columns, cells: new Uint8Array(rows * columns).fill(maskClasses.indexOf('tissue')) }
}
