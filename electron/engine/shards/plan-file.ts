import { isAbsolute, join } from 'node:path'
import { z } from 'zod'
import { writeAtomically } from '../../base/atomic-file.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { sha256 } from '../../base/sha256.ts'
import { sha256 as hash } from '../../contract/atoms.ts'
import { AppError } from '../../contract/errors.ts'
import {
  backendChoiceSchema,
  cameraBitsSchema,
  faultsOf,
  inPlainWords,
  recipeSchema,
  weightsSourceSchema,
} from '../../contract/index.ts'
import { linesSchema, parseJson, readLines, writeLines } from './lines-file.ts'

/**
 * A plan is a folder that tells other machines what to compute, without the workspace (docs/more-machines.md):
 *
 * - `plan.json`: what it is, and the version; written last, so a folder without it is no plan;
 * - to encode: `units.jsonl`, a line for each image, in the order of content hashes; `encoders/`, the weights as installed;
 *   `images/`, the image files, named by content hash, unless the plan has their paths;
 * - to train: `rows.jsonl`, a line for each training field, in the order of training; `descriptors/`, their descriptor files.
 *
 * A plan comes from outside: its files are checked, and no name in them reaches out of the folder, except the absolute paths of images.
 */
const common = {
  format: z.literal(1),
  /** Version of Lobule that wrote it. */
  lobule: z.string().max(100),
  createdAt: z.iso.datetime().max(40),
}

const encodePlanSchema = z.strictObject({
  ...common,
  kind: z.literal('encode'),
  // External descriptors are computed by another program, and their files are elsewhere.
  recipe: recipeSchema.refine(
    ({ external }) => external === undefined,
    'external descriptors cannot be planned',
  ),
  backend: backendChoiceSchema,
  /** Whether half precision may be used. */
  allowsHalf: z.boolean(),
  weights: z.strictObject({ source: weightsSourceSchema, fingerprints: z.record(z.string().max(200), hash) }),
  units: linesSchema,
})
export type EncodePlan = z.infer<typeof encodePlanSchema>

const trainPlanSchema = z.strictObject({
  ...common,
  kind: z.literal('train'),
  /** As of `EnsembleOptions`. */
  options: z.strictObject({
    constituentCount: z.int().min(1).max(1000),
    classCount: z.int().min(2).max(1000),
    folds: z.int().min(2).max(100),
    seeds: z.int().min(1).max(100),
    classifier: recipeSchema.shape.classifier,
    boosting: recipeSchema.shape.boosting,
  }),
  rows: linesSchema,
})
export type TrainPlan = z.infer<typeof trainPlanSchema>

const planSchema = z.discriminatedUnion('kind', [encodePlanSchema, trainPlanSchema])
export type Plan = z.infer<typeof planSchema>

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
  const known = data.kind === 'encode' ? Object.keys(data.weights.fingerprints) : []
  if (data.kind === 'encode' && !data.recipe.encoders.every((name) => known.includes(name)))
    return refuse('it does not name the weights of each encoder')
  return kind === undefined || data.kind === kind
    ? data
    : refuse(`it is a plan to ${data.kind}, not to ${kind}`)
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

const writePlanFile = (folder: string, plan: Plan): Promise<void> =>
  writeAtomically(planPath(folder), `${JSON.stringify(plan, null, 2)}\n`)

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

const unitsPath = (folder: string): string => join(folder, 'units.jsonl')

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

/**
 * The images of a plan one after the other, each with its place in the order (from 0); `path` is absolute. Nothing may be done with
 * them before the end is reached, as of `readLines`.
 * @throws AppError `path.*`, `shard.invalid-plan`
 */
export async function* planUnits(
  folder: string,
  { units }: Pick<EncodePlan, 'units'>,
): AsyncGenerator<PlanUnit & { index: number }> {
  const path = unitsPath(folder)
  let [index, before] = [0, '']
  for await (const unit of readLines(path, unitSchema, units)) {
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
