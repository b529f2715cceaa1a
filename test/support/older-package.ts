import { createHash } from 'node:crypto'
import { unzipSync, zipSync } from 'fflate'
import { packageDocuments, type Recipe } from '../../electron/contract/index.ts'
import { recipeFingerprint } from '../../electron/engine/recipe/fingerprint.ts'

type JsonObject = Record<string, unknown>
const read = (bytes: Uint8Array | undefined): JsonObject =>
  JSON.parse(Buffer.from(bytes ?? []).toString('utf8')) as JsonObject
const written = (content: unknown): Uint8Array => Buffer.from(JSON.stringify(content))

const olderNames: JsonObject = { official: 'keras', unofficial: 'unofficial', untrained: 'demo' }

/** A document of a package in the words of formats 1 and 2. */
const inOlderWords = ({ weights, ...rest }: JsonObject): JsonObject => ({
  ...rest,
  encoders: olderNames[String(weights)],
})

/** The package of a model with likeness as a version wrote it that called the weights source `encoders`: format 2. */
export const inFormat2 = (bytes: Uint8Array): Uint8Array => repacked(bytes, 2, inOlderWords)

/** The package of a model as a version wrote it that had no model cards: format 4. */
export const inFormat4 = (bytes: Uint8Array): Uint8Array => repacked(bytes, 4, (report) => report)

/** The package of a model as a version wrote it that knew one kind of classifier: format 3. */
export const inFormat3 = (bytes: Uint8Array): Uint8Array => repacked(bytes, 3, (report) => report)

/** The package of a model as a version would have written it that knew nothing of likeness: format 1. */
export const withoutLikeness = (bytes: Uint8Array): Uint8Array =>
  repacked(bytes, 1, ({ likeness: _reference, predictions, ...report }) =>
    inOlderWords({
      ...report,
      predictions: (predictions as JsonObject[]).map(({ likeness: _own, ...row }) => row),
    }),
  )

/** Before format 7 recipes had no colours; a picture without a profile has the same values with it. */
function withoutColour(recipe: unknown): Recipe {
  const { colour: _, ...earlier } = recipe as Recipe
  return earlier
}

function repacked(
  bytes: Uint8Array,
  version: 1 | 2 | 3 | 4,
  changed: (report: JsonObject) => JsonObject,
): Uint8Array {
  const { [packageDocuments.manifest]: first, ...rest } = unzipSync(bytes)
  const others: Record<string, Uint8Array> = rest
  if (version === 1) Reflect.deleteProperty(others, packageDocuments.likeness)
  Reflect.deleteProperty(others, packageDocuments.card)
  const { recipe: ofReport, ...report } = changed(read(others[packageDocuments.report]))
  others[packageDocuments.report] = written({ ...report, recipe: withoutColour(ofReport) })
  const entries = Object.entries(others).map(([path, content]) => ({
    path,
    bytes: content.length,
    sha256: createHash('sha256').update(content).digest('hex'),
  }))
  const { boosters, recipe, ...own } = read(first)
  const ownRecipe = withoutColour(recipe)
  const withoutKinds =
    version === 4 ? boosters : (boosters as JsonObject[]).map(({ kind: _, ...place }) => place)
  const words = version > 2 ? own : inOlderWords(own)
  const withRecipe = { ...words, recipe: ownRecipe, recipeFingerprint: recipeFingerprint(ownRecipe) }
  const manifest = written({ ...withRecipe, boosters: withoutKinds, version, entries })
  return zipSync({ [packageDocuments.manifest]: manifest, ...others })
}
