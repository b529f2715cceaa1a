import { countGroups, type Recipe, type TrainingChoice, type TrainingFields } from '../contract/index.ts'
import { counted, type ReportContext, type ReportFormat } from './format.ts'

/** What the folds keep together. */
type GroupedBy = 'case' | 'image'

/** The settings that a training would start with: "VGG-16, 5 folds: the rarest class, Benign, has 5 cases." */
export function choiceSentence(
  { encoders, replaced, areUntrained, rarest }: TrainingChoice,
  /** The folds that are used, which may be fewer than possible. */
  folds: number,
  groupedBy: GroupedBy,
  { format, titleOf }: ReportContext,
): string {
  const untrained = areUntrained ? ' (untrained, to try the program only)' : ''
  const why =
    rarest === null
      ? ''
      : `: the rarest class, ${rarest.className}, has ${counted(format, rarest.members, groupedBy)}`
  const instead =
    replaced.length === 0 || areUntrained
      ? ''
      : ` Without ${replaced.map(titleOf).join(', ')}, not installed with trained weights.`
  return `${encoders.map(titleOf).join(', ')}${untrained}, ${counted(format, folds, 'fold')}${why}.${instead}`
}

/** Why nothing can be trained, and what to do; null: it can. */
export function problemSentence(
  { problem, rarest }: TrainingChoice,
  groupedBy: GroupedBy,
  { format }: ReportContext,
): string | null {
  switch (problem) {
    case null:
      return null
    case 'too-few-classes':
      return rarest === null
        ? 'No image has a label yet. Label images of at least two classes.'
        : `Only ${rarest.className} has labelled images. Label images of at least one more class.`
    case 'too-few-members':
      return `${rarest?.className ?? ''} has only ${counted(format, rarest?.members ?? 0, groupedBy)}. Each class needs at least 2: one to train on, one to test on. Label images of another ${groupedBy === 'case' ? 'case of this class' : 'image of this class'}.`
    case 'no-encoder':
      return 'No encoder is installed on this computer, and a training needs one. Install an encoder.'
  }
}

/**
 * The training fields that labelled regions give, by class: "Benign: 40 fields of 10 regions in 3 images of 2 cases.", and what is
 * left out.
 * @param caseOf the case of an image; null: none
 */
export function fieldSentences(
  { counts, imageIds, leftOut }: TrainingFields,
  caseOf: (imageId: number) => string | null,
  { format }: Pick<ReportContext, 'format'>,
): string[] {
  const byClass = [...Map.groupBy(counts, ({ className }) => className)].map(([className, own]) => {
    const parts = own.map(({ imageId }) => ({ id: imageId, caseName: caseOf(imageId), className }))
    const sum = (what: 'fields' | 'regions'): number => own.reduce((total, one) => total + one[what], 0)
    const of = `${counted(format, sum('regions'), 'region')} in ${counted(format, countGroups(parts, 'image'), 'image')}`
    return `${className}: ${counted(format, sum('fields'), 'training field')} of ${of} of ${counted(format, countGroups(parts, 'case'), 'case')}.`
  })
  return [
    ...(byClass.length === 0
      ? ['No labelled region can be used. Give a class to rectangles, polygons, or places of a slide.']
      : byClass),
    ...(imageIds.length === 0
      ? []
      : [
          `The label of the whole slide is not used for ${counted(format, imageIds.length, 'slide')} with labelled regions.`,
        ]),
    ...regionsLeftOut({ withoutField: leftOut.regions, withoutPixelSize: leftOut.withoutPixelSize }, format),
  ]
}

interface LeftOutRegions {
  /** Nothing is half inside, or other regions cover their fields. */
  readonly withoutField: number
  /** Of slides. */
  readonly withoutPixelSize: number
  /** Less than half of each of their fields is tissue. */
  readonly withoutTissue?: number
}

/** The labelled regions that a training cannot use, with the reason. */
export function regionsLeftOut(
  { withoutField, withoutPixelSize, withoutTissue = 0 }: LeftOutRegions,
  format: ReportFormat,
): string[] {
  const reasons: [number, string][] = [
    [withoutField, 'other regions share the tissue, or none of their squares is covered'],
    [withoutPixelSize, 'the slide has no pixel size'],
    [withoutTissue, 'less than half of each field is tissue'],
  ]
  return reasons.flatMap(([count, reason]) =>
    count === 0
      ? []
      : [`${counted(format, count, 'labelled region')} ${count === 1 ? 'was' : 'were'} left out: ${reason}.`],
  )
}

const classifierNames = {
  logistic: 'logistic regression',
  both: 'boosted trees and logistic regression, averaged',
} as const

/** What a recipe does: "VGG-16, 1 crop size, dense, 4 augmentations, 5 folds". */
export function recipeInWords(
  { encoders, crops, augmentation, mode, folds, classifier, colour }: Recipe,
  { format, titleOf }: ReportContext,
): string {
  return [
    encoders.map(titleOf).join(', '),
    counted(format, crops.sets.length, 'crop size'),
    ...(colour === undefined ? ['colours as in the file'] : []),
    ...(mode === 'dense' ? ['dense'] : []),
    counted(format, augmentation.count, 'augmentation'),
    counted(format, folds, 'fold'),
    ...(classifier === undefined ? [] : [classifierNames[classifier]]),
  ].join(', ')
}
