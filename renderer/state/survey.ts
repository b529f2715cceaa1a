import type { ClassScheme, ImageView, TissueClass } from '../../electron/contract/index.ts'

export interface ClassSurvey {
  tissueClass: TissueClass
  images: number
  /** Groups that training can keep apart: cases, and each image without one. */
  cases: number
}

export interface LabelSurvey {
  classes: readonly ClassSurvey[]
  images: number
  cases: number
  imagesWithoutCase: number
  /** Whether any labelled image carries a case. */
  hasCases: boolean
}

/** What a training would be made of: labelled images and cases, class by class. */
export function surveyLabels(images: readonly ImageView[], scheme: ClassScheme): LabelSurvey {
  const labelled = images.filter((image) => image.label !== null)
  const byClass = Map.groupBy(labelled, (image) => image.label?.className)
  const withCase = labelled.filter((image) => image.caseName !== null)
  return {
    classes: scheme.map((tissueClass) => {
      const own = byClass.get(tissueClass.name) ?? []
      return { tissueClass, images: own.length, cases: groupsOf(own) }
    }),
    images: labelled.length,
    cases: groupsOf(labelled),
    imagesWithoutCase: labelled.length - withCase.length,
    hasCases: withCase.length > 0,
  }
}

const groupsOf = (images: readonly ImageView[]): number =>
  new Set(images.map((image) => image.caseName ?? image.id)).size
