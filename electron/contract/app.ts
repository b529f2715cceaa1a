import { z } from 'zod'
import { done, filePath, nothing } from './atoms.ts'
import { backendViewSchema, encoderBackendViewSchema } from './backends.ts'
import { call } from './call.ts'
import { encoderViewSchema } from './encoders.ts'
import { policyViewSchema } from './policy.ts'
import { researchUseSentence } from './research-use.ts'

export const doctorCheckSchema = z.object({
  name: z.string(),
  status: z.enum(['ok', 'warning', 'missing']),
  detail: z.string(),
})
export const doctorReportSchema = z.object({
  version: z.string(),
  researchUse: z.literal(researchUseSentence),
  checks: z.array(doctorCheckSchema),
  encoders: z.array(encoderViewSchema),
  backends: z.array(backendViewSchema),
  /** The back-end that each encoder would start with; empty if no back-end could be tested. */
  use: z.array(encoderBackendViewSchema),
})
export type DoctorReport = z.infer<typeof doctorReportSchema>

export const directoryEntrySchema = z.object({
  name: z.string(),
  path: z.string(),
  kind: z.enum(['folder', 'image', 'workspace', 'weights', 'table', 'package', 'backup', 'readings']),
})
export type DirectoryEntry = z.infer<typeof directoryEntrySchema>

/** The application, this machine and its files. */
export const appCalls = {
  'app.info': call({
    input: nothing,
    output: z.object({
      version: z.string(),
      /** Whether the person at this machine has read the research-use sentence. */
      acknowledged: z.boolean(),
      reader: z.string(),
      /** Whether that reader is blinded: labels of others and suggested classes are hidden until they decide. */
      isBlind: z.boolean(),
      /** Whether `dialog.choose` opens the system's own dialog; otherwise the page lists folders itself. */
      nativeDialogs: z.boolean(),
      /** Prefix of image addresses: `${tiles}/<image id>/...` (contract/tiles.ts). */
      tiles: z.string(),
      homeDirectory: z.string(),
    }),
    audit: 'reads',
    blinded: 'open',
    role: 'anyone',
  }),
  'app.acknowledge': call({
    input: nothing,
    output: done,
    audit: 'untracked',
    blinded: 'open',
    role: 'anyone',
  }),
  /** What the policy of this computer sets. */
  'app.policy': call({
    input: nothing,
    output: policyViewSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  'app.doctor': call({
    /** `measure`: test and time every back-end now; takes seconds for each. */
    input: z.strictObject({ measure: z.boolean().default(false) }),
    output: doctorReportSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  'dialog.choose': call({
    input: z.strictObject({
      kind: z.enum(['files', 'folder', 'weights', 'table', 'package', 'backup', 'readings']),
    }),
    output: z.object({ paths: z.array(filePath) }),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** Makes a folder in one that exists. Error `path.not-writable`, also if something is there already. */
  'directory.create': call({
    input: z.strictObject({ path: filePath }),
    output: z.object({ path: z.string() }),
    audit: 'untracked',
    blinded: 'refused',
    role: 'technician',
  }),
  'directory.list': call({
    input: z.strictObject({ path: filePath.nullable() }),
    output: z.object({
      path: z.string(),
      parent: z.string().nullable(),
      entries: z.array(directoryEntrySchema),
      /** Names that are not UTF-8, with their bytes as `<E9>`: nothing can be opened by them. */
      unreadable: z.array(z.string()),
    }),
    audit: 'reads',
    blinded: 'redacted',
    role: 'read-only',
  }),
}
