import type { Sliced } from '../../base/slices.ts'
import {
  builtInEncoders,
  type ImageView,
  type LeakCheckReport,
  type LeakReport,
  type ModelLeaks,
  type OwnEncoder,
  type PictureCopy,
  type Recipe,
} from '../../contract/index.ts'
import { officialWeights } from '../../engine/encoders/manifest.ts'
import { publicSetNames, publicSetNotes, recognisePublicImage } from '../../engine/leaks/public-sets.ts'
import { findSimilarNames } from '../../engine/leaks/similar-names.ts'
import { findNewestReport, currentImages, listFolds, listModels, type Readable } from '../../store/index.ts'

/** Part of a model's images from which an earlier model counts as tried on the same data. */
const sameDataShare = 0.5

/**
 * What can let a model see its test images, in slices: the pictures as last compared, cases and names as they are now.
 * @param own installed encoders that are not Lobule's
 */
export function* readLeakReport(database: Readable, own: readonly OwnEncoder[] = []): Sliced<LeakReport> {
  const images = yield* currentImages(database, null)
  yield
  return {
    ...(yield* leaksAmong(images, database, own)),
    models: countEarlier(database).map(({ model, earlier }) => ({ model, earlier })),
  }
}

/**
 * The same for the training images of one model.
 * @param model its encoders are those of its recipe
 */
export function* readModelLeaks(
  database: Readable,
  model: { id: number; recipe: Pick<Recipe, 'encoders' | 'own'> },
): Sliced<ModelLeaks> {
  const ofModel = listFolds(database, model.id)
  const images = (yield* currentImages(database, null)).filter(({ id }) => ofModel.has(id))
  const { compared, copies, siblings, similarCases, encoders } = yield* leaksAmong(
    images,
    database,
    model.recipe.own ?? [],
  )
  return {
    compared,
    copies: copies.length,
    siblings,
    similarCases: similarCases.map(({ cases }) => cases),
    encoders: encoders.filter(({ encoder }) => model.recipe.encoders.includes(encoder)),
    earlierModels: countEarlier(database).find(({ id }) => id === model.id)?.earlier ?? 0,
  }
}

function* leaksAmong(
  images: readonly ImageView[],
  database: Readable,
  own: readonly OwnEncoder[],
): Sliced<Omit<LeakReport, 'models'>> {
  const names = images.map(({ caseName }) => caseName).filter((name) => name !== null)
  const sets = publicSets(images, own)
  yield
  const similar = findSimilarNames(names)
  yield
  // A set's own names say it better.
  const isKnown = (cases: readonly string[]): boolean =>
    sets.siblings.some((sibling) => cases.every((name) => sibling.cases.includes(name)))
  return {
    ...comparison(images, database),
    similarCases: similar
      .filter(({ names: cases }) => !isKnown(cases))
      .map(({ names: cases, difference }) => ({ cases, difference })),
    ...sets,
  }
}

/** The pictures' part of the report, from the last job that compared them. */
function comparison(
  images: readonly ImageView[],
  database: Readable,
): Pick<LeakReport, 'compared' | 'copies'> {
  const newest = findNewestReport(database, 'leaks')
  if (newest === null) return { compared: null, copies: [] }
  const report = newest.report as LeakCheckReport
  const byId = new Map(images.map((image) => [image.id, image]))
  const compared = new Set(report.imageIds)
  const copies: PictureCopy[] = []
  let withinCases = 0
  for (const { firstId, secondId, ...shared } of report.copies) {
    const [first, second] = [byId.get(firstId), byId.get(secondId)]
    if (first === undefined || second === undefined) continue
    if (first.caseName !== null && first.caseName === second.caseName) withinCases++
    else copies.push({ first: nameOf(first), second: nameOf(second), ...shared })
  }
  const known = images.filter(({ id }) => compared.has(id)).length
  return {
    compared: {
      at: newest.endedAt,
      images: known,
      notCompared: images.length - known,
      withoutDetail: report.withoutDetail,
      withinCases,
    },
    copies,
  }
}

const nameOf = ({ id, fileName, caseName }: ImageView): PictureCopy['first'] => ({
  imageId: id,
  fileName,
  caseName,
})

/** What the file names tell of public sets. */
function publicSets(
  images: readonly ImageView[],
  own: readonly OwnEncoder[],
): Pick<LeakReport, 'siblings' | 'publicSets' | 'magnifications' | 'encoders'> {
  const known = images.flatMap((image) => {
    const found = recognisePublicImage(image.fileName, image)
    return found === null ? [] : { ...found, caseName: image.caseName }
  })
  const byPatient = Map.groupBy(
    known.filter(({ patient }) => patient !== null),
    ({ set, patient }) => `${set} ${patient}`,
  )
  const bySlide = Map.groupBy(
    known.filter(({ slide }) => slide !== null),
    ({ slide }) => slide ?? '',
  )
  const sets = publicSetNames.filter((name) => known.some(({ set }) => set === name))
  return {
    siblings: [...byPatient.values()].flatMap((members) => {
      const [first] = members
      const cases = [...new Set(members.flatMap(({ caseName }) => caseName ?? []))].toSorted()
      const withoutCase = members.filter(({ caseName }) => caseName === null).length
      const isApart = cases.length > 1 || (withoutCase > 0 && members.length > 1)
      return first === undefined || !isApart
        ? []
        : [{ set: first.set, patient: first.patient ?? '', cases, withoutCase }]
    }),
    publicSets: sets.map((set) => ({
      set,
      images: known.filter((image) => image.set === set).length,
      withoutPatient: known.filter(
        (image) => image.set === set && image.patient === null && image.caseName === null,
      ).length,
      note: publicSetNotes[set],
    })),
    magnifications: [...bySlide].flatMap(([slide, members]) => {
      const magnifications = [...new Set(members.flatMap(({ magnification }) => magnification ?? []))]
      return magnifications.length < 2
        ? []
        : [{ slide, magnifications: magnifications.toSorted((a, b) => a - b), images: members.length }]
    }),
    encoders: [
      ...builtInEncoders.map((name) => ({ name, trainedOn: officialWeights[name].trainedOn })),
      ...own,
    ].flatMap(({ name, trainedOn }) => {
      const known = trainedOn.map((set) => set.toLowerCase())
      return sets.filter((set) => known.includes(set.toLowerCase())).map((set) => ({ encoder: name, set }))
    }),
  }
}

const sharedBy = (images: ReadonlySet<number>, others: ReadonlySet<number>): number =>
  [...images].filter((id) => others.has(id)).length

/** For each model, oldest first, how many earlier ones were trained on at least half of its images. */
function countEarlier(database: Readable): { id: number; model: string; earlier: number }[] {
  const models = listModels(database)
    .toReversed()
    .map(({ id, name }) => ({ id, model: name, images: new Set(listFolds(database, id).keys()) }))
  return models.map(({ id, model, images }, index) => {
    const earlier = models
      .slice(0, index)
      .filter((other) => sharedBy(images, other.images) >= sameDataShare * Math.max(1, images.size))
    return { id, model, earlier: earlier.length }
  })
}
