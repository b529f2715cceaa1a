import { agreedReading, type AccuracyInUse } from '../../contract/index.ts'
import { accuracyInUse, type JudgedSuggestion } from '../../engine/evaluation/accuracy-in-use.ts'
import {
  listModelKeys,
  listStanding,
  listSuggestionsInUse,
  lockedImages,
  readReadings,
  readTrainingReport,
  findModelKey,
  type ModelKey,
  type Readable,
  type StandingEntry,
  type SuggestionInUse,
} from '../../store/index.ts'

type Label = { className: string; at: string; isBlind: boolean } | 'none' | 'imported' | 'disputed'

/**
 * Accuracy in use of a model, or of each model, newest first (docs/models.md, Accuracy in use). Images of locked test sets
 * are left out: only an opening tells how a model does on them.
 * @throws AppError `model.not-found`
 */
export function readAccuracyInUse(database: Readable, name: string | null): AccuracyInUse[] {
  const labelOf = labelsOf(database)
  const locked = lockedImages(database)
  const models = name === null ? listModelKeys(database) : [findModelKey(database, name)]
  return models.map((model) => accuracyOf(database, model, { labelOf, locked }))
}

function accuracyOf(
  database: Readable,
  { id, name }: ModelKey,
  { labelOf, locked }: { labelOf: (imageId: number) => Label; locked: ReadonlyMap<number, string> },
): AccuracyInUse {
  const leftOut = { imported: 0, disputed: 0 }
  const suggestions = listSuggestionsInUse(database, id).filter(({ imageId }) => !locked.has(imageId))
  const judged = suggestions.flatMap((suggestion): JudgedSuggestion[] => {
    const label = labelOf(suggestion.imageId)
    if (label === 'none') return []
    if (typeof label === 'string') {
      leftOut[label]++
      return []
    }
    return [judge(suggestion, label)]
  })
  const training = readTrainingReport(database, id)?.evaluation
  const promised =
    training === undefined ? null : { accuracy: training.accuracy, ...training.bootstrap.accuracy }
  const level = suggestions.find(({ set }) => set !== null)?.set?.level ?? null
  return { model: name, ...accuracyInUse(judged, promised, level), leftOut }
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
 * saw more; without one, its label of today. The time of an imported label is that of the import, so it is not compared.
 */
function labelsOf(database: Readable): (imageId: number) => Label {
  const blind = new Map<number, StandingEntry>()
  for (const entry of listStanding(database, null)) {
    if (entry.isBlind && entry.className !== null && !blind.has(entry.imageId))
      blind.set(entry.imageId, entry)
  }
  const readings = readReadings(database, null)
  return (imageId) => {
    const first = blind.get(imageId)
    if (first !== undefined && first.className !== null)
      return { className: first.className, at: first.at, isBlind: true }
    const own = readings.get(imageId)
    if (own === undefined) return 'none'
    const { reading, isDisputed } = agreedReading(own)
    if (isDisputed) return 'disputed'
    if (reading === null || reading.className === null) return 'none'
    if (reading.reader === null || reading.table !== null) return 'imported'
    return { className: reading.className, at: reading.at, isBlind: false }
  }
}
