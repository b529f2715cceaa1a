import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { open } from 'node:fs/promises'
import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../base/atomic-file.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { asNotWritable, asPathError } from '../../base/path-errors.ts'
import { AppError } from '../../contract/errors.ts'
import {
  backendChoiceSchema,
  cameraBitsSchema,
  recipeSchema,
  weightsSourceSchema,
} from '../../contract/index.ts'

/**
 * A plan is a folder that tells other machines what to encode, without the workspace (docs/more-machines.md):
 *
 * - `plan.json`: recipe, weights, version; written last, so a folder without it is no plan;
 * - `units.jsonl`: a line for each image, in the order of content hashes;
 * - `encoders/`: the weights, as installed;
 * - `images/`: the image files, named by content hash, unless the plan has their paths.
 *
 * A plan comes from outside: both files are checked, and no name in them reaches out of the folder.
 */
const hash = z.string().regex(/^[0-9a-f]{64}$/)

const planSchema = z.strictObject({
  format: z.literal(1),
  kind: z.literal('encode'),
  /** Version of Lobule that wrote it. */
  lobule: z.string().max(100),
  createdAt: z.iso.datetime().max(40),
  recipe: recipeSchema,
  backend: backendChoiceSchema,
  /** Whether half precision may be used. */
  allowsHalf: z.boolean(),
  weights: z.strictObject({ source: weightsSourceSchema, fingerprints: z.record(z.string().max(200), hash) }),
  units: z.strictObject({ count: z.int().nonnegative(), sha256: hash }),
})
export type EncodePlan = z.infer<typeof planSchema>

const unitSchema = z.strictObject({
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

const planPath = (folder: string): string => join(folder, 'plan.json')
const unitsPath = (folder: string): string => join(folder, 'units.jsonl')
const maxPlanBytes = 2 ** 20
const writtenAtOnce = 2 ** 20
const readAtOnce = 2 ** 18
/** Characters; a path has at most 4096. */
const maxLine = 2 ** 16

/**
 * Writes `units.jsonl`, then `plan.json`. Memory holds one block of lines.
 * @param units in ascending order of `sha256`
 * @throws AppError `path.not-writable`
 */
export async function writePlan(
  folder: string,
  plan: Omit<EncodePlan, 'format' | 'units'>,
  units: Iterable<PlanUnit>,
): Promise<EncodePlan> {
  const digest = createHash('sha256')
  let [count, block] = [0, '']
  const path = unitsPath(folder)
  try {
    const file = await open(path, 'wx')
    const flush = async (): Promise<void> => {
      digest.update(block)
      await file.write(block)
      block = ''
    }
    try {
      for (const unit of units) {
        block += `${JSON.stringify(unit)}\n`
        count++
        if (block.length >= writtenAtOnce) await flush()
      }
      await flush()
      await file.sync()
    } finally {
      await file.close()
    }
  } catch (error) {
    throw asNotWritable(error, path)
  }
  const whole = { format: 1, ...plan, units: { count, sha256: digest.digest('hex') } } as const
  await writeAtomically(planPath(folder), `${JSON.stringify(whole, null, 2)}\n`)
  return whole
}

/** @throws AppError `path.*`, `shard.invalid-plan` */
export async function readPlan(folder: string): Promise<EncodePlan> {
  const path = planPath(folder)
  const refuse = (reason: string): never => {
    throw new AppError('shard.invalid-plan', { path, reason })
  }
  const text = (await readBoundedFile(path, maxPlanBytes, refuse)).toString('utf8')
  const parsed = planSchema.safeParse(parseJson(text, () => refuse('it is not JSON')))
  if (parsed.success) return parsed.data
  const [issue] = parsed.error.issues
  return refuse(`${issue?.path.join('.') ?? ''}: ${issue?.message ?? 'invalid'}`)
}

/**
 * The units of a plan one after the other, each with its place in the order (from 0); `path` is absolute. Whether all are there and unchanged is known
 * at the end: nothing may be done with them before.
 * @throws AppError `path.*`, `shard.invalid-plan`
 */
export async function* planUnits(
  folder: string,
  { units }: Pick<EncodePlan, 'units'>,
): AsyncGenerator<PlanUnit & { index: number }> {
  const path = unitsPath(folder)
  const refuse = (reason: string): never => {
    throw new AppError('shard.invalid-plan', { path, reason })
  }
  const digest = createHash('sha256')
  let [index, before, rest] = [0, '', '']
  try {
    for await (const chunk of createReadStream(path, { encoding: 'utf8', highWaterMark: readAtOnce })) {
      digest.update(chunk as string)
      const lines = `${rest}${chunk as string}`.split('\n')
      rest = lines.pop() ?? ''
      for (const line of lines) {
        const at = `line ${index + 1}`
        const { data } = unitSchema.safeParse(parseJson(line, () => refuse(`${at} is not JSON`)))
        if (data === undefined || !isInside(data)) return refuse(`${at} is no image`)
        if (data.sha256 <= before) refuse(`${at} is not in the order of hashes`)
        before = data.sha256
        yield { ...data, path: isAbsolute(data.path) ? data.path : join(folder, data.path), index: index++ }
      }
      if (rest.length > maxLine) refuse(`line ${index + 1} is too long`)
    }
  } catch (error) {
    throw asPathError(error, path)
  }
  if (rest !== '') refuse(`line ${index + 1} is cut off`)
  if (index !== units.count) refuse(`it has ${index} images instead of ${units.count}`)
  if (digest.digest('hex') !== units.sha256) refuse('it was changed after the plan was written')
}

function isInside({ path, sha256 }: PlanUnit): boolean {
  const start = `images/${sha256.slice(0, 2)}/${sha256}`
  return (
    isAbsolute(path) || (path.startsWith(start) && /^(\.[a-z0-9]{1,10})?$/.test(path.slice(start.length)))
  )
}

function parseJson(text: string, refuse: () => never): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return refuse()
  }
}
