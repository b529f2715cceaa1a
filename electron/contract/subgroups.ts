import { z } from 'zod'
import { count, fraction } from './atoms.ts'

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
