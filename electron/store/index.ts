export type { Readable, Writable } from './database.ts'
export type { ReceivedPlace } from './reading-order.ts'
export { changeContent, commentContent, entryKey, labelContent, undoKey } from './reading-keys.ts'
export { beforeFirst, canonicalEvent, eventHash } from './audit-chain.ts'
export { parseAuditPin, type AuditPin } from './audit-pin.ts'
export { auditedTableNames, hashRows, listRowKeys, titleOf, type AuditedTableName } from './audited-tables.ts'
export {
  asStored,
  currentClassNames,
  findNamedClass,
  listClassNames,
  listFormerNames,
  listNamedClasses,
  renamedOrNull,
  renamedScheme,
  requireClassName,
  type NamedClass,
  type Rename,
} from './class-names.ts'
export { renamedExplanation, renamedReport } from './renamed.ts'
export { countPinnedRows, readPinnedRows, rowPin } from './row-pins.ts'
export { verdictTexts, type VerdictRange } from './verdict-ranges.ts'
export { FolderLock } from './lock.ts'
export { mendWorkspace, type Mender } from './mend-workspace.ts'
export { compareSchema, describeDifference } from './schema.ts'
export * from './queries/actions.ts'
export * from './queries/assignments.ts'
export * from './queries/audit.ts'
export * from './queries/audit-check.ts'
export * from './queries/check.ts'
export * from './queries/checklist-answers.ts'
export * from './queries/classes.ts'
export * from './queries/comments.ts'
export * from './queries/exchange.ts'
export * from './queries/flags.ts'
export {
  insertImage,
  moveImage,
  readNewImage,
  setCopiedPath,
  setMissingCase,
  canSetCameraBits,
  setMissingCameraBits,
  setMissingPixelSize,
  type NewImage,
} from './queries/image-changes.ts'
export * from './queries/image-settings.ts'
export * from './queries/images.ts'
export * from './queries/insert-model.ts'
export * from './queries/jobs.ts'
export * from './queries/labels.ts'
export * from './queries/model-changes.ts'
export * from './queries/model-reports.ts'
export * from './queries/models.ts'
export * from './queries/readings.ts'
export * from './queries/regions.ts'
export {
  countCurrentRegions,
  entriesInEffect,
  listRegionStates,
  newestEntries,
} from './queries/region-states.ts'
export * from './queries/slide-analyses.ts'
export * from './queries/slide-thresholds.ts'
export { caseSeenBy } from './queries/case-seen.ts'
export * from './queries/test-set-openings.ts'
export * from './queries/test-sets.ts'
export {
  countRegionsChangedSince,
  listImagesWithClassedRegions,
  type TrainedRegion,
} from './queries/trained-regions.ts'
export { chainOf, isReversed } from './queries/undo-chains.ts'
export { rowsOfSlice } from './queries/rows-in-slices.ts'
export * from './queries/study-entries.ts'
export * from './queries/suggestions-in-use.ts'
export {
  countVerdicts,
  insertVerdict,
  lastVerdictId,
  listModelVerdicts,
  listVerdicts,
  type NewVerdict,
} from './queries/verdicts.ts'
export * from './queries/users.ts'
export * from './queries/workspace.ts'
export { checkDatabaseFile } from './read-snapshot.ts'
export {
  databaseFiles,
  examineDatabase,
  snapshotDatabase,
  type DatabaseFacts,
  type SnapshotRun,
} from './snapshot.ts'
export * from './workspace.ts'
