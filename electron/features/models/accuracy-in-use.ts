import { slicesOf, type Sliced } from '../../base/slices.ts'
import { agreedReading, type AccuracyInUse, type Readings, type ReadingView } from '../../contract/index.ts'
import { accuracyInUse, type JudgedSuggestion } from '../../engine/evaluation/accuracy-in-use.ts'
import {
  listImageIds,
  listModelKeys,
  listStanding,
  listSuggestionsInUse,
  lockedImages,
  readReadings,
  readTrainingReport,
  rowsOfSlice,
  findModelKey,
  type ModelKey,
  type Readable,
  type StandingEntry,
  type SuggestionInUse,
} from '../../store/index.ts'

type Label = { className: string; at: string; isBlind: boolean } | 'none' | 'imported' | 'disputed'

/**
 * Accuracy in use of a model, or of each model, newest first, in slices (docs/models.md, Accuracy in use). Images of locked test sets
 * are left out: only an opening tells how a model does on them.
 * @throws AppError `model.not-found`
 */
export function* readAccuracyInUse(database: Readable, name: string | null): Sliced<AccuracyInUse[]> {
  const labelOf = yield* labelsOf(database)
  const locked = lockedImages(database)
  yield
  const models = name === null ? listModelKeys(database) : [findModelKey(database, name)]
  const found: AccuracyInUse[] = []
  for (const model of models) {
    found.push(yield* accuracyOf(database, model, { labelOf, locked }))
    yield
  }
  return found
}

function* accuracyOf(
  database: Readable,
  { id, name }: ModelKey,
  { labelOf, locked }: { labelOf: (imageId: number) => Label; locked: ReadonlyMap<number, string> },
): Sliced<AccuracyInUse> {
  const leftOut = { imported: 0, disputed: 0, removed: 0, removedWrong: 0 }
  const suggestions = listSuggestionsInUse(database, id).filter(({ imageId }) => !locked.has(imageId))
  yield
  const judged = suggestions.flatMap((suggestion): JudgedSuggestion[] => {
    const label = labelOf(suggestion.imageId)
    if (label === 'none') return []
    if (typeof label === 'string') {
      leftOut[label]++
      return []
    }
    const one = judge(suggestion, label)
    if (!suggestion.isRemoved) return [one]
    leftOut.removed++
    if (!one.isRight) leftOut.removedWrong++
    return []
  })
  const training = readTrainingReport(database, id)?.evaluation
  const promised =
    training === undefined ? null : { accuracy: training.accuracy, ...training.bootstrap.accuracy }
  const level = suggestions.find(({ set }) => set !== null)?.set?.level ?? null
  return { model: name, ...(yield* accuracyInUse(judged, promised, level)), leftOut }
}

const judge = (
  { caseName, suggested, set }: SuggestionInUse,
  { className, at, isBlind }: Exclude<Label, string>,
): JudgedSuggestion => ({
  caseName,
  labelledAt: at,
  isRight: suggested === className,
  isInSet: set === null ? null : set.classes.includes(className),
  isBlind,
})

/**
 * What an image's suggestion is compared with: the first label that a reader gave it blind, whatever they chose once they
 * saw more; without one, its label of today. What a reader had in view elsewhere is not known here, and the time of an
 * imported label is that of the import, so neither is compared.
 */
function* labelsOf(database: Readable): Sliced<(imageId: number) => Label> {
  const blind = new Map<number, StandingEntry>()
  const readings = new Map<number, Readings>()
  const received = new Set<number>()
  for (const imageIds of slicesOf(listImageIds(database, { withRemoved: true }), rowsOfSlice)) {
    for (const entry of listStanding(database, imageIds)) {
      if (entry.isReceived) received.add(entry.id)
      else if (entry.isBlind && entry.className !== null && !blind.has(entry.imageId))
        blind.set(entry.imageId, entry)
    }
    for (const [imageId, own] of readReadings(database, imageIds)) readings.set(imageId, own)
    yield
  }
  return (imageId) => {
    const first = blind.get(imageId)
    if (first !== undefined && first.className !== null)
      return { className: first.className, at: first.at, isBlind: true }
    const own = readings.get(imageId)
    if (own === undefined) return 'none'
    const { reading, isDisputed } = agreedReading(own)
    if (isDisputed) return 'disputed'
    if (reading === null || reading.className === null) return 'none'
    const isOfHere = ({ id, reader, table }: ReadingView): boolean =>
      reader !== null && table === null && !received.has(id)
    // Labels of this workspace count, also where one that came later from elsewhere agrees with them.
    const agreed =
      own.adjudication === null
        ? own.all.filter(({ className }) => className === reading.className)
        : [reading]
    const compared = agreed.findLast(isOfHere)
    if (compared === undefined) return 'imported'
    return { className: reading.className, at: compared.at, isBlind: false }
  }
}
