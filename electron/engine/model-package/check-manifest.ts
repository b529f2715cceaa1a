import { canonicalJson } from '../../base/canonical-json.ts'
import {
  cardVersion,
  isBuiltIn,
  packageDocuments,
  regionsVersion,
  untrainedWarning,
  type FoldTable,
  type ModelManifest,
  type PackagedReport,
} from '../../contract/index.ts'
import { constituentsOf } from '../descriptors/constituents.ts'
import { descriptorLength } from '../recipe/descriptor-length.ts'
import { recipeFingerprint } from '../recipe/fingerprint.ts'
import { membersOf } from '../recipe/members.ts'
import { likenessAugmentations } from '../prediction/likeness.ts'
import { probabilityProblem } from '../prediction/require-probabilities.ts'
import { shown, type Refuse } from './refusal.ts'

/** Only such names are ever unpacked, and none of them leaves its folder. */
const boosterName = /^boosters\/[a-z0-9-]{1,100}\.txt$/

/** Refuses a manifest that contradicts itself: a package of a model has every classifier of its recipe, once. */
export function checkManifest(manifest: ModelManifest, refuse: Refuse): void {
  const { recipe, recipeFingerprint: fingerprint, weights, encoderFingerprints, boosters } = manifest
  const refuseManifest = (reason: string): never => refuse(packageDocuments.manifest, reason)
  if (recipeFingerprint(recipe) !== fingerprint) {
    refuseManifest('its recipe is not the one that its fingerprint names')
  }
  if (manifest.untrained !== (weights === 'untrained' ? untrainedWarning : null)) {
    refuseManifest('it contradicts itself about untrained encoders')
  }
  const unknown = recipe.encoders.find(
    (name) => !isBuiltIn(name) && !recipe.own?.some((own) => own.name === name),
  )
  if (unknown !== undefined) refuseManifest(`its recipe does not say what the encoder ${unknown} is`)
  if (manifest.version < 5 && recipe.own !== undefined) {
    refuseManifest(`it is of format ${manifest.version}, which has no encoders but Lobule's`)
  }
  if (manifest.version < 7 && recipe.colour !== undefined) {
    refuseManifest(`it is of format ${manifest.version}, which converts no colours`)
  }
  const needed = [...new Set(recipe.encoders)].toSorted().join(', ')
  if (Object.keys(encoderFingerprints).toSorted().join(', ') !== needed) {
    refuseManifest(`it must name the weights of ${needed}`)
  }
  const wanted = constituentsOf(recipe).flatMap((constituent) =>
    membersOf(recipe).map((member) => placeName({ ...constituent, ...member })),
  )
  if (manifest.version < 4 && recipe.classifier !== undefined) {
    refuseManifest(`it is of format ${manifest.version}, which has no logistic regression`)
  }
  const found = new Set(boosters.map(placeName))
  const missing = wanted.find((place) => !found.has(place))
  if (missing !== undefined) refuseManifest(`the classifier ${missing} is missing`)
  if (boosters.length !== wanted.length) {
    refuseManifest(`it lists ${boosters.length} classifiers; its recipe makes ${wanted.length}`)
  }
  const paths = boosters.map(({ path }) => path)
  const seen = new Set<string>()
  const badPath = paths.find((path) => !boosterName.test(path) || seen.size === seen.add(path).size)
  if (badPath !== undefined) refuse(badPath, 'a classifier cannot have this name, or two have it')
  const entries = manifest.entries.map(({ path }) => path).toSorted()
  const documents: string[] = [packageDocuments.report, packageDocuments.folds]
  if (hasLikeness(manifest)) documents.push(packageDocuments.likeness)
  if (manifest.version >= cardVersion) documents.push(packageDocuments.card)
  const due = [...documents, ...paths].toSorted()
  const dueSet = new Set(due)
  const odd = entries.find((path, i) => !dueSet.has(path) || entries[i - 1] === path)
  if (odd !== undefined) refuse(odd, 'it does not belong into the package of a model, or is listed twice')
  const listed = new Set(entries)
  const unlisted = due.find((path) => !listed.has(path))
  if (unlisted !== undefined) refuse(unlisted, 'the manifest does not list it')
}

/** Whether the vectors of the training images must be in the package: by its format, from format 3 on by its entries. */
const hasLikeness = ({ version, entries }: ModelManifest): boolean =>
  version === 2 || (version > 2 && entries.some(({ path }) => path === packageDocuments.likeness))

/** The place of a classifier in its model, as the name of its file. */
export const placeName = ({
  kind,
  encoder,
  cropSet,
  fold,
  seed,
}: Omit<ModelManifest['boosters'][number], 'path'>): string =>
  `${kind === 'logistic' ? 'logistic-' : ''}${encoder}-set${cropSet}-seed${seed}-fold${fold}`

