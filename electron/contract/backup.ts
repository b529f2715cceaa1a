import { z } from 'zod'
import { filePath, isoTime, nothing, replace, sha256, started } from './atoms.ts'
import { call } from './call.ts'

/** The newest format of backup files that this program reads, and the one that it writes. */
export const backupVersion = 1
export const backupEnding = '.tar'
/** Endings that a backup may have; the second one is the system's sign that Lobule opens it (electron-builder.yml). */
export const backupEndings: readonly string[] = [backupEnding, '.lobule-backup']

/** The first and the last entry of a backup file; between them are the files of the workspace. */
export const backupParts = { header: 'lobule-backup.json', contents: 'contents.json' } as const

/** What a backup is of, and its state. */
export const backupHeaderSchema = z.object({
  format: z.literal('lobule-backup'),
  version: z.literal(backupVersion),
  /** Lobule's version. */
  software: z.string(),
  madeAt: isoTime,
  workspace: z.object({
    name: z.string(),
    path: z.string(),
    createdAt: z.string(),
    /** Number of the newest migration. */
    format: z.int().positive(),
  }),
  /** The newest event of its audit trail; null: it has none. */
  head: z.object({ event: z.int().positive(), hash: sha256 }).nullable(),
  images: z.int().nonnegative(),
  labels: z.int().nonnegative(),
  models: z.int().nonnegative(),
  /** Whether it contains what can be computed again: descriptors and heat maps. */
  withDerived: z.boolean(),
})
export type BackupHeader = z.infer<typeof backupHeaderSchema>

/** Every entry but this one, in the order of the file. */
export const backupContentsSchema = z.array(
  z.object({ path: z.string(), bytes: z.int().nonnegative(), sha256 }),
)
export type BackupContents = z.infer<typeof backupContentsSchema>

const backupFileSchema = z.object({
  path: z.string(),
  bytes: z.int(),
  sha256,
  header: backupHeaderSchema,
  /** Files of the workspace in it. */
  files: z.int(),
  /** What is not as it should be, one sentence each: a file of a model is missing or damaged in the workspace itself. */
  problems: z.array(z.string()),
})

export const backupReportSchema = backupFileSchema.extend({
  /** Whether the workspace's audit trail has an event of it; not if another process, or none, may write there. */
  isRecorded: z.boolean(),
  /** Older backups that the schedule removed. */
  removed: z.array(z.string()),
})
export type BackupReport = z.infer<typeof backupReportSchema>

export const backupCheckReportSchema = backupFileSchema
export type BackupCheckReport = z.infer<typeof backupCheckReportSchema>

export const restoreReportSchema = z.object({
  /** The new workspace. */
  directory: z.string(),
  /** The backup that it was made from. */
  path: z.string(),
  header: backupHeaderSchema,
  files: z.int(),
  bytes: z.int(),
  /** Events that this computer had seen in the workspace of that folder and the backup does not have. */
  lostEvents: z.int().nonnegative(),
})
export type RestoreReport = z.infer<typeof restoreReportSchema>

/** When backups are made by themselves, while the workspace is open in the window or the browser. */
export const backupScheduleSchema = z.strictObject({
  every: z.enum(['never', 'day', 'week']),
  /** null: none was chosen; then none is made. */
  folder: filePath.nullable(),
  withDerived: z.boolean(),
  /** How many of the newest days, weeks and months keep their last backup. */
  keep: z.strictObject({
    daily: z.int().min(1).max(365),
    weekly: z.int().min(0).max(520),
    monthly: z.int().min(0).max(1200),
  }),
  /** After so many days without a backup the page reminds; 0: never. */
  remindAfterDays: z.int().min(0).max(3650),
})
export type BackupSchedule = z.infer<typeof backupScheduleSchema>

export const defaultSchedule: BackupSchedule = {
  every: 'never',
  folder: null,
  withDerived: false,
  keep: { daily: 7, weekly: 4, monthly: 12 },
  remindAfterDays: 30,
}

export const backupStateSchema = z.object({
  schedule: backupScheduleSchema,
  /** The newest backup that this computer made of the open workspace. */
  last: z.object({ at: isoTime, path: z.string() }).nullable(),
  /** Why the newest scheduled one failed; null: it did not. */
  failure: z.string().nullable(),
  /** Days since the last backup, or since the workspace was created; null: there is no reason to remind. */
  remindDays: z.int().nullable(),
})
export type BackupState = z.infer<typeof backupStateSchema>

/** Copies of a whole workspace in one file, and what is made of them (docs/backup.md). */
export const backupCalls = {
  /**
   * Writes the open workspace, or the one at `workspace` as it is while another process has it open, into one file;
   * its job reports a BackupReport. Errors `path.exists`, `disk.full`, `path.not-writable`.
   */
  'backup.create': call({
    input: z.strictObject({
      path: filePath,
      replace,
      withDerived: z.boolean().default(true),
      workspace: filePath.nullable().default(null),
    }),
    output: started,
    audit: ['backup'],
    blinded: 'open',
    role: 'technician',
  }),
  /** Reads a whole backup and checks it; its job reports a BackupCheckReport. Errors `backup.invalid`, `backup.newer`. */
  'backup.verify': call({
    input: z.strictObject({ path: filePath }),
    output: started,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /**
   * Makes a new workspace of a backup, with an event in its trail; its job reports a RestoreReport. The folder must not
   * exist. Errors `backup.folder-exists`, `backup.invalid`, `backup.newer`, `disk.full`, `path.not-writable`.
   */
  'backup.restore': call({
    input: z.strictObject({ path: filePath, directory: filePath }),
    output: started,
    audit: 'untracked',
    blinded: 'open',
    role: 'administrator',
  }),
  /**
   * Writes what this process knows of the open workspace into a new folder, as a workspace: for a database that was deleted
   * or replaced. Errors `backup.folder-exists`, `path.not-writable`, `workspace.disk-full`.
   * @param workspace one that another process of this user has open; on Linux only. Error `backup.nothing-to-rescue`
   */
  'backup.rescue': call({
    input: z.strictObject({ directory: filePath, workspace: filePath.nullable().default(null) }),
    output: z.object({ directory: z.string(), files: z.int(), missing: z.array(z.string()) }),
    audit: 'untracked',
    blinded: 'redacted',
    role: 'technician',
  }),
  'backup.state': call({
    input: nothing,
    output: backupStateSchema,
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** A setting of this machine, for the open workspace. */
  'backup.schedule': call({
    input: backupScheduleSchema,
    output: backupStateSchema,
    audit: 'untracked',
    blinded: 'open',
    role: 'administrator',
  }),
}
