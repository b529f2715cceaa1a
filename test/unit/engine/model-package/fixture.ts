import { createHash } from 'node:crypto'
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { unzipSync, zipSync } from 'fflate'
import { sha256OfFile } from '../../../../electron/base/sha256.ts'
import { changeRecipe, parseClassScheme, recipes, type Recipe } from '../../../../electron/contract/index.ts'
import { Booster, Dataset } from '../../../../electron/engine/boosting/index.ts'
import { fitLogistic, logisticText } from '../../../../electron/engine/classifiers/index.ts'
import { reportTraining } from '../../../../electron/engine/evaluation/training-report.ts'
import { asMatrix, writeNpy } from '../../../../electron/engine/descriptors/index.ts'
import { makeReference, withLikeness } from '../../../../electron/engine/prediction/likeness-reference.ts'
import { likenessAugmentations } from '../../../../electron/engine/prediction/likeness.ts'
import { keyedGenerator } from '../../../../electron/engine/random/index.ts'
import { recipeFingerprint } from '../../../../electron/engine/recipe/fingerprint.ts'
import type { BoundedCompute } from '../../../../electron/compute/bounded-compute.ts'
import { ComputeClient } from '../../../../electron/compute/client.ts'
import { exportModel, exportModelJob } from '../../../../electron/features/models/export-model.ts'
import { importModel, importModelJob } from '../../../../electron/features/models/import-model.ts'
import {
  createWorkspace,
  insertImage,
  insertModel,
  insertOperatingPoint,
  listImages,
  type OpenWorkspace,
} from '../../../../electron/store/index.ts'
import { tasks } from '../../../../electron/compute/tasks.ts'
import { jobRun } from '../../../support/job-run.ts'
import { inProcessBounded } from '../../../support/in-process-bounded.ts'
import { inProcessCompute } from '../../../support/in-process-compute.ts'
import { boosterRecord, newImage } from '../../../support/rows.ts'

/** The length of a ResNet-50 descriptor. */
const columns = 2048
export const classes = parseClassScheme('Benign,Malignant*')
/** As packages of every format may have it. */
export const recipe = changeRecipe(recipes['quick'] as Recipe, { folds: 2, rounds: 1, colour: 'file' })
const rowCount = 48

export const sha256 = (content: string | Uint8Array): string =>
  createHash('sha256').update(content).digest('hex')

/** A model text with these numbers of classes and columns; small, from made-up data. */
export async function boosterText(name: string, classCount = 2, columnCount = columns): Promise<string> {
  const random = keyedGenerator('package', name)
  const labels = Array.from({ length: rowCount }, (_, i) => i % classCount)
  const data = Float32Array.from(
    { length: rowCount * columnCount },
    (_, i) => random.nextFloat() + (labels[Math.floor(i / columnCount)] ?? 0),
  )
  const parameters = {
    objective: 'multiclass',
    num_class: classCount,
    min_data_in_leaf: 5,
    num_leaves: 4,
    num_threads: 1,
    verbosity: -1,
  }
  using dataset = await Dataset.fromMatrix(data, {
    rows: rowCount,
    columns: columnCount,
    labels,
    parameters,
  })
  using booster = await Booster.train(dataset, parameters, { rounds: 1 })
  return await booster.toModelText()
}

/** The text of a logistic regression, from made-up data. */
export async function regressionText(name: string, classCount = 2, columnCount = columns): Promise<string> {
  const random = keyedGenerator('package regression', name)
  const rowsOf = {
    rows: 12,
    columns: columnCount,
    classes: Array.from({ length: 12 }, (_, i) => i % classCount),
  }
  const values = Float64Array.from({ length: 12 * columnCount }, () => random.nextFloat())
  return logisticText(await fitLogistic({ ...rowsOf, values }, classCount, 0.01, () => undefined))
}

/** A model text whose first leaf has another value; LightGBM checks the length of each tree. */
export function withLeaf(text: string, value: string): string {
  const [all = '', start = '', leaf = ''] = /(\nleaf_value=)(\S+)/.exec(text) ?? []
  const changed = text.replace(all, `${start}${value}`)
  return changed.replace(
    /tree_sizes=(\d+)/,
    (_, size) => `tree_sizes=${Number(size) + value.length - leaf.length}`,
  )
}

export interface World {
  root: string
  path: (name: string) => string
  store: OpenWorkspace
  compute: ComputeClient
  bounded: BoundedCompute
  newWorkspace: (name: string, scheme?: string) => OpenWorkspace
  dispose: () => void
}

/** A workspace "home" with a model "first" of an older version without likeness. */
export async function makeWorld(): Promise<World> {
  const root = mkdtempSync(join(tmpdir(), 'lobule-package-'))
  const path = (name: string): string => join(root, name)
  const stores: OpenWorkspace[] = []
  const newWorkspace = (name: string, scheme = 'Benign,Malignant*'): OpenWorkspace => {
    const store = createWorkspace(path(name), parseClassScheme(scheme), 'test')
    stores.push(store)
    return store
  }
  const store = newWorkspace('home')
  const { launch } = inProcessCompute({
    packModel: tasks.packModel,
    checkDatabase: tasks.checkDatabase,
    hash: ({ path: file }) => sha256OfFile(file),
    encoderList: () =>
      Promise.resolve([
        {
          name: 'resnet50',
          title: '',
          source: 'missing',
          fingerprint: null,
          licence: '',
          attribution: '',
          path: null,
        },
      ]),
  })
  const compute = new ComputeClient(launch, () => undefined)
  const bounded = inProcessBounded()
  await insertTrained(store, { name: 'first', hasLikeness: false })
  const dispose = (): void => {
    compute.close()
    bounded.close()
    for (const each of stores) each.close()
    rmSync(root, { recursive: true })
  }
  return { root, path, store, compute, bounded, newWorkspace, dispose }
}

