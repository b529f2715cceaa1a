import type { BackupReport, BackupSchedule } from '../../electron/contract/index.ts'
import { images } from './counts.ts'
import { formatBytes, formatCount } from './format.ts'

const days = (count: number): string => (count === 1 ? '1 day' : `${formatCount(count)} days`)

export const backupStrings = {
  backup: {
    title: 'Backup',
    text: 'A backup is one file with the whole workspace: labels, models, copied images and the audit trail. Images that were not copied into the workspace stay where they are and are not part of it. Keep backups on another disk.',
    last: (when: string, path: string) => `Last backup: ${when}, ${path}`,
    none: 'No backup of this workspace was made on this computer yet.',
    failed: (reason: string) => `The scheduled backup failed. ${reason}`,
    now: 'Back up now…',
    nowTitle: 'Back up the workspace',
    nowHint: 'You can go on working. The file is read back before it gets its name.',
    done: ({ path, bytes, header }: BackupReport) =>
      `Backup written: ${path}, ${formatBytes(bytes)}, ${images(header.images)}, ${formatCount(header.labels)} label entries.`,
    problems: (count: number) =>
      count === 1
        ? '1 file of the workspace is missing or damaged. Run the check below.'
        : `${formatCount(count)} files of the workspace are missing or damaged. Run the check below.`,
    verify: 'Check a backup…',
    verified: (path: string, labels: number) =>
      `${path} is whole: ${labels === 1 ? '1 label entry' : `${formatCount(labels)} label entries`}.`,
    restore: 'Restore a backup…',
    restoreTitle: 'Restore into a new workspace',
    restoreHint: (backup: string) =>
      `A new workspace is made from ${backup}. The open workspace is not changed.`,
    restoreFolder: 'Name of the new workspace',
    restoreAction: 'Restore',
    restoreName: (name: string) => `${name}-restored`,
    restored: (directory: string) => `Restored: ${directory}`,
    openIt: 'Open it',
    schedule: 'Schedule',
    every: 'Back up by itself',
    everyOptions: {
      never: 'Never',
      day: 'Every day',
      week: 'Every week',
    } satisfies Record<BackupSchedule['every'], string>,
    folder: 'Folder for backups',
    folderHint: 'Best on another disk, or on a network disk.',
    keep: 'Keep the newest backup of the last',
    daily: 'days',
    weekly: 'weeks',
    monthly: 'months',
    remind: 'Remind after days without a backup',
    remindHint: '0: never',
    withDerived: 'Include descriptors and heat maps, which can be computed again',
    save: 'Save schedule',
    saved: 'Schedule saved.',
    needsFolder: 'Choose a folder for the backups.',
    remindTitle: 'No backup',
    remindText: (count: number) =>
      `The last backup of this workspace is ${days(count)} old, or there is none.`,
    later: 'Later',
    open: 'Open backup settings',
    readOnlyTitle: 'Read only',
    readOnlyText:
      'The folder of this workspace, or its database, cannot be written. You see its state at opening; labels cannot be saved.',
    setAsideTitle: 'A log was set aside',
    setAsideText: (files: string) =>
      `Only the database of a backup had been put back into this folder. The log beside it did not belong to it and was set aside as ${files}; it may hold newer changes.`,
    close: 'Close',
    lostTitle: 'The database was deleted or replaced',
    lostText:
      'Another program deleted or replaced the database of this workspace while it was open. Lobule has stopped saving. What it still has in memory is lost when it closes: save a rescue copy now.',
    rescue: 'Save a rescue copy…',
    rescueTitle: 'Save a rescue copy',
    rescueHint: 'A new folder is made, with a complete workspace that can be opened.',
    rescueName: (name: string) => `${name}-rescued`,
    rescued: (directory: string) => `Rescue copy saved: ${directory}`,
  },
} as const
