import { parse, resolve } from 'node:path'
import { calls, type CallInput, type ExternalImportReport } from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { listImageNames } from '../../store/index.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'

const stage = 'Importing descriptors'

export const importDescriptorsJob = defineJob({
  kind: 'import-descriptors',
  input: calls['descriptors.import'].input,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: false,
  runsBeside: false,
  audit: 'import',
  title: ({ name }) => `Import the descriptors ${name}`,
  check: requireWorkspace,
  run: importDescriptors,
})

/**
 * Imports descriptors computed by another program, image by image, matched by file name.
 * @throws AppError as `importPublished`
 */
function importDescriptors(
  { directory, name }: CallInput<'descriptors.import'>,
  job: JobRun,
  { workspace, compute }: JobServices,
): Promise<ExternalImportReport> {
  const images = listImageNames(workspace.database).map(({ fileName, sha256 }) => ({
    stem: parse(fileName).name,
    sha256,
  }))
  const request = { from: resolve(directory), directory: workspace.folders.descriptors, name, images }
  return compute.run('importPublished', request, job.during(stage))
}
