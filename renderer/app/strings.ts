import { auditStrings } from './strings/audit.ts'
import { backendsStrings } from './strings/backends.ts'
import { commonStrings } from './strings/common.ts'
import { effortStrings } from './strings/effort.ts'
import { heatMapStrings } from './strings/heat-map.ts'
import { importingStrings } from './strings/importing.ts'
import { jobsStrings } from './strings/jobs.ts'
import { likenessStrings } from './strings/likeness.ts'
import { machineStrings } from './strings/machine.ts'
import { modelReviewStrings } from './strings/model-review.ts'
import { modelsStrings } from './strings/models.ts'
import { readersStrings } from './strings/readers.ts'
import { regionsStrings } from './strings/regions.ts'
import { reportsStrings } from './strings/reports.ts'
import { screensStrings } from './strings/screens.ts'
import { settingsStrings } from './strings/settings.ts'
import { startStrings } from './strings/start.ts'
import { tourStrings } from './strings/tour.ts'
import { viewerStrings } from './strings/viewer.ts'
import { worklistStrings } from './strings/worklist.ts'

/** Every sentence and word of the page, in one catalogue, ready to be translated; one file for each part of the page. */
export const strings = {
  ...commonStrings,
  ...settingsStrings,
  ...startStrings,
  ...worklistStrings,
  ...viewerStrings,
  ...heatMapStrings,
  ...effortStrings,
  ...importingStrings,
  ...modelsStrings,
  ...modelReviewStrings,
  ...likenessStrings,
  ...machineStrings,
  ...jobsStrings,
  ...readersStrings,
  ...regionsStrings,
  ...auditStrings,
  ...reportsStrings,
  ...screensStrings,
  ...backendsStrings,
  ...tourStrings,
} as const
