import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { sha256 as hash } from '../../contract/atoms.ts'
import { AppError } from '../../contract/errors.ts'
import { cameraBitsSchema } from '../../contract/index.ts'
import { readLines, type Lines } from './lines-file.ts'

export const unitSchema = z.strictObject({
  sha256: hash,
  page: z.int().positive(),
  pixelSizeUm: z.number().positive().nullable(),
  /** As in ImageFile. */
  cameraBits: cameraBitsSchema.optional(),
  bytes: z.int().nonnegative(),
  /** Absolute, or below the plan's folder: `images/ab/<sha256>.<ending>`. */
  path: z.string().min(1).max(4096),
})
/** One image of a plan. */
export type PlanUnit = z.infer<typeof unitSchema>

export const unitsPath = (folder: string): string => join(folder, 'units.jsonl')

/**
 * The images of a plan one after the other, each with its place in the order (from 0); `path` is absolute. Nothing may be done with
 * them before the end is reached, as of `readLines`.
 * @throws AppError `path.*`, `shard.invalid-plan`
 */
export async function* readUnits<T extends PlanUnit>(
  folder: string,
  schema: z.ZodType<T>,
  units: Lines,
): AsyncGenerator<T & { index: number }> {
  const path = unitsPath(folder)
  let [index, before] = [0, '']
  for await (const unit of readLines(path, schema, units)) {
    const line = index + 1
    if (!isInside(unit))
      throw new AppError('shard.invalid-plan', { path, reason: `line ${line} is no image` })
    if (unit.sha256 <= before)
      throw new AppError('shard.invalid-plan', { path, reason: `line ${line} is not in the order of hashes` })
    before = unit.sha256
    yield { ...unit, path: isAbsolute(unit.path) ? unit.path : join(folder, unit.path), index: index++ }
  }
}

function isInside({ path, sha256 }: PlanUnit): boolean {
  const start = `images/${sha256.slice(0, 2)}/${sha256}`
  return (
    isAbsolute(path) || (path.startsWith(start) && /^(\.[a-z0-9]{1,10})?$/.test(path.slice(start.length)))
  )
}
