import type { z } from 'zod'
import type { AuditKind } from './audit-kinds.ts'
import type { CallRole } from './roles.ts'

/**
 * What a call changes, as the audit trail sees it.
 *
 * - `reads`: it changes nothing.
 * - `untracked`: it changes only what leaves no event: files that the user named, derived data that can be computed again, and
 *   settings of this machine.
 * - a list of kinds: it leaves events of these kinds, in the transaction of the change. It leaves one for each
 *   thing that it changes; a job leaves one when it begins and one when it stops (docs/audit.md).
 */
export type CallAudit = 'reads' | 'untracked' | readonly AuditKind[]

/**
 * What a blinded reader gets from a call before they decide on an image (docs/readers.md).
 *
 * - `open`: the same answer as everyone. It can contain nothing about an image that they have not decided on: no label,
 *   comment, prediction, name or count.
 * - `own-image`: the same answer, if the call's input names one `imageId` that they have decided on; otherwise
 *   the call is refused.
 * - `redacted`: the answer without what could influence them; electron/application/redactions.ts has the function.
 * - `refused`: the error `reading.blind`. So are calls that read image files by their paths (a measurement would tell
 *   which file is which image) and those that bring images or models into the workspace.
 *
 * Whatever a record says, each answer, event and error passes electron/application/redaction.ts, which replaces ids and
 * file names, and refuses every call on behalf of another reader.
 */
export type BlindedAnswer = 'open' | 'own-image' | 'redacted' | 'refused'

/** Everything that is declared of a call. */
export interface CallRecord {
  readonly input: z.ZodType
  readonly output: z.ZodType
  readonly audit: CallAudit
  readonly blinded: BlindedAnswer
  /** From which role on a user may make it, through every entry point (electron/application/access.ts). */
  readonly role: CallRole
}

/** Declares a call. A record without one of its parts does not compile. */
export const call = <const R extends CallRecord>(record: R): R => record
