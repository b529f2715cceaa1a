import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  packageVersion,
  researchUseSentence,
  untrainedWarning,
  type ExportReport,
  type ModelReport,
} from '../contract/index.ts'
import { placeName } from '../engine/model-package/index.ts'
import { referenceFile } from '../engine/verdict/likeness-reference.ts'
import {
  appendEvent,
  boostersDirectory,
  findModel,
  listBoosters,
  listFoldTable,
  type Writable,
} from '../store/index.ts'
import type { ComputeClient } from '../compute/client.ts'
import { requireSpace } from './free-space.ts'
import { ProgressMeter } from './progress.ts'
import type { JobContext } from './queue.ts'

export interface ExportModelInput {
  report: ModelReport
  path: string
  workspacePath: string
}

/** Of a booster's text, packed: measured at 0.43. */
const packedShare = 0.5

/**
 * Writes a model into one file that `importModel` takes into any workspace. What is written is the model as it
 * is when the job runs, with the operating point of the report.
 * @throws AppError `model.not-found`, `model.corrupt`, `package.too-large`, `disk.full`, `path.not-writable`,
 *   `job.cancelled`
 */
export async function exportModel(
  database: Writable,
  compute: ComputeClient,
  { report: modelReport, path, workspacePath }: ExportModelInput,
  { signal, report }: JobContext,
): Promise<ExportReport> {
  const model = findModel(database, modelReport.model)
  const boosters = listBoosters(database, model.id)
  const directory = boostersDirectory(workspacePath)
  const texts = boosters.map(({ textSha256 }) => ({
    file: join(directory, `${textSha256}.txt`),
    sha256: textSha256,
  }))
  const vectors = modelReport.likeness?.sha256
  const likeness = vectors === undefined ? null : { file: referenceFile(directory, vectors), sha256: vectors }
  const stage = 'Packing boosters'
  const meter = new ProgressMeter([{ name: stage, unit: 'boosters', weight: 1 }], report)
  const files = [...texts, ...(likeness === null ? [] : [likeness])].map(({ file }) => file)
  await requireSpace(path, packedShare * (await sizeOf(files)))
  const { bytes, sha256 } = await compute.run(
    'packModel',
    {
      path,
      manifest: {
        format: 'lobule-model',
        version: likeness === null ? 1 : packageVersion,
        researchUse: researchUseSentence,
        untrained: model.encoders === 'demo' ? untrainedWarning : null,
        name: model.name,
        trainedAt: model.createdAt,
        recipe: model.recipe,
        recipeFingerprint: model.recipeFingerprint,
        classes: model.scheme,
        encoders: model.encoders,
        encoderFingerprints: model.encoderFingerprints,
        operatingPoint: modelReport.operatingPoint,
        software: modelReport.software,
        boosters: boosters.map(({ encoder, cropSet, fold, seed }) => ({
          encoder,
          cropSet,
          fold,
          seed,
          path: `boosters/${placeName({ encoder, cropSet, fold, seed })}.txt`,
        })),
      },
      report: modelReport,
      folds: listFoldTable(database, model.id),
      texts,
      likeness,
    },
    { signal, onProgress: (done, total) => meter.report(stage, done, total) },
  )
  appendEvent(database, {
    kind: 'export',
    object: { type: 'file', id: null, name: path },
    after: { what: 'model', model: model.name, bytes, sha256 },
  })
  return {
    model: model.name,
    path,
    bytes,
    sha256,
    boosters: boosters.length,
    encoders: model.encoders,
    researchUse: researchUseSentence,
  }
}

/** What is gone is found by the packing, which says so. */
async function sizeOf(files: readonly string[]): Promise<number> {
  const sizes = await Promise.all(
    files.map((file) =>
      stat(file).then(
        ({ size }) => size,
        () => 0,
      ),
    ),
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}
