import { z } from 'zod'
import { filePath, isoTime, nothing, started } from './atoms.ts'
import { call } from './call.ts'

/** What a person may install beside Lobule, so that more back-ends run (docs/backends.md). */
export const installableNames = ['tensorflow', 'cuda'] as const
export const installableNameSchema = z.enum(installableNames)
export type InstallableName = z.infer<typeof installableNameSchema>

/** What it computes on. TensorFlow is there for both, and one of them is installed at a time; CUDA is for the GPU. */
export const backendDevices = ['processor', 'gpu'] as const
export const backendDeviceSchema = z.enum(backendDevices)
export type BackendDevice = z.infer<typeof backendDeviceSchema>

/** What can be installed is known by both. */
export const installableKey = ({
  name,
  device,
}: {
  readonly name: InstallableName
  readonly device: BackendDevice
}) => `${name} ${device}` as const

export const installableBackendSchema = z.object({
  name: installableNameSchema,
  device: backendDeviceSchema,
  title: z.string(),
  version: z.string(),
  downloadBytes: z.int(),
  /** Once installed. */
  diskBytes: z.int(),
  /** What is downloaded, and its terms. */
  parts: z.array(
    z.object({
      project: z.string(),
      file: z.string(),
      bytes: z.int(),
      licence: z.string(),
      holder: z.string(),
    }),
  ),
  installedAt: isoTime.nullable(),
  /** Why it cannot be installed here; null: it can. */
  problem: z.string().nullable(),
})
export type InstallableBackend = z.infer<typeof installableBackendSchema>

export const installableBackendCalls = {
  'backend.list': call({
    input: nothing,
    output: z.object({
      offers: z.array(installableBackendSchema),
      /** On the disk of the data folder. */
      freeBytes: z.number(),
    }),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /**
   * Downloads and installs a back-end; only ever when a person asks for it. Its job reports a BackendInstallReport.
   * Errors `backend.not-here`, `disk.full`; of the job `backend.busy`, `encoder.download-failed`, `backend.refused`,
   * `path.not-writable`.
   */
  'backend.install': call({
    input: z.strictObject({
      name: installableNameSchema,
      device: backendDeviceSchema,
      /** A folder with the downloaded files, for a machine without a network; null: they are downloaded. */
      folder: filePath.nullable().default(null),
    }),
    output: started,
    audit: 'untracked',
    blinded: 'open',
    role: 'administrator',
  }),
  /**
   * Removes all files of a back-end, also of a download that has not ended. Errors of the job `backend.busy`, `backend.not-installed`,
   * `path.not-writable`.
   */
  'backend.remove': call({
    input: z.strictObject({ name: installableNameSchema }),
    output: started,
    audit: 'untracked',
    blinded: 'open',
    role: 'administrator',
  }),
}

/** What a job did to an installable back-end. */
export const backendInstallReportSchema = z.object({
  name: installableNameSchema,
  title: z.string(),
  action: z.enum(['installed', 'removed']),
  /** On the disk, or freed. */
  bytes: z.number(),
  /** What its first run found, e.g. "it finds no NVIDIA GPU here"; null: nothing to add. */
  note: z.string().nullable(),
})
export type BackendInstallReport = z.infer<typeof backendInstallReportSchema>
