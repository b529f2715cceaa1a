import type { Sliced } from '../../base/slices.ts'
import {
  agreedReading,
  subgroupColumns,
  type ImageView,
  type ImportReport,
  type LabelSource,
  type Subgroups,
} from '../../contract/index.ts'
import type { EvidenceRecord } from '../../report/checklist/record.ts'
import { currentImages, listEvents, listJobs, listPromotions, type Readable } from '../../store/index.ts'
import { readReaderStudy } from '../labels/reader-study.ts'
import { readAgreement } from '../labels/readings.ts'
import { readLeakReport } from '../leaks/leak-report.ts'
import { readAccuracyInUse } from '../models/accuracy-in-use.ts'
import { readModelReport } from '../models/model-report.ts'
import { readSubgroups } from '../models/subgroups.ts'
import { viewTestSets } from '../test-sets/test-set-views.ts'

/**
 * What the workspace knows about a model and its data, in slices; null: the model in use.
 * @throws AppError `model.not-found`, `model.none`, `model.none-in-use`, `model.no-report`
 */
export function* readEvidence(database: Readable, name: string | null): Sliced<EvidenceRecord> {
  const report = yield* readModelReport(database, name)
  const { model } = report
  const [inUse] = yield* readAccuracyInUse(database, model)
  if (inUse === undefined) throw new Error(`no accuracy in use of ${model}`)
  return {
    report,
    inUse,
    subgroups: yield* subgroupsThatDiffer(database, model),
    study: yield* readReaderStudy(database),
    agreement: yield* readAgreement(database, 'independent'),
    publicSets: (yield* readLeakReport(database)).publicSets,
    testSets: yield* viewTestSets(database),
    promotions: listPromotions(database)
      .filter((promotion) => promotion.model === model)
      .toSorted((a, b) => a.at.localeCompare(b.at)),
    pointChosen: readPointChosen(database, model),
    imports: readImports(database),
    images: describeImages(
      yield* currentImages(database, null),
      new Set(report.predictions.map(({ sha256 }) => sha256)),
    ),
  }
}

/** The accuracy of a model by each column with more than one value: one value tells nothing. */
export function* subgroupsThatDiffer(database: Readable, model: string): Sliced<Subgroups[]> {
  const found: Subgroups[] = []
  for (const column of subgroupColumns) {
    const subgroups = yield* readSubgroups(database, { model, column, values: null })
    if (subgroups.groups.length > 1) found.push(subgroups)
    yield
  }
  return found
}

/** More are never read: the jobs of a workspace are its imports, trainings and classifications. */
const maxJobs = 100_000
const maxEvents = 100_000

function readPointChosen(database: Readable, model: string): EvidenceRecord['pointChosen'] {
  const filter = {
    kinds: ['operating-point' as const],
    reader: null,
    imageId: null,
    text: null,
    from: null,
    to: null,
  }
  const { events } = listEvents(database, filter, { olderThan: null, limit: maxEvents })
  const newest = events.find(({ object }) => object.name === model)
  return newest === undefined ? null : { at: newest.at, reader: newest.reader, reason: newest.reason }
}

function readImports(database: Readable): EvidenceRecord['imports'] {
  const done = listJobs(database, maxJobs).filter(({ kind, report }) => kind === 'import' && report !== null)
  const reports = done.map(({ report }) => report as ImportReport)
  const sum = (of: (report: ImportReport) => number): number =>
    reports.reduce((total, report) => total + of(report), 0)
  const times = done.map(({ createdAt }) => createdAt).toSorted()
  return {
    count: done.length,
    imported: sum(({ imported }) => imported),
    duplicates: sum(({ duplicates }) => duplicates),
    refused: sum(({ failed }) => failed.length),

    first: times[0] ?? null,
    last: times.at(-1) ?? null,
  }
}

/** @param trained content hashes of the training images */
function describeImages(
  images: readonly ImageView[],
  trained: ReadonlySet<string>,
): EvidenceRecord['images'] {
  const countWhere = (test: (image: ImageView) => boolean): number => images.filter(test).length
  const bySource: Record<LabelSource, number> = { reader: 0, folder: 0, table: 0, synthetic: 0 }
  for (const { readings } of images) {
    const { reading } = agreedReading(readings)
    if (reading !== null) bySource[reading.source]++
  }
  const pixelSizes = images.flatMap(({ pixelSizeUm }) => pixelSizeUm ?? []).toSorted((a, b) => a - b)
  const [low, high] = [pixelSizes[0], pixelSizes.at(-1)]
  const verdicts = images.flatMap(({ verdict }) => verdict ?? [])
  const flagged = Map.groupBy(
    verdicts.flatMap(({ flags }) => [...new Set(flags.map(({ code }) => code))]),
    (code) => code,
  )
  return {
    all: images.length,
    labelled: countWhere(({ label }) => label !== null),
    disputed: countWhere(({ readings }) => readings.isDisputed),
    unlabelled: countWhere(({ label, readings }) => label === null && !readings.isDisputed),
    adjudicated: countWhere(({ readings }) => readings.adjudication !== null),
    locked: countWhere(({ testSet }) => (testSet ?? null) !== null),
    synthetic: countWhere(({ synthetic }) => synthetic),
    ofTraining: countWhere(({ sha256 }) => trained.has(sha256)),

    withoutCase: countWhere(({ caseName }) => caseName === null),
    withoutPixelSize: images.length - pixelSizes.length,
    bySource,
    checked: verdicts.length,
    flags: [...flagged]
      .map(([code, own]) => ({ code, images: own.length }))
      .toSorted((a, b) => b.images - a.images),
    formats: byFrequency(images.map(({ format }) => format)),
    pixelSizes: low === undefined || high === undefined ? null : { low, high },
    sizes: byFrequency(images.map(({ widthPx, heightPx }) => `${widthPx} x ${heightPx}`)),
  }
}

const byFrequency = (values: readonly string[]): string[] =>
  [...Map.groupBy(values, (value) => value)]
    .toSorted(([, a], [, b]) => b.length - a.length)
    .map(([value]) => value)
