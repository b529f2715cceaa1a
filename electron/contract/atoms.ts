import { z } from 'zod'

/** Schemas of single values that many records share. */

/** Row of the workspace's database, from 1. */
export const id = z.int().positive()
export const count = z.int().nonnegative()
/** 0 to 1. */
export const fraction = z.number().min(0).max(1)
/** 0 to 100. */
export const percentage = z.number().min(0).max(100)
/** ISO 8601 in UTC. */
export const isoTime = z.iso.datetime().max(40)
/** 64 hexadecimal digits, lower case. */
export const sha256 = z
  .string()
  .length(64)
  .regex(/^[0-9a-f]{64}$/)
export const filePath = z
  .string()
  .min(1)
  .max(4096)
  .refine((path) => !path.includes('\0'), 'a path cannot contain a NUL character')

/** Maximum number of images or files in one call. */
export const maxListed = 100_000
/** A list of at least one; what is repeated counts once, since it would be treated again and again. */
const listOf = <T extends z.ZodType<string | number>>(item: T, max: number): z.ZodArray<T> =>
  z
    .array(item)
    .min(1)
    .max(max)
    .overwrite((items) => [...new Set(items)])

export const imageIdsUpTo = (max: number): z.ZodArray<typeof id> => listOf(id, max)
/** The images of a call. */
export const imageIds = imageIdsUpTo(maxListed)
/** The files and folders of a call. */
export const filePaths = listOf(filePath, maxListed)

/** The name of a class, as a call gives it; those of a scheme are shorter (classes.ts). */
export const anyClassName = z.string().max(200)
/** The name of a case, as a call gives it. */
export const anyCaseName = z.string().min(1).max(4096)
/** The name of a model, as a call gives it; new ones are shorter (`modelName`). */
export const anyModelName = z.string().max(200)
/** The name of a recipe, as a call gives it. */
export const anyRecipeName = z.string().max(200)

export const readerName = z.string().trim().min(1).max(80)
/** Name of a model in its workspace. */
export const modelName = z.string().trim().min(1).max(80)
const freeText = z.string().trim().min(1).max(2000).nullable().default(null)
/** Free text stored with an entry; null: none. */
export const comment = freeText
/** Why something is done; stored with it. null: not given. */
export const reason = freeText
/** The reader that a call acts for; null: the reader of this machine (`reader.set`). */
export const actingReader = readerName.nullable().default(null)

/** Of a call that writes a file: whether a file that exists already is replaced; otherwise `path.exists`. */
export const replace = z.boolean().default(false)

/** Input of a call without parameters. */
export const nothing = z.strictObject({})
/** Answer of a call without a result. */
export const done = z.object({})
/** Answer of a call that starts a job. */
export const started = z.object({ jobId: id })
