import { z } from 'zod'
import { auditVerificationSchema } from './audit.ts'
import { jobViewSchema } from './jobs.ts'
import { workspaceViewSchema } from './workspace.ts'

/** All events sent to the page. After a `*.changed` event without a view, the page requests the data again. */
export const events = {
  'job.changed': jobViewSchema,
  'images.changed': z.object({ imageIds: z.array(z.int()).nullable() }),
  /** Another reader is active on this machine, or blind reading starts or ends. */
  'reader.changed': z.object({ reader: z.string(), isBlind: z.boolean() }),
  /** Someone signs in or out, users change, or the page is locked; `user.state` has the rest. */
  'user.changed': z.object({}),
  /** null: of any image, as after a class was renamed. */
  'regions.changed': z.object({ imageId: z.int().nullable() }),
  'models.changed': z.object({}),
  'encoders.changed': z.object({}),
  'workspace.changed': workspaceViewSchema.nullable(),
  'audit.changed': auditVerificationSchema,
  'compute.crashed': z.object({ reason: z.string() }),
} as const

export type EventName = keyof typeof events
export type EventPayload<N extends EventName> = z.infer<(typeof events)[N]>

/** An event on its way to the page. */
export interface EventMessage<N extends EventName = EventName> {
  name: N
  payload: EventPayload<N>
}
export type AnyEvent = { [N in EventName]: EventMessage<N> }[EventName]
