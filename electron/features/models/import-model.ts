import { randomUUID } from 'node:crypto'
import { existsSync } from 'node:fs'
import { basename, join } from 'node:path'
import { moveFile, removeFile, removeFolder } from '../../base/patient-files.ts'
import { zip } from '../../base/arrays.ts'
import { asNotWritable } from '../../base/path-errors.ts'
import { makePrivateFolder } from '../../base/private-files.ts'
import {
  termsOf,
  AppError,
  calls,
  researchUseSentence,
  type CallInput,
  type ClassScheme,
  type ModelImportReport,
  type ModelManifest,
} from '../../contract/index.ts'
import { outOfFoldAccuracy } from '../../engine/evaluation/accuracy.ts'
import type { UnpackedModel } from '../../engine/model-package/index.ts'
import { referenceFile } from '../../engine/prediction/likeness-reference.ts'
import {
  currentClassNames,
  hasModel,
  insertModel,
  insertOperatingPoint,
  insertPackagedThreshold,
  listClasses,
  listFolds,
  renamedScheme,
  type Readable,
  type Writable,
} from '../../store/index.ts'
import type { ComputeClient } from '../../compute/client.ts'
import type { JobRun } from '../../queue/job-run.ts'
import { requireSpace } from '../../base/free-space.ts'
import { decideOnCandidate } from './candidate.ts'
import { removeStaging } from './staging.ts'
import { defineJob, modelsChanged, type JobServices } from '../../session/job-services.ts'

const stage = 'Unpacking classifiers'

export const importModelJob = defineJob({
  kind: 'import-model',
  input: calls['model.import'].input,
  stages: [{ name: stage, unit: 'classifiers', weight: 1 }],
  resumable: false,
  runsBeside: false,
  announces: modelsChanged,
  title: () => 'Import a model',
  run: importModel,
})

/** In the folder of the boosters, so that they can be moved without copying. */
const stagingPrefix = '.unpacking-'

/**
 * Imports a model from a package, complete or not at all. Its training images are stored by content hash, so that here
 * too they are predicted only by boosters whose fold held them out. The classes must be those of the workspace, in any
 * order. The encoders need not be installed; the report lists those that are needed.
 * @throws AppError `package.*`, `path.*`, `model.exists`, `disk.full`, `job.cancelled`
 */
export async function importModel(
  { path, name: givenName }: CallInput<'model.import'>,
  job: JobRun,
  {
    workspace,
    compute,
    bounded,
    homeDirectory,
  }: Pick<JobServices, 'workspace' | 'compute' | 'bounded' | 'homeDirectory'>,
): Promise<ModelImportReport> {
  const { database, folders } = workspace
  const refuse = (reason: string): AppError => new AppError('package.invalid', { path, entry: null, reason })
  const manifest = await bounded.run('inspectPackage', { path }, { signal: job.signal, refuse })
  const name = givenName ?? manifest.name
  if (hasModel(database, name)) throw new AppError('model.exists', { model: name })
  requireSameClasses(manifest, database)
  await requireSpace(
    workspace.path,
    manifest.entries.reduce((sum, { bytes }) => sum + bytes, 0),
  )
  const { boosters } = folders
  const directory = join(boosters, `${stagingPrefix}${randomUUID()}`)
  try {
    await removeStaging(boosters, stagingPrefix)
    await makePrivateFolder(directory).catch((error: unknown) => {
      throw asNotWritable(error, directory)
    })
    const task = { path, manifest, directory }
    const unpacked = await bounded.run('unpackModel', task, { ...job.during(stage), refuse })
    const modelId = await storeModel(database, { name, manifest, unpacked, directory, boosters })
    const needs = await neededWeights(compute, homeDirectory, manifest)
    return {
      model: name,
      modelId,
      sha256: unpacked.sha256,
      boosters: manifest.boosters.length,
      images: unpacked.folds.length,
      imagesHere: listFolds(database, modelId).size,
      weights: manifest.weights,
      ...termsOf(manifest.recipe),
      needs,
      warnings: unpacked.report.warnings,
      researchUse: researchUseSentence,
    }
  } finally {
    await removeFolder(directory)
  }
}

