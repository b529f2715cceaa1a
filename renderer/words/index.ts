import { auditStrings } from './audit.ts'
import { backupStrings } from './backup.ts'
import { backendsStrings } from './backends.ts'
import { installableBackendsStrings } from './installable-backends.ts'
import { commonStrings } from './common.ts'
import { effortStrings } from './effort.ts'
import { filmStripStrings } from './film-strip.ts'
import { guideStrings } from './guide.ts'
import { heatMapStrings } from './heat-map.ts'
import { importingStrings } from './importing.ts'
import { jobsStrings } from './jobs.ts'
import { encoderComparisonStrings } from './encoder-comparison.ts'
import { leaksStrings } from './leaks.ts'
import { likenessStrings } from './likeness.ts'
import { machineStrings } from './machine.ts'
import { ownEncoderStrings } from './own-encoder.ts'
import { modelReviewStrings } from './model-review.ts'
import { modelsStrings } from './models.ts'
import { plansStrings } from './plans.ts'
import { policyStrings } from './policy.ts'
import { readersStrings } from './readers.ts'
import { regionsStrings } from './regions.ts'
import { reportsStrings } from './reports.ts'
import { screensStrings } from './screens.ts'
import { batchEndStrings } from './batch-end.ts'
import { assignmentStrings } from './assignments.ts'
import { setLaterStrings } from './set-later.ts'
import { settingsStrings } from './settings.ts'
import { caseSlidesStrings } from './case-slides.ts'
import { slideMapStrings } from './slide-map.ts'
import { startStrings } from './start.ts'
import { testSetsStrings } from './test-sets.ts'
import { tourStrings } from './tour.ts'
import { usersStrings } from './users.ts'
import { viewerStrings } from './viewer.ts'
import { worklistStrings } from './worklist.ts'

/** All texts of the page, in English, in one object; one file for each part of the page. */
export const strings = {
  ...commonStrings,
  ...settingsStrings,
  ...batchEndStrings,
  ...assignmentStrings,
  ...setLaterStrings,
  ...startStrings,
  ...worklistStrings,
  ...viewerStrings,
  ...heatMapStrings,
  ...caseSlidesStrings,
  ...filmStripStrings,
  ...slideMapStrings,
  ...effortStrings,
  ...importingStrings,
  ...modelsStrings,
  ...modelReviewStrings,
  ...testSetsStrings,
  ...encoderComparisonStrings,
  ...leaksStrings,
  ...likenessStrings,
  ...machineStrings,
  ownEncoder: ownEncoderStrings,
  ...jobsStrings,
  ...plansStrings,
  ...policyStrings,
  ...readersStrings,
  ...usersStrings,
  ...regionsStrings,
  ...auditStrings,
  ...backupStrings,
  ...reportsStrings,
  ...screensStrings,
  ...backendsStrings,
  ...installableBackendsStrings,
  ...tourStrings,
  ...guideStrings,
} as const
