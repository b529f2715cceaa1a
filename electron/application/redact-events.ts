import type { AnyEvent, EventName, EventPayload } from '../contract/index.ts'
import type { BlindedView } from './blinded-view.ts'
import { redactAuditState, redactWorkspace } from './redactions.ts'
import { redactJob } from './redact-jobs.ts'

type EventRedactions = {
  readonly [N in EventName]: (payload: EventPayload<N>, view: BlindedView) => EventPayload<N>
}

const whole = <T>(payload: T): T => payload

/** What a blinded reader gets of each event; an event without a function does not compile. */
export const redactedEvents: EventRedactions = {
  'job.changed': redactJob,
  // To this reader a hidden image looks the same as before. The order in which a job takes the images would tell the
  // order of their import.
  'images.changed': ({ imageIds }, { isHidden }) => ({
    imageIds: imageIds === null ? null : imageIds.filter((imageId) => !isHidden(imageId)),
  }),
  'reader.changed': whole,
  'user.changed': whole,
  'regions.changed': whole,
  'models.changed': whole,
  'encoders.changed': whole,
  'workspace.changed': (workspace, view) => (workspace === null ? null : redactWorkspace(workspace, view)),
  'audit.changed': redactAuditState,
  'compute.crashed': whole,
}

export const redactEvent = (event: AnyEvent, view: BlindedView): AnyEvent =>
  ({
    ...event,
    payload: (redactedEvents[event.name] as (payload: unknown, view: BlindedView) => unknown)(
      event.payload,
      view,
    ),
  }) as AnyEvent
