import { composed } from '../../base/plain-name.ts'
import { AppError, type ClassScheme, type ImageView, type TestSetRule } from '../../contract/index.ts'
import { columnValues } from '../images/column-values.ts'
import { keyedGenerator } from '../../engine/random/index.ts'

/** What is locked: whole cases, and images that stay locked whatever becomes of their case. */
interface ChosenImages {
  caseNames: string[]
  imageIds: number[]
}

/**
 * The cases and images that a rule chooses: always every image of a case, so that no patient is on both sides.
 * @param images all of the workspace
 * @throws AppError `case.not-found`, `image.not-found`, `test-set.nothing-to-lock`, `test-set.overlaps`,
 *   `test-set.no-such-value`, `test-set.case-on-both-sides`
 */
export function chooseImages(
  images: readonly ImageView[],
  classes: ClassScheme,
  rule: TestSetRule,
): ChosenImages {
  const chosen = wholeCases(images, firstChoice(images, classes, rule))
  if (rule.kind !== 'later' && chosen.imageIds.length === 0)
    throw new AppError('test-set.nothing-to-lock', {})
  const ids = new Set(chosen.imageIds)
  const taken = images.flatMap(({ id, testSet }) => (ids.has(id) && testSet ? [testSet] : []))
  const [testSet] = taken
  if (testSet !== undefined) throw new AppError('test-set.overlaps', { testSet, images: taken.length })
  return chosen
}

function firstChoice(
  images: readonly ImageView[],
  classes: ClassScheme,
  rule: TestSetRule,
): readonly ImageView[] {
  switch (rule.kind) {
    case 'cases': {
      const known = new Set(images.flatMap(({ caseName }) => (caseName === null ? [] : composed(caseName))))
      const missing = rule.cases.find((name) => !known.has(composed(name)))
      if (missing !== undefined) throw new AppError('case.not-found', { case: missing })
      const wanted = new Set(rule.cases.map(composed))
      return images.filter(({ caseName }) => caseName !== null && wanted.has(composed(caseName)))
    }
    case 'images': {
      const known = new Map(images.map((image) => [image.id, image]))
      return rule.imageIds.map((id) => {
        const image = known.get(id)
        if (image === undefined) throw new AppError('image.not-found', { image: String(id) })
        return image
      })
    }
    case 'column':
      return withValue(images, rule)
    case 'random':
      return drawCases(
        images.filter(({ testSet }) => !testSet),
        classes,
        rule,
      )
    case 'later':
      return []
  }
}

/** @throws AppError `test-set.no-such-value`, `test-set.case-on-both-sides` */
function withValue(
  images: readonly ImageView[],
  { column, value, values }: Extract<TestSetRule, { kind: 'column' }>,
): ImageView[] {
  const valueOf = columnValues(column, values)
  const chosen = images.filter((image) => valueOf(image) === value)
  if (chosen.length === 0) {
    const known = [...new Set(images.flatMap((image) => valueOf(image) ?? []))].toSorted()
    throw new AppError('test-set.no-such-value', { column, value, known: known.slice(0, maxNamedValues) })
  }
  const cases = new Set(chosen.flatMap(({ caseName }) => caseName ?? []))
  const outside = images.filter(
    (image) => image.caseName !== null && cases.has(image.caseName) && valueOf(image) !== value,
  )
  const [first] = outside
  if (first?.caseName !== null && first !== undefined)
    throw new AppError('test-set.case-on-both-sides', {
      case: first.caseName,
      cases: new Set(outside.map(({ caseName }) => caseName)).size,
      column,
      value,
      other: valueOf(first),
    })
  return chosen
}

/** That a message names. */
const maxNamedValues = 20

function wholeCases(images: readonly ImageView[], chosen: readonly ImageView[]): ChosenImages {
  const names = new Set(chosen.flatMap(({ caseName }) => caseName ?? []))
  const ids = new Set(chosen.map(({ id }) => id))
  return {
    caseNames: [...names].toSorted(),
    imageIds: images
      .filter(({ id, caseName }) => ids.has(id) || (caseName !== null && names.has(caseName)))
      .map(({ id }) => id),
  }
}

/**
 * Draws a share of the cases with a label at random, by class, so that each class has about its share: at least one case
 * of each class that has two. An image without a case is a case of its own; a case has the class of its worst image, as
 * in the figures by case (`caseOutcomes`). The draw depends on the seed and the names, not on the order of import.
 */
function drawCases(
  images: readonly ImageView[],
  classes: ClassScheme,
  { share, seed }: Extract<TestSetRule, { kind: 'random' }>,
): ImageView[] {
  const severityOf = ({ label }: ImageView): number => {
    const index = classes.findIndex(({ name }) => name === label?.className)
    return (classes[index]?.isPositive === true ? classes.length : 0) + index
  }
  const labelled = images.filter(({ label }) => label !== null)
  const groups = [...Map.groupBy(labelled, ({ caseName, sha256 }) => caseName ?? sha256)]
  const byClass = Map.groupBy(groups, ([, own]) => Math.max(...own.map(severityOf)))
  return [...byClass].flatMap(([severity, own]) => {
    const sorted = own.toSorted(([a], [b]) => (a < b ? -1 : 1))
    const count = own.length < 2 ? 0 : Math.min(own.length - 1, Math.max(1, Math.round(share * own.length)))
    return keyedGenerator('test-set-draw', seed, severity)
      .shuffle(sorted)
      .slice(0, count)
      .flatMap(([, members]) => members)
  })
}