const schemeText = (classes: ClassScheme): string =>
  classes.map(({ name, isPositive }) => (isPositive ? `${name}*` : name)).join(',')

/**
 * Predictions name the model's classes, so the workspace must have the same ones, by any name that they had here. Keys and colours
 * may differ.
 */
function requireSameClasses({ name, classes }: ModelManifest, database: Readable): void {
  const known = renamedScheme(classes, currentClassNames(database))
  const [own, workspace] = [schemeText(known), schemeText(listClasses(database))]
  const sorted = (text: string): string => text.split(',').toSorted().join()
  if (sorted(own) !== sorted(workspace)) {
    throw new AppError('package.other-classes', { model: name, own: schemeText(classes), workspace })
  }
}

interface ModelToStore {
  name: string
  manifest: ModelManifest
  unpacked: UnpackedModel
  directory: string
  boosters: string
}

/** Files first, so that every model in the database has its files. If storing the model fails, they are removed. */
async function storeModel(
  database: Writable,
  { name, manifest, unpacked, directory, boosters }: ModelToStore,
): Promise<number> {
  const { report, folds, card, textSha256s } = unpacked
  const added: string[] = []
  try {
    const files = textSha256s.map((sha256) => `${sha256}.txt`)
    if (report.likeness !== undefined) files.push(basename(referenceFile('', report.likeness.sha256)))
    for (const file of new Set(files)) {
      const to = join(boosters, file)
      if (!existsSync(to)) added.push(to)
      await moveFile(join(directory, file), to).catch((error: unknown) => {
        throw asNotWritable(error, to)
      })
    }
    const classes = manifest.classes.map((c) => c.name)
    const accuracies = outOfFoldAccuracy(
      report.predictions.map(({ fold, truth, probabilities }) => ({
        fold,
        truth: classes.indexOf(truth),
        probabilities: classes.map((c) => probabilities[c] ?? 0),
      })),
      manifest.recipe.folds,
    )
    return database.transaction(() => {
      const modelId = insertModel(database, {
        name,
        recipe: manifest.recipe,
        recipeFingerprint: manifest.recipeFingerprint,
        weights: manifest.weights,
        encoderFingerprints: manifest.encoderFingerprints,
        classes: manifest.classes,
        cases: report.cases,
        groupedBy: report.groupedBy,
        imagesWithoutCase: report.imagesWithoutCase,
        accuracy: accuracies.accuracy,
        foldAccuracies: accuracies.folds,
        durationMs: report.durationMs,
        software: manifest.software,
        createdAt: manifest.trainedAt,
        packageSha256: unpacked.sha256,
        boosters: zip(manifest.boosters, textSha256s).map(
          ([{ kind, encoder, cropSet, fold, seed }, textSha256]) => ({
            kind,
            encoder,
            cropSet,
            fold,
            seed,
            textSha256,
          }),
        ),
        folds: [],
        importedFolds: folds,
        report: {
          warnings: report.warnings,
          table: report.table,
          evaluation: report.evaluation,
          predictions: report.predictions,
          ...(report.likeness === undefined ? {} : { likeness: report.likeness }),
          ...(card === null ? {} : { card }),
        },
      })
      insertOperatingPoint(database, modelId, manifest.operatingPoint, {
        reader: null,
        reason: 'As in the package that the model came in.',
      })
      if (report.slideThreshold != null) insertPackagedThreshold(database, modelId, report.slideThreshold)
      decideOnCandidate(database, name, 'if-first')
      return modelId
    })()
  } catch (error) {
    for (const file of added) await removeFile(file)
    throw error
  }
}

async function neededWeights(
  compute: ComputeClient,
  homeDirectory: string,
  { encoderFingerprints }: ModelManifest,
): Promise<ModelImportReport['needs']> {
  const installed = await compute.run('encoderList', { homeDirectory })
  return Object.entries(encoderFingerprints).map(([encoder, fingerprint]) => {
    const own = installed.find(({ name }) => name === encoder)?.fingerprint ?? null
    const state = own === fingerprint ? 'installed' : own === null ? 'missing' : 'other'
    return { encoder, fingerprint, state }
  })
}
