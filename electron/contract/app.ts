import { z } from 'zod'
import { done, filePath, nothing, replace } from './atoms.ts'
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
  /**
   * Whether the program can work here: a data folder that it may write, a compute process, and a back-end that is not
   * known to fail.
   */
  isReady: z.boolean(),
  /** For administrators: where things are. */
  place: z.object({
    platform: z.string(),
    architecture: z.string(),
    node: z.string(),
    /** null: the command line without Electron. */
    electron: z.string().nullable(),
    /** Whether a mark beside the program keeps its data there. */
    isPortable: z.boolean(),
    dataFolder: z.string(),
    /** null: nothing is logged. */
    logFolder: z.string().nullable(),
    /** null: there is none. */
    policy: z.string().nullable(),
    /** Variables of Lobule and of proxies that are set, without their values. */
    variables: z.array(z.string()),
  }),
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
    role: 'anyone',
  }),
  'app.doctor': call({
    /** `measure`: test and time every back-end now; takes seconds for each. */
    input: z.strictObject({ measure: z.boolean().default(false) }),
    output: doctorReportSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** What a support bundle would have in it now, for a person to read before it is written (docs/administration.md). */
  'app.supportBundle': call({
    input: nothing,
    output: z.object({ text: z.string() }),
    role: 'read-only',
    audit: 'reads',
    blinded: 'refused',
  }),
  /** Writes a support bundle (.txt). Errors `path.exists`, `path.not-writable`. */
  'app.writeSupportBundle': call({
    input: z.strictObject({ path: filePath, replace }),
    output: z.object({ path: z.string(), bytes: z.int() }),
    role: 'read-only',
    audit: 'untracked',
    blinded: 'refused',
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
