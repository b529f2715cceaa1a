import { join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../base/atomic-file.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { parseJson } from '../../base/parse-json.ts'
import { sha256 } from '../../base/sha256.ts'
import { AppError } from '../../contract/errors.ts'
import { faultsOf, inPlainWords } from '../../contract/index.ts'
import { readLines, writeLines } from './lines-file.ts'
import { readUnits, unitSchema, unitsPath, type PlanUnit } from './plan-images.ts'
import { planSchema, type EncodePlan, type Plan, type TrainPlan } from './plan-schemas.ts'

const planPath = (folder: string): string => join(folder, 'plan.json')
const maxPlanBytes = 2 ** 20

/**
 * Any plan, or one of a kind.
 * @throws AppError `path.*`, `shard.invalid-plan`
 */
export async function readPlan(folder: string): Promise<Plan>
export async function readPlan<K extends Plan['kind']>(
  folder: string,
  kind: K,
): Promise<Extract<Plan, { kind: K }>>
export async function readPlan(folder: string, kind?: Plan['kind']): Promise<Plan> {
  const path = planPath(folder)
  const refuse = (reason: string): never => {
    throw new AppError('shard.invalid-plan', { path, reason })
  }
  const text = (await readBoundedFile(path, maxPlanBytes, refuse)).toString('utf8')
  const content = parseJson(text, () => refuse('it is not JSON'))
  const parsed = planSchema.safeParse(content, inPlainWords)
  if (!parsed.success) return refuse(faultsOf(parsed.error, 'plan')[0] ?? '')
  const { data } = parsed
  if (data.kind !== 'train') {
    const known = Object.keys(data.weights.fingerprints)
    if (!data.recipe.encoders.every((name) => known.includes(name)))
      return refuse('it does not name the weights of each encoder')
  }
  return kind === undefined || data.kind === kind
    ? data
    : refuse(`it was written by ${data.kind}-plan, not by ${kind}-plan`)
}

const markerOf = (parts: string): string => join(parts, 'plan.sha256')

/**
 * Requires that a folder of results is this plan's, or no plan's yet: parts of another plan would count as finished.
 * @throws AppError `shard.other-plan`, `path.*`
 */
export async function requireParts(
  folder: string,
  parts: string,
): Promise<{ id: string; isClaimed: boolean }> {
  const refuse = (): never => {
    throw new AppError('shard.other-plan', { path: parts })
  }
  const id = sha256(await readBoundedFile(planPath(folder), maxPlanBytes, refuse))
  const found = await readBoundedFile(markerOf(parts), 100, refuse).catch((error: unknown) => {
    if (error instanceof AppError && error.code === 'path.not-found') return null
    throw error
  })
  if (found !== null && found.toString('utf8') !== id) refuse()
  return { id, isClaimed: found !== null }
}

/** The same, and takes the folder for the plan. @throws AppError `path.not-writable` too */
export async function claimParts(folder: string, parts: string): Promise<void> {
  const { id, isClaimed } = await requireParts(folder, parts)
  if (!isClaimed) await writeAtomically(markerOf(parts), id)
}

/** @throws AppError `path.not-writable` */
export const writePlanFile = (folder: string, plan: Plan): Promise<void> =>
  writeAtomically(planPath(folder), `${JSON.stringify(plan, null, 2)}\n`)

/**
 * Writes `units.jsonl`, then `plan.json`.
 * @param units in ascending order of `sha256`
 * @throws AppError `path.not-writable`
 */
export async function writeEncodePlan(
  folder: string,
  plan: Omit<EncodePlan, 'format' | 'kind' | 'units'>,
  units: Iterable<PlanUnit>,
): Promise<void> {
  await writePlanFile(folder, {
    format: 1,
    kind: 'encode',
    ...plan,
    units: await writeLines(unitsPath(folder), units),
  })
}

/** The images of a plan, as `readUnits` gives them. @throws AppError `path.*`, `shard.invalid-plan` */
export const planUnits = (
  folder: string,
  { units }: Pick<EncodePlan, 'units'>,
): AsyncGenerator<PlanUnit & { index: number }> => readUnits(folder, unitSchema, units)

const rowSchema = z.strictObject({
  /** Below `descriptors/`: of each constituent. */
  files: z
    .array(
      z
        .string()
        .max(500)
        .regex(/^[\w.-]+(\/[\w.-]+)*$/)
        .refine((name) => !name.split('/').includes('..')),
    )
    .min(1)
    .max(1000),
  classIndex: z.int().nonnegative(),
  fold: z.int().nonnegative(),
  group: z.int().nonnegative(),
})
/** One training field of a plan: as of `EnsembleImage`. */
export type PlanRow = z.infer<typeof rowSchema>

const rowsPath = (folder: string): string => join(folder, 'rows.jsonl')
/** The folder of descriptor files of a plan. */
export const planDescriptors = (folder: string): string => join(folder, 'descriptors')

/**
 * Writes `rows.jsonl`, then `plan.json`.
 * @throws AppError `path.not-writable`
 */
export async function writeTrainPlan(
  folder: string,
  plan: Omit<TrainPlan, 'format' | 'kind' | 'rows'>,
  rows: Iterable<PlanRow>,
): Promise<void> {
  await writePlanFile(folder, {
    format: 1,
    kind: 'train',
    ...plan,
    rows: await writeLines(rowsPath(folder), rows),
  })
}

/**
 * All training fields of a plan; `files` are absolute.
 * @throws AppError `path.*`, `shard.invalid-plan`
 */
export async function readRows(
  folder: string,
  { rows, options }: Pick<TrainPlan, 'rows' | 'options'>,
): Promise<PlanRow[]> {
  const path = rowsPath(folder)
  const all: PlanRow[] = []
  for await (const row of readLines(path, rowSchema, rows)) {
    const { files, classIndex, fold } = row
    if (
      files.length !== options.constituentCount ||
      classIndex >= options.classCount ||
      fold >= options.folds
    )
      throw new AppError('shard.invalid-plan', {
        path,
        reason: `line ${all.length + 1} does not fit the plan`,
      })
    all.push({ ...row, files: files.map((name) => join(planDescriptors(folder), name)) })
  }
  return all
}
