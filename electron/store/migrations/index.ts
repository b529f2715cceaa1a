import type { Database } from 'better-sqlite3'
import { initial } from './0001-initial.ts'
import { pagesCopiesComments } from './0002-pages-copies-comments.ts'
import { modelReport } from './0003-model-report.ts'
import { promotionReasons } from './0004-promotion-reasons.ts'
import { auditTrail } from './0005-audit-trail.ts'
import { pausedJobs } from './0006-paused-jobs.ts'
import { readings } from './0007-readings.ts'
import { regions } from './0008-regions.ts'
import { lines } from './0009-lines.ts'
import { weights } from './0010-weights.ts'
import { labelSources } from './0011-label-sources.ts'
import { candidates } from './0012-candidates.ts'
import { pinnedRows } from './0013-pinned-rows.ts'
import { readerActions } from './0014-reader-actions.ts'
import { testSets } from './0015-test-sets.ts'
import { classifierKinds } from './0016-classifier-kinds.ts'
import { imageSettings } from './0017-image-settings.ts'
import { checklistAnswers } from './0018-checklist-answers.ts'
import { partsOfSteps } from './0019-parts-of-steps.ts'
import { ownEncoders } from './0020-own-encoders.ts'
import { slideAnalyses } from './0021-slide-analyses.ts'
import { slideThresholds } from './0022-slide-thresholds.ts'
import { trainedRegions } from './0023-trained-regions.ts'
import { slideEffort } from './0024-slide-effort.ts'
import { cameraBits } from './0025-camera-bits.ts'
import { slideAlgorithm } from './0026-slide-algorithm.ts'
import { removals } from './0027-removals.ts'
import { receivedReadings } from './0029-received-readings.ts'
import { users } from './0030-users.ts'
import { assignments } from './0032-assignments.ts'
import { commentsAlone } from './0034-comments-alone.ts'
import { formerClassNames } from './0035-former-class-names.ts'
import type { Migration } from './migration.ts'

const migrations: readonly Migration[] = [
  initial,
  pagesCopiesComments,
  modelReport,
  promotionReasons,
  auditTrail,
  pausedJobs,
  readings,
  regions,
  lines,
  weights,
  labelSources,
  candidates,
  pinnedRows,
  readerActions,
  testSets,
  classifierKinds,
  imageSettings,
  checklistAnswers,
  partsOfSteps,
  ownEncoders,
  slideAnalyses,
  slideThresholds,
  trainedRegions,
  slideEffort,
  cameraBits,
  slideAlgorithm,
  removals,
  receivedReadings,
  users,
  assignments,
  commentsAlone,
  formerClassNames,
]

/** The newest format that this program knows. */
export const knownVersion = migrations.at(-1)?.version ?? 0

export const formatVersion = (database: Database): number =>
  Number(database.pragma('user_version', { simple: true }))

/** Brings a database from its version to the newest, or to an older one for a test, one transaction per step. */
export function migrate(database: Database, newest = knownVersion): void {
  for (const migration of migrations) {
    if (migration.version > newest || migration.version <= formatVersion(database)) continue
    database.transaction(() => {
      database.exec(migration.sql)
      migration.then?.(database)
      database.pragma(`user_version = ${migration.version}`)
    })()
  }
}
