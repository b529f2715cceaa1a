import { AppError } from '../../contract/index.ts'
import { readNpy } from '../descriptors/npy.ts'

/** The descriptors of several images: one block of rows per image, one row per augmentation. */
export interface DescriptorTable {
  /** images x rowsPerImage x columns values, row-major. */
  data: Float32Array
  rowsPerImage: number
  columns: number
}

/**
 * Reads the descriptor files of images into one table. All files must have the same shape.
 * @throws AppError `descriptors.invalid-file`, `path.not-found`; `training.too-few-images` without files
 */
export async function loadDescriptors(files: readonly string[]): Promise<DescriptorTable> {
  let table: DescriptorTable | undefined
  for (const [index, path] of files.entries()) {
    const { matrix } = await readNpy(path)
    const size = matrix.rows * matrix.columns
    table ??= {
      data: new Float32Array(files.length * size),
      rowsPerImage: matrix.rows,
      columns: matrix.columns,
    }
    if (matrix.rows !== table.rowsPerImage || matrix.columns !== table.columns) {
      const reason = `it holds ${matrix.rows} x ${matrix.columns} values; ${table.rowsPerImage} x ${table.columns} are needed`
      throw new AppError('descriptors.invalid-file', { path, reason })
    }
    table.data.set(matrix.data, index * size)
  }
  if (table === undefined) throw new AppError('training.too-few-images', { images: 0, needed: 1 })
  return table
}
