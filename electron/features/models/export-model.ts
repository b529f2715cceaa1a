import { stat } from 'node:fs/promises'
import { join } from 'node:path'
import {
  packageEndings,
  calls,
  packageVersion,
  researchUseSentence,
  termsOf,
  untrainedWarning,
  type CallInput,
  type ExportReport,
} from '../../contract/index.ts'
import { placeName } from '../../engine/model-package/index.ts'
import { referenceFile } from '../../engine/prediction/likeness-reference.ts'
import { modelCard } from '../../report/checklist/model-card.ts'
import {
  appendEvent,
  findModel,
  listBoosters,
  listFoldTable,
  namesOfTraining,
  readPackagedCard,
  renamedReport,
  renamedScheme,
  type Rename,
  type Workspace,
} from '../../store/index.ts'
import type { JobRun } from '../../queue/job-run.ts'
import type { ExportKind } from '../../base/export-file.ts'
import { requireSpace } from '../../base/free-space.ts'
import { defineJob, type JobServices } from '../../session/job-services.ts'
import { readEvidence } from '../reports/evidence-record.ts'
import { readModelReport } from './model-report.ts'

const stage = 'Packing classifiers'

export const modelPackage: ExportKind = { what: 'a model package', endings: packageEndings }

export const exportModelJob = defineJob({
  kind: 'export-model',
  input: calls['model.export'].input,
  stages: [{ name: stage, unit: 'classifiers', weight: 1 }],
  resumable: false,
  runsBeside: false,
  title: ({ model }) => `Export ${model}`,
  run: exportModel,
})

/** Compressed size of a booster's text, relative to the text. Measured: 0.43. */
const compressionRatio = 0.5

/**
 * Writes a model as one file that `importModel` reads into any workspace. The file holds the model as it is when the job
 * runs, with the names that its classes had when it was trained: other workspaces may know no others.
 * @throws AppError `model.not-found`, `model.corrupt`, `package.too-large`, `disk.full`, `path.exists`,
 *   `path.not-writable`, `job.cancelled`
 */
export async function exportModel(
  { model: modelName, path, replace }: CallInput<'model.export'>,
  job: JobRun,
  { workspace, compute }: Pick<JobServices, 'workspace' | 'compute'>,
): Promise<ExportReport> {
  const { database } = workspace
  const modelReport = await workspace.read((own) => readModelReport(own, modelName))
  const model = findModel(database, modelReport.model)
  const names = namesOfTraining(database, model)
  // One that came in a package stays as it is: only where the model was trained is everything known.
  const card = readPackagedCard(database, model.id) ?? (await writeCard(workspace, model.name, names))
  const boosters = listBoosters(database, model.id)
  const directory = workspace.folders.boosters
  const texts = boosters.map(({ textSha256 }) => ({
    file: join(directory, `${textSha256}.txt`),
    sha256: textSha256,
  }))
  const vectors = modelReport.likeness?.sha256
  const likeness = vectors === undefined ? null : { file: referenceFile(directory, vectors), sha256: vectors }
  const files = [...texts, ...(likeness === null ? [] : [likeness])].map(({ file }) => file)
  await requireSpace(path, compressionRatio * (await sizeOf(files)))
  const { bytes, sha256 } = await compute.run(
    'packModel',
    {
      path,
      replace,
      manifest: {
        format: 'lobule-model',
        version: packageVersion,
        researchUse: researchUseSentence,
        untrained: model.weights === 'untrained' ? untrainedWarning : null,
        name: model.name,
        trainedAt: model.createdAt,
        recipe: model.recipe,
        recipeFingerprint: model.recipeFingerprint,
        classes: renamedScheme(model.scheme, names),
        weights: model.weights,
        encoderFingerprints: model.encoderFingerprints,
        operatingPoint: modelReport.operatingPoint,
        software: modelReport.software,
        boosters: boosters.map(({ kind, encoder, cropSet, fold, seed }) => ({
          kind,
          encoder,
          cropSet,
          fold,
          seed,
          path: `boosters/${placeName({ kind, encoder, cropSet, fold, seed })}.txt`,
        })),
      },
      report: renamedReport(modelReport, names),
      folds: listFoldTable(database, model.id),
      card,
      texts,
      likeness,
    },
    job.during(stage),
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
    weights: model.weights,
    ...termsOf(model.recipe),
    researchUse: researchUseSentence,
  }
}

async function writeCard(workspace: Workspace, model: string, names: Rename): Promise<string> {
  const evidence = await workspace.read((own) => readEvidence(own, model))
  return modelCard({ ...evidence, report: renamedReport(evidence.report, names) }, 'Lobule', null)
}

/** In bytes. A missing file counts as 0: packing reports it. */
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
