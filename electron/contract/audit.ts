import { z } from 'zod'
import { filePath, id, isoTime, nothing, replace, sha256 } from './atoms.ts'
import { auditKinds } from './audit-kinds.ts'
import { call } from './call.ts'
import { labelSources } from './label-source.ts'

/** The object of an event. */
export const auditObjectSchema = z.object({
  /** Such as `image`, `model`, `job`, `file`, `workspace`, `reader`. */
  type: z.string(),
  /** Row of that type in the workspace; null where it has none. */
  id: z.int().nullable(),
  /** Its name on screen. */
  name: z.string().nullable(),
})
export type AuditObject = z.infer<typeof auditObjectSchema>

export const auditEventSchema = z.object({
  /** From 1, without gaps. */
  id,
  at: isoTime,
  /** Of `auditKinds`; text, since a damaged trail must be readable too. */
  kind: z.string(),
  /** null: the program itself, without a reader. */
  reader: z.string().nullable(),
  object: auditObjectSchema,
  /** Any JSON; null: there was no value before, or there is none now. */
  before: z.unknown(),
  after: z.unknown(),
  reason: z.string().nullable(),
  /**
   * Where the label of the event comes from, as the workspace knows it today; absent if the event gives no label. Of
   * one that is no reader's, `reader` is who imported it. Not part of the event.
   */
  labelSource: z.object({ source: z.enum(labelSources), table: z.string().nullable() }).optional(),
  /**
   * The step of a reader that the event belongs to, over one or many images, as the workspace knows it today; of an undo
   * or redo, the step that it undoes or redoes. Absent: it belongs to none. Not part of the event.
   */
  step: id.optional(),
  /** sha256 of the previous hash (64 zeros for the first event) and the event's canonical JSON. */
  hash: z.string(),
})
export type AuditEventView = z.infer<typeof auditEventSchema>

/** A problem of a trail, worst first; `eventId` if a single event is the cause. */
export const auditProblemSchema = z.object({
  /**
   * `head`: a hash that a person wrote down; `known`: the newest hash that this machine has seen; `schema`: the tables,
   * triggers and so on; `rows`: what a table holds.
   */
  kind: z.enum(['chain', 'known', 'head', 'schema', 'labels', 'models', 'rows']),
  eventId: z.int().nullable(),
  /** One sentence. */
  message: z.string(),
})
export type AuditProblem = z.infer<typeof auditProblemSchema>

export const auditVerificationSchema = z.object({
  whole: z.boolean(),
  /** How many events there are. */
  events: z.int(),
  /** Hash of the newest event, to be written down; null in a trail without events. */
  head: z.string().nullable(),
  /** Whether the trail contains the hash that was written down; null: none was given. */
  holdsNoted: z.boolean().nullable(),
  /** At most 20. */
  problems: z.array(auditProblemSchema),
  /** What was found, and what to do. */
  sentence: z.string(),
  verifiedAt: isoTime,
  durationMs: z.number().nonnegative(),
})
export type AuditVerification = z.infer<typeof auditVerificationSchema>

/** All conditions are optional; an event must match every given one. */
export const auditFilterSchema = z.strictObject({
  kinds: z.array(z.enum(auditKinds)).min(1).max(auditKinds.length).nullable().default(null),
  reader: z.string().max(200).nullable().default(null),
  imageId: id.nullable().default(null),
  /** Part of the object's name, the reason, or the value before or after; case does not matter. */
  text: z.string().trim().min(1).max(200).nullable().default(null),
  /** First and last time, both included. */
  from: isoTime.nullable().default(null),
  to: isoTime.nullable().default(null),
})
export type AuditFilter = z.output<typeof auditFilterSchema>

/** The audit trail of the open workspace. */
export const auditCalls = {
  /** Newest first; `olderThan` the last event gives the next page. */
  'audit.list': call({
    input: z.strictObject({
      filter: auditFilterSchema.prefault({}),
      olderThan: id.nullable().default(null),
      limit: z.int().min(1).max(1000).default(200),
    }),
    output: z.object({
      events: z.array(auditEventSchema),
      /** Events that match the filter, on all pages. */
      total: z.int(),
      /** Every reader in the trail, for the filter. */
      readers: z.array(z.string()),
    }),
    audit: 'reads',
    blinded: 'refused',
    role: 'read-only',
  }),
  /** `head`: a hash that was written down; the trail must still contain it. */
  'audit.verify': call({
    input: z.strictObject({ head: sha256.nullable().default(null) }),
    output: auditVerificationSchema,
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /**
   * Continues from an older copy of the workspace, such as a backup; leaves an event with the reason.
   * Errors `audit.nothing-to-accept`.
   */
  'audit.accept': call({
    input: z.strictObject({ reason: z.string().trim().min(1).max(2000) }),
    output: auditVerificationSchema,
    audit: ['chain'],
    blinded: 'redacted',
    role: 'administrator',
  }),
  /** What the verification at opening found; null: it is still running. */
  'audit.state': call({
    input: nothing,
    output: auditVerificationSchema.nullable(),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
  /** The whole trail, oldest first, as JSON lines (.jsonl) or CSV (.csv), by the extension of the path. */
  'audit.export': call({
    input: z.strictObject({ path: filePath, replace }),
    /** `head`: of the newest event in the file. */
    output: z.object({ path: z.string(), events: z.int(), head: z.string() }),
    audit: ['export'],
    blinded: 'refused',
    role: 'technician',
  }),
}
