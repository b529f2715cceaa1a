import { z } from 'zod'
import { id } from './atoms.ts'
import { errorCodeSchema } from './errors.ts'

/** One file or image that a job could not work on; the others go on. */
export const failureSchema = z.object({
  path: z.string(),
  code: errorCodeSchema,
  message: z.string(),
  /** Of an image of the workspace. */
  imageId: id.optional(),
})
export type Failure = z.infer<typeof failureSchema>
