import { basename, join } from 'node:path'
import { removeFile } from '../../base/patient-files.ts'
import { z } from 'zod'
import { at } from '../../base/arrays.ts'
import { writeAtomically } from '../../base/atomic-file.ts'
import { readBoundedFile } from '../../base/bounded-file.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { sha256 } from '../../base/sha256.ts'
import { sha256 as hash } from '../../contract/atoms.ts'
import { AppError } from '../../contract/errors.ts'
import { backendNameSchema, qualityFlagSchema } from '../../contract/index.ts'

/** The machine that made something, and its working time. */
const madeBy = {
  instructionSet: z.string().max(300),
  lobule: z.string().max(100),
  /** Name of the machine. */
  node: z.string().max(300),
  ms: z.number().nonnegative(),
}

const recordSchema = z.strictObject({
  format: z.literal(1),
  sha256: hash,
  /** In the order of the recipe's constituents. */
  files: z.array(z.strictObject({ name: z.string().max(300), sha256: hash })).max(1000),
  flags: z.array(qualityFlagSchema).max(100),
  backends: z.array(backendNameSchema).max(20),
  ...madeBy,
})
/** What became of one image of a plan on some machine: its descriptor files with their hashes, and what made them. */
export type UnitRecord = z.infer<typeof recordSchema>

/** What made a block of a slide, in the header of its file. */
export const blockMadeSchema = z.strictObject({ backends: z.array(backendNameSchema).max(20), ...madeBy })
export type BlockMade = z.infer<typeof blockMadeSchema>

const maxRecordBytes = 2 ** 20
const maxDescriptorBytes = 256 * 2 ** 20

const below = (parts: string, folder: string, key: string): string =>
  join(parts, folder, key.slice(0, 2), `${key}.json`)

/** Where descriptor files of parts are, as in a workspace. */
export const descriptorsOf = (parts: string): string => join(parts, 'descriptors')

/** Written after the descriptor files: an image with a record is whole. @throws AppError `path.not-writable` */
export const writeUnit = (parts: string, record: Omit<UnitRecord, 'format'>): Promise<void> =>
  writeSuccess(parts, 'units', record)

/** A record, in the place of the note of an earlier failure. */
async function writeSuccess(
  parts: string,
  folder: string,
  record: { readonly sha256: string },
): Promise<void> {
  await writeAtomically(below(parts, folder, record.sha256), `${JSON.stringify({ format: 1, ...record })}\n`)
  const note = below(parts, 'failures', record.sha256)
  await removeFile(note).catch((error: unknown) => {
    throw asNotWritable(error, note)
  })
}

export type FoundUnit = { readonly record: UnitRecord } | { readonly problem: 'missing' | 'damaged' }

/**
 * The record of an image, and whether its descriptor files are whole. Parts may have been copied by anything, so each file is read.
 * @param files the expected ones, below `descriptorsOf(parts)`
 */
export async function findUnit(parts: string, key: string, files: readonly string[]): Promise<FoundUnit> {
  const record = await readRecord(below(parts, 'units', key), recordSchema)
  if (record === null || record === 'damaged') return { problem: record ?? 'missing' }
  const names = files.map((file) => basename(file))
  if (record.sha256 !== key || record.files.map(({ name }) => name).join() !== names.join())
    return { problem: 'damaged' }
  for (const [index, path] of files.entries()) {
    const bytes = await readWhole(path)
    if (bytes === null || sha256(bytes) !== at(record.files, index).sha256) return { problem: 'damaged' }
  }
  return { record }
}

async function readRecord<T>(path: string, schema: z.ZodType<T>): Promise<T | null | 'damaged'> {
  try {
    const refuse = (): never => {
      throw new SyntaxError('too long')
    }
    const text = (await readBoundedFile(path, maxRecordBytes, refuse)).toString('utf8')
    return schema.parse(JSON.parse(text))
  } catch (error) {
    if (error instanceof AppError && error.code === 'path.not-found') return null
    // Another account may have written it: that is not damage, and computing it again would not help.
    if (error instanceof AppError) throw error
    return 'damaged'
  }
}

/** null: it is not there, or has no possible size. @throws AppError `path.unreadable` */
async function readWhole(path: string): Promise<Buffer | null> {
  const refuse = (): never => {
    throw new RangeError('too long')
  }
  return readBoundedFile(path, maxDescriptorBytes, refuse).catch((error: unknown) => {
    if (error instanceof RangeError || (error instanceof AppError && error.code === 'path.not-found'))
      return null
    throw error
  })
}

const failureSchema = z.strictObject({
  sha256: hash,
  code: z.string().max(100),
  message: z.string().max(10_000),
})
/** An image that a shard could not encode. */
export type UnitFailure = z.infer<typeof failureSchema>

/** @throws AppError `path.not-writable` */
export const writeUnitFailure = (parts: string, failure: UnitFailure): Promise<void> =>
  writeAtomically(below(parts, 'failures', failure.sha256), `${JSON.stringify(failure)}\n`)

/** Why the last shard to open an image or a slide failed; null: none did, or the note cannot be read. */
export async function findUnitFailure(parts: string, key: string): Promise<UnitFailure | null> {
  const failure = await readRecord(below(parts, 'failures', key), failureSchema)
  return failure === 'damaged' ? null : failure
}

const trainedSchema = z.strictObject({
  format: z.literal(1),
  /** Place in the order of training. */
  index: z.int().nonnegative(),
  /** Names the checkpoint. */
  key: hash,
  textSha256: hash,
  ...madeBy,
})
/** A classifier of a plan that some machine trained. */
export type TrainedRecord = z.infer<typeof trainedSchema>

/** Where classifiers of parts are, as in a workspace. */
export const boostersOf = (parts: string): string => join(parts, 'boosters')

const trainedPath = (parts: string, index: number): string => join(parts, 'trained', `${index}.json`)

/** Written after the classifier's files. @throws AppError `path.not-writable` */
export const writeTrained = (parts: string, record: Omit<TrainedRecord, 'format'>): Promise<void> =>
  writeAtomically(trainedPath(parts, record.index), `${JSON.stringify({ format: 1, ...record })}\n`)

/** The record of a classifier; whether its files are whole is for `findCheckpoint` to say. */
export async function readTrained(parts: string, index: number): Promise<TrainedRecord | null | 'damaged'> {
  const record = await readRecord(trainedPath(parts, index), trainedSchema)
  return record !== null && record !== 'damaged' && record.index !== index ? 'damaged' : record
}

const slideSchema = z.strictObject({
  format: z.literal(1),
  sha256: hash,
  /** Of the tissue. */
  maskSha256: hash,
  /** How many places each block has. */
  blocks: z.array(z.int().min(1).max(2000)).max(200_000),
})
/** What every machine finds that opens a slide of a plan: its tissue, and the blocks that it is divided into. */
export type SlideRecord = z.infer<typeof slideSchema>

/** Where the blocks of an analysis are. @param key analysisKey */
export const blocksOf = (parts: string, key: string): string => join(parts, 'blocks', key)

/** Written once the slide is open, before its blocks. @throws AppError `path.not-writable` */
export const writeSlideRecord = (parts: string, record: Omit<SlideRecord, 'format'>): Promise<void> =>
  writeSuccess(parts, 'slides', record)

/** null: no machine has opened the slide yet. @throws AppError `path.unreadable` */
export async function readSlideRecord(parts: string, key: string): Promise<SlideRecord | null | 'damaged'> {
  const record = await readRecord(below(parts, 'slides', key), slideSchema)
  return record !== null && record !== 'damaged' && record.sha256 !== key ? 'damaged' : record
}
