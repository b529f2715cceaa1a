import { z } from 'zod'
import {
  backendChoiceSchema,
  recipeSchema,
  researchUseSentence,
  type EncodeReport,
} from '../../contract/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { currentImages } from '../../store/index.ts'
import { describeImages } from './describe-images.ts'
import { defineJob, requireWorkspace, type JobServices } from '../../session/job-services.ts'

const stage = 'Encoding images'

const encodeInputSchema = z.object({ recipe: recipeSchema, backend: backendChoiceSchema })

export const encodeJob = defineJob({
  kind: 'encode',
  input: encodeInputSchema,
  stages: [{ name: stage, unit: 'images', weight: 1 }],
  resumable: true,
  runsBeside: true,
  title: ({ recipe }) => `Encode with ${recipe.name}`,
  check: requireWorkspace,
  failures: ({ failed }) => failed,
  // Existing files are skipped, so the same input computes only the rest.
  retry: (input) => input,
  run: encodeImages,
})

/**
 * Makes the missing descriptors of every image of the workspace. Each is stored at once, so running it again completes
 * an interrupted run. Files are named by content hash, so a moved image keeps its descriptors.
 * @throws AppError `encoder.missing`, `encoder.self-test-failed`, `encoder.backend-failed`, `job.cancelled`
 */
async function encodeImages(
  { recipe, backend }: z.infer<typeof encodeInputSchema>,
  job: JobRun,
  services: JobServices,
): Promise<EncodeReport> {
  const startedAt = performance.now()
  const { workspace, compute, homeDirectory } = services
  const { source } = await compute.run('encoderRequire', { homeDirectory, names: recipe.encoders })
  const images = await workspace.read((own) => currentImages(own, null))
  const { signal, onProgress } = job.during(stage)
  const { described, failed } = await describeImages(
    images,
    { recipe, backend },
    services,
    signal,
    onProgress,
  )
  return {
    recipe: recipe.name,
    images: described.length,
    files: described.reduce((sum, { files }) => sum + files.length, 0),
    failed,
    weights: source,
    backends: [...new Set(described.flatMap(({ backends }) => backends))],
    notes: [...new Set(described.flatMap(({ notes }) => notes))],
    durationMs: performance.now() - startedAt,
    researchUse: researchUseSentence,
  }
}