/**
 * A model of two boosters and eight images, two of them in one case; as an older version without likeness made it.
 */
export async function insertTrained(
  store: OpenWorkspace,
  { name, hasLikeness, classifier }: { name: string; hasLikeness: boolean; classifier?: 'both' },
): Promise<void> {
  const { boosters } = store.folders
  const images = Array.from({ length: 8 }, (_, i) => ({
    name: `${i}.png`,
    sha256: sha256(`image ${i}`),
    caseName: i < 2 ? 'shared' : `case ${i}`,
    fold: i < 2 ? 0 : i % 2,
    truth: i % 2,
  }))
  const probabilities = images.map(({ truth }, i) =>
    truth === 0 ? [0.9 - i / 70, 0.1 + i / 70] : [0.3, 0.7],
  )
  const own = classifier === undefined ? recipe : changeRecipe(recipe, { classifier })
  const figures = reportTraining(images, probabilities, [probabilities], {
    recipe: own,
    classes,
    warnings: ['w'],
  })
  const known = new Map(listImages(store.database).map(({ sha256: hash, id }) => [hash, id]))
  const ids = images.map(
    ({ sha256: hash, caseName }) => known.get(hash) ?? insertImage(store.database, imageRow(hash, caseName)),
  )
  mkdirSync(boosters, { recursive: true })
  const texts = [await boosterText('a'), await boosterText('b')]
  const logistic = classifier === undefined ? [] : [await regressionText('a'), await regressionText('b')]
  for (const text of [...texts, ...logistic]) {
    writeFileSync(join(boosters, `${sha256(text)}.txt`), text)
  }
  const made = hasLikeness ? await referenceOf(images, boosters) : null
  const report = withLikeness(figures, made)
  const modelId = insertModel(store.database, {
    name,
    recipe: own,
    recipeFingerprint: recipeFingerprint(own),
    weights: 'untrained',
    encoderFingerprints: { resnet50: 'e'.repeat(64) },
    classes,
    cases: 7,
    groupedBy: 'case',
    imagesWithoutCase: 0,
    accuracy: report.evaluation.accuracy,
    foldAccuracies: report.table.fusion.perFold.map((percent) => percent / 100),
    durationMs: 1234.5,
    software: { Lobule: '0.1.0', LightGBM: '4.6.0' },
    boosters: [
      ...texts.map((text, fold) => ({ ...boosterRecord(sha256(text)), fold })),
      ...logistic.map((text, fold) => ({
        ...boosterRecord(sha256(text)),
        kind: 'logistic' as const,
        fold,
      })),
    ],
    folds: images.map(({ fold }, i) => ({
      imageId: ids[i] ?? 0,
      fold,
      className: 'Benign',
      probabilities: probabilities[i] ?? [],
    })),
    report,
    createdAt: '2026-01-02T03:04:05.678Z',
  })
  insertOperatingPoint(store.database, modelId, 0.33)
}

/** Vectors of made-up descriptors. */
async function referenceOf(images: readonly { caseName: string; sha256: string }[], directory: string) {
  const described = images.map(async ({ caseName, sha256: imageSha256 }, i) => {
    const random = keyedGenerator('descriptors', String(i))
    const rows = Array.from({ length: recipe.augmentation.count }, () =>
      Float32Array.from({ length: columns }, () => random.nextFloat()),
    )
    const file = join(directory, 'made-up', `${i}.npy`)
    await writeNpy(file, asMatrix(rows))
    return { caseName, sha256: imageSha256, fields: [[file]] }
  })
  const augmentations = likenessAugmentations(recipe.augmentation.count)
  return makeReference({ images: await Promise.all(described), augmentations, directory })
}

export const imageRow = (hash: string, caseName: string | null) =>
  newImage(hash, { path: `/nowhere/${hash}.png`, synthetic: true, caseName })

/** Exports a model of one of the workspaces. */
export const pack = (world: World, store: OpenWorkspace, model: string, file: string, replace = true) =>
  exportModel({ model, path: world.path(file), replace }, jobRun(exportModelJob), {
    workspace: store,
    compute: world.compute,
  })

export const unpack = (world: World, store: OpenWorkspace, file: string, name: string | null = null) =>
  importModel({ path: world.path(file), name }, jobRun(importModelJob), {
    workspace: store,
    compute: world.compute,
    bounded: world.bounded,
    homeDirectory: world.root,
  })

type Entries = Record<string, Uint8Array>
export type JsonObject = Record<string, unknown>

/** The entries of a package, changed, and zipped again. */
export function changed(
  world: World,
  from: string,
  to: string,
  change: (entries: Entries, manifest: JsonObject) => void,
  { rehash = false } = {},
): void {
  const entries = unzipSync(readFileSync(world.path(from)))
  const manifest = jsonOf(entries['manifest.json'])
  change(entries, manifest)
  if (rehash) {
    manifest['entries'] = Object.entries(entries).flatMap(([path, content]) =>
      path === 'manifest.json' ? [] : [{ path, bytes: content.length, sha256: sha256(content) }],
    )
  }
  const { 'manifest.json': _, ...others } = entries
  writeFileSync(world.path(to), zipSync({ 'manifest.json': bytesOf(manifest), ...others }))
}

export const jsonOf = (bytes: Uint8Array | undefined): JsonObject =>
  JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as JsonObject
export const bytesOf = (content: unknown): Uint8Array => Buffer.from(JSON.stringify(content))
