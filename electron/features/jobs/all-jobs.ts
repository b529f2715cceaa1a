import type { JobRegistry } from '../../queue/define-job.ts'
import { checkJob } from './check-workspace.ts'
import { classifyJob } from './classify-images.ts'
import { describeJob } from './describe-file.ts'
import { encodeJob } from './encode-images.ts'
import { explainJob } from './explain-image.ts'
import { exportModelJob } from './export-model.ts'
import { importDescriptorsJob } from './import-descriptors.ts'
import { importJob } from './import-images.ts'
import { importModelJob } from './import-model.ts'
import { encodersJob } from './install-encoders.ts'
import type { JobServices } from '../../session/job-services.ts'
import { demoJob } from './make-demo.ts'
import { relinkJob } from './relink-images.ts'
import { trainJob } from './train-model.ts'

/** Every job kind of the program. */
export const allJobs: JobRegistry<JobServices> = {
  demo: demoJob,
  import: importJob,
  encoders: encodersJob,
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
}
