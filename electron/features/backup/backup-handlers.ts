import { resolve } from 'node:path'
import { startJob, type HandlersOf, type ServiceContext } from '../../session/context.ts'
import type { BackupWatch } from './backup-schedule.ts'
import { exportPath } from '../workspace/export-path.ts'
import { backupFile, backupJob } from './backup-workspace.ts'
import { rescueElsewhere, rescueWorkspace } from './rescue-workspace.ts'
import { restoreJob } from './restore-backup.ts'
import { verifyBackupJob } from './verify-backup.ts'

export const backupHandlers = (context: ServiceContext, watch: BackupWatch): HandlersOf<'backup'> => ({
  'backup.create': async ({ path, workspace, ...rest }) =>
    startJob(context, backupJob, {
      ...rest,
      path: await exportPath(context, { ...rest, path }, backupFile),
      workspace: workspace === null ? null : resolve(workspace),
      isScheduled: false,
    }),
  'backup.verify': ({ path }) => startJob(context, verifyBackupJob, { path: resolve(path) }),
  'backup.restore': ({ path, directory }) =>
    startJob(context, restoreJob, { path: resolve(path), directory: resolve(directory) }),
  'backup.rescue': ({ directory, workspace }) =>
    workspace === null
      ? rescueWorkspace(context.session.workspace, directory)
      : rescueElsewhere(workspace, directory),
  'backup.state': () => watch.state(),
  'backup.schedule': (schedule) => watch.change(schedule),
})