/** Refuses a report or a fold table of another model: the folds are what keeps a verdict honest for ever. */
export function checkDocuments(
  manifest: ModelManifest,
  report: PackagedReport,
  folds: FoldTable,
  refuse: Refuse,
): void {
  const { name, trainedAt, recipe, weights, encoderFingerprints, operatingPoint, software } = manifest
  const ours = { name, trainedAt, recipe, weights, encoderFingerprints, operatingPoint, software }
  const theirs: typeof ours = {
    name: report.model,
    trainedAt: report.trainedAt,
    recipe: report.recipe,
    weights: report.weights,
    encoderFingerprints: report.encoderFingerprints,
    operatingPoint: report.operatingPoint,
    software: report.software,
  }
  const refuseReport = (reason: string): never => refuse(packageDocuments.report, reason)
  for (const [key, value] of Object.entries(ours)) {
    if (canonicalJson(value) !== canonicalJson(theirs[key as keyof typeof ours])) {
      refuseReport(`its ${key} is not that of the manifest`)
    }
  }
  const classes = manifest.classes.map((c) => c.name)
  if (canonicalJson(report.evaluation.classes) !== canonicalJson(classes)) {
    refuseReport('its classes are not those of the manifest')
  }
  if (report.boosters !== manifest.boosters.length)
    refuseReport('it counts other classifiers than the manifest')
  checkLikeness(manifest, report, refuseReport)
  const refuseFolds = (reason: string): never => refuse(packageDocuments.folds, reason)
  const known = new Map(folds.map((row) => [row.sha256, row.fold]))
  if (known.size !== folds.length) refuseFolds('an image is listed twice')
  const beyond = folds.find(({ fold }) => fold >= recipe.folds)
  if (beyond !== undefined) refuseFolds(`it names fold ${beyond.fold}; the recipe has ${recipe.folds}`)
  const { predictions } = report
  if (manifest.version < regionsVersion && predictions.some(({ region }) => region !== undefined))
    refuseReport('it has regions, which this format does not')
  const items = new Set(predictions.map(({ sha256, region }) => `${sha256} ${region?.uuid ?? ''}`))
  if (items.size !== predictions.length) refuseReport('an image or region is listed twice')
  const isSame =
    new Set(predictions.map(({ sha256 }) => sha256)).size === folds.length &&
    report.images === folds.length &&
    predictions.every(({ sha256, fold }) => known.get(sha256) === fold)
  if (!isSame) refuseFolds('its images or folds are not those of the report')
  if (report.synthetic !== folds.some(({ synthetic }) => synthetic)) {
    refuseFolds('it contradicts the report about synthetic tissue')
  }
  const odd = predictions.find(
    ({ truth, predicted, probabilities }) =>
      !classes.includes(truth) ||
      !classes.includes(predicted) ||
      Object.keys(probabilities).toSorted().join() !== classes.toSorted().join(),
  )
  if (odd !== undefined) refuseReport('it predicts classes that the manifest does not name')
  for (const { image, probabilities } of predictions) {
    const problem = probabilityProblem(Object.values(probabilities), classes.length)
    if (problem !== null) refuseReport(`its prediction of ${shown(image)} is damaged: ${problem}`)
  }
}

/** The report names the vectors in the package, and describes images as its recipe does; or neither knows of any. */
function checkLikeness(
  manifest: ModelManifest,
  { likeness, predictions }: PackagedReport,
  refuseReport: (reason: string) => never,
): void {
  const withLikeness = predictions.filter((row) => row.likeness !== undefined).length
  if (!hasLikeness(manifest)) {
    if (likeness !== undefined || withLikeness > 0)
      refuseReport('it speaks of vectors that the package does not hold')
    return
  }
  if (likeness === undefined) return refuseReport('it does not name the vectors in the package')
  const { recipe, entries } = manifest
  const entry = entries.find(({ path }) => path === packageDocuments.likeness)
  if (likeness.sha256 !== entry?.sha256) refuseReport('it names other vectors than the manifest')
  const columns = constituentsOf(recipe).reduce(
    (sum, { encoder }) => sum + descriptorLength(recipe, encoder),
    0,
  )
  if (likeness.columns !== columns) {
    refuseReport(`it speaks of vectors of ${likeness.columns} numbers; its recipe gives ${columns}`)
  }
  if (likeness.augmentations !== likenessAugmentations(recipe.augmentation.count)) {
    refuseReport('it averages other augmentations than its recipe gives')
  }
  if (withLikeness !== predictions.length) refuseReport('it does not give the likeness of every image')
}
