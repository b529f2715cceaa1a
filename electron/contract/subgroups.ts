import { z } from 'zod'
import { count, fraction } from './atoms.ts'
import type { ImageView } from './images.ts'
import { originOf } from './label-source.ts'

/** What images can be grouped by without a table. */
export const subgroupColumns = [
  /** The folder that the file was imported from. */
  'folder',
  /** The letters, or the digits, that the name of the case begins with. */
  'case-prefix',
  /** In um, with two significant digits. */
  'pixel-size',
  'format',
  /** A reader, a folder, a table or synthetic tissue. */
  'label-source',
] as const
export type SubgroupColumn = (typeof subgroupColumns)[number]

/** What an image has in a column; null: nothing. */
export function columnValueOf(column: SubgroupColumn, image: ImageView): string | null {
  switch (column) {
    case 'folder':
      // A file at the root is in no folder.
      return /([^\\/]+)[\\/][^\\/]*$/.exec(image.originalPath)?.[1] ?? null
    case 'case-prefix':
      return /^(?:\p{L}+|\p{N}+)/u.exec(image.caseName ?? '')?.[0] ?? null
    case 'pixel-size':
      return image.pixelSizeUm === null ? null : `${Number(image.pixelSizeUm.toPrecision(2))} um`
    case 'format':
      return image.format
    case 'label-source':
      return image.label === null ? null : originOf(image.label)
  }
}

/** Values of a column of a table, by file name or case. */
export const tableValuesSchema = z
  .array(z.strictObject({ name: z.string().max(4096), value: z.string().max(1000) }))
  .max(100_000)
export type TableValues = z.infer<typeof tableValuesSchema>

/** With fewer cases the figures of a group tell nothing beyond their interval. */
export const minSubgroupCases = 10

export const subgroupSchema = z.object({
  /** null: the images without a value. */
  value: z.string().nullable(),
  images: count,
  /** Cases, and each image without one. */
  cases: count,
  accuracy: fraction,
  /** 95 %, by case. */
  low: fraction,
  high: fraction,
})
export type Subgroup = z.infer<typeof subgroupSchema>

/** The out-of-fold accuracy of a model by the values of a column. */
export const subgroupsSchema = z.object({
  model: z.string(),
  /** One of `subgroupColumns`, or the column of a table. */
  column: z.string(),
  /** The largest first; without a value last. */
  groups: z.array(subgroupSchema),
  /** Groups beyond `maxSubgroups`, which are left out. */
  further: count,
})
export type Subgroups = z.infer<typeof subgroupsSchema>

/** More would be a list of cases. */
export const maxSubgroups = 20
