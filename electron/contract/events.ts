import { z } from 'zod'
import { auditVerificationSchema } from './audit.ts'
import { jobViewSchema } from './jobs.ts'
import { workspaceViewSchema } from './workspace.ts'

/** Every push to the page. The `*.changed` events without a view say: ask again. */
export const events = {
  'job.changed': jobViewSchema,
  'images.changed': z.object({ imageIds: z.array(z.int()).nullable() }),
  /** Somebody else reads here now, or begins or ends blind reading. */
  'reader.changed': z.object({ reader: z.string(), isBlind: z.boolean() }),
  'regions.changed': z.object({ imageId: z.int() }),
  'models.changed': z.object({}),
  'encoders.changed': z.object({}),
  'workspace.changed': workspaceViewSchema.nullable(),
  'audit.changed': auditVerificationSchema,
  'compute.crashed': z.object({ reason: z.string() }),
} as const

export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>

/** How an event travels through a door. */
export interface EventMessage<N extends EventName = EventName> {
  name: N
  payload: EventPayload<N>
}
export type AnyEvent = { [N in EventName]: EventMessage<N> }[EventName]
