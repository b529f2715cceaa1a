export { isBackupName, readBackup, type BackupRead, type ReadBackupRequest } from './read-backup.ts'
export { flushFolder, partialEnding, writeBackup, type WriteBackupRequest } from './write-backup.ts'
