import { z } from 'zod'
import { id } from './atoms.ts'
import { errorCodeSchema } from './error-view.ts'

/** A file or image that a job could not process; the job continues with the others. */
export const failureSchema = z.object({
  path: z.string(),
  code: errorCodeSchema,
  message: z.string(),
  /** Set for an image of the workspace. */
  imageId: id.optional(),
})
export type Failure = z.infer<typeof failureSchema>
