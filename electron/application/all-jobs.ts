import type { JobRegistry } from '../queue/define-job.ts'
import { backupJob } from '../features/backup/backup-workspace.ts'
import { handOverJob } from '../features/exchange/hand-over.ts'
import { restoreJob } from '../features/backup/restore-backup.ts'
import { verifyBackupJob } from '../features/backup/verify-backup.ts'
import { compareEncodersJob } from '../features/models/compare-encoders.ts'
import { analyseSlidesJob } from '../features/slides/analyse-slides.ts'
import { checkJob } from '../features/workspace/check-workspace.ts'
import { classifyJob } from '../features/predictions/classify-images.ts'
import { describeJob } from '../features/encoders/describe-file.ts'
import { encodeJob } from '../features/encoders/encode-images.ts'
import { explainJob } from '../features/predictions/explain-image.ts'
import { exportModelJob } from '../features/models/export-model.ts'
import { collectShardsJob } from '../features/shards/collect-shards.ts'
import { planSlidesJob } from '../features/shards/plan-slides.ts'
import { planTrainingJob } from '../features/shards/plan-training.ts'
import { planShardsJob } from '../features/shards/plan-shards.ts'
import { importDescriptorsJob } from '../features/encoders/import-descriptors.ts'
import { importJob, tryImportJob } from '../features/images/import-images.ts'
import { importModelJob } from '../features/models/import-model.ts'
import { backendsJob } from '../features/encoders/install-backends.ts'
import { encodersJob } from '../features/encoders/install-encoders.ts'
import { leaksJob } from '../features/leaks/compare-images.ts'
import { learningCurveJob } from '../features/models/learning-curve.ts'
import type { JobServices } from '../session/job-services.ts'
import { demoJob } from '../features/images/make-demo.ts'
import { relinkJob } from '../features/images/relink-images.ts'
import { openTestSetJob } from '../features/test-sets/open-test-set.ts'
import { trainJob } from '../features/models/train-model.ts'

/** Every job kind of the program. */
export const allJobs: JobRegistry<JobServices> = {
  demo: demoJob,
  import: importJob,
  'try-import': tryImportJob,
  encoders: encodersJob,
  backends: backendsJob,
  train: trainJob,
  classify: classifyJob,
  relink: relinkJob,
  check: checkJob,
  encode: encodeJob,
  describe: describeJob,
  explain: explainJob,
  'export-model': exportModelJob,
  'import-model': importModelJob,
  'import-descriptors': importDescriptorsJob,
  'plan-shards': planShardsJob,
  'plan-training': planTrainingJob,
  'plan-slides': planSlidesJob,
  'collect-shards': collectShardsJob,
  'open-test-set': openTestSetJob,
  'learning-curve': learningCurveJob,
  'compare-encoders': compareEncodersJob,
  backup: backupJob,
  'verify-backup': verifyBackupJob,
  restore: restoreJob,
  'hand-over': handOverJob,
  leaks: leaksJob,
  'analyse-slides': analyseSlidesJob,
}
