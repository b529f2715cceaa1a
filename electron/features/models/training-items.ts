import { at, zip } from '../../base/arrays.ts'
import type { Sliced } from '../../base/slices.ts'
import type { Failure, ImageView, Recipe } from '../../contract/index.ts'
import { currentImages, isTrainable, type Readable } from '../../store/index.ts'
import type { JobServices } from '../../session/job-services.ts'
import { countMissing, missingDone } from '../encoders/count-missing.ts'
import { describeFields, missingFields, type FieldsToDescribe } from '../encoders/describe-fields.ts'
import { describeImages } from '../encoders/describe-images.ts'
import type { Labelled } from './assign-folds.ts'
import { fieldsOfRegions, type AllFields, type RegionFields } from './region-fields.ts'

/** An image as a whole, or one of its regions. */
export interface TrainingItem extends Labelled {
  readonly image: ImageView
  readonly label: { readonly className: string }
  /** null: the image as a whole. */
  readonly region: RegionFields | null
}

export interface TrainingItems {
  /** By content hash, the whole image before its regions, so that a model does not depend on the order of import. */
  readonly items: readonly TrainingItem[]
  /** null: regions are not used. */
  readonly fields: AllFields | null
  /** Images left out because their readers disagree. */
  readonly disputed: number
  /** Labelled images of locked test sets. */
  readonly locked: number
}

/**
 * What a model is trained on, in slices: labelled images and, if wanted, labelled regions, outside locked test sets. The label of a
 * slide that has labelled regions is not used: it is that of the whole slide.
 */
export function* readTrainingItems(
  database: Readable,
  { recipe, regions }: { recipe: Pick<Recipe, 'crops'>; regions: boolean },
): Sliced<TrainingItems> {
  const all = yield* currentImages(database, null)
  const fields = regions ? yield* fieldsOfRegions(database, all, recipe) : null
  const itemOf = (image: ImageView, className: string, region: RegionFields | null): TrainingItem => ({
    id: image.id,
    caseName: image.caseName,
    label: { className },
    image,
    region,
  })
  const whole = all
    .filter((image) => isTrainable(image) && !fields?.slideIds.has(image.id))
    .map((image) => itemOf(image, image.label?.className ?? '', null))
  const ofRegions = (fields?.images ?? []).flatMap((one) =>
    one.regions.map((region) => itemOf(one.image, region.className, region)),
  )
  return {
    items: [...whole, ...ofRegions].toSorted((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1)),
    fields,
    disputed: all.filter(({ readings, testSet }) => readings.isDisputed && !testSet).length,
    locked: all.filter(({ label, testSet }) => label !== null && testSet).length,
  }
}

const orderOf = ({ image, region }: TrainingItem): string => `${image.sha256} ${region?.uuid ?? ''}`

export const fieldsToDescribe = (fields: AllFields | null): FieldsToDescribe[] =>
  (fields?.images ?? []).map(({ image, drawnTissue, regions }) => ({
    image,
    drawnTissue,
    centres: regions.flatMap((region) => region.fields),
  }))

/** The number of fields of all items; an image as a whole counts as one. */
export const countFields = (items: readonly Pick<TrainingItem, 'region'>[]): number =>
  items.reduce((sum, { region }) => sum + (region?.fields.length ?? 1), 0)

export const countImages = (items: readonly Pick<TrainingItem, 'id'>[]): number =>
  new Set(items.map(({ id }) => id)).size

/** An item with its descriptors. */
export interface EncodedItem {
  readonly item: TrainingItem
  /** Of each field the descriptor file of each constituent; an image as a whole has one. */
  readonly fields: readonly (readonly string[])[]
  /** Their centres; null: the image as a whole. */
  readonly centres: RegionFields['fields'] | null
}

export interface EncodedItems {
  /** In the order of the items, without those of failed images. */
  readonly encoded: readonly EncodedItem[]
  /** Each image once; nothing of it is used. */
  readonly failed: Failure[]
  /** Those whose fields have less than half of tissue. */
  readonly withoutTissue: readonly TrainingItem[]
}

/**
 * Makes the missing descriptors of all items; each is stored at once. Failures as in `forEachImage`.
 * @param report in missing images and fields
 */
export async function encodeItems(
  { items, fields }: Pick<TrainingItems, 'items' | 'fields'>,
  { recipe, fingerprints }: { recipe: Recipe; fingerprints: Readonly<Record<string, string>> },
  services: JobServices,
  signal: AbortSignal,
  report: (done: number, total: number) => void,
): Promise<EncodedItems> {
  const whole = items.filter(({ region }) => region === null).map(({ image }) => image)
  const missing = countMissing(whole, recipe, fingerprints, services.workspace)
  const toDescribe = fieldsToDescribe(fields)
  const wholeMissing = missing.at(-1) ?? 0
  const total = missingFields(toDescribe, recipe, fingerprints, services.workspace).reduce(
    (sum, { length }) => sum + length,
    wholeMissing,
  )
  const described = await describeImages(whole, { recipe }, services, signal, (done) =>
    report(missingDone(missing, done), total),
  )
  const ofRegions = await describeFields(toDescribe, { recipe, fingerprints }, services, signal, (done) =>
    report(wholeMissing + done, total),
  )
  const filesOf = new Map(described.described.map(({ image, files }) => [image.id, files]))
  const byRegion = new Map<number, (string[] | null)[]>()
  for (const { image, regions } of fields?.images ?? []) {
    let from = 0
    for (const region of regions) {
      const files = ofRegions.files.get(image.id)
      if (files !== undefined) byRegion.set(region.id, files.slice(from, from + region.fields.length))
      from += region.fields.length
    }
  }
  const encoded: EncodedItem[] = []
  const withoutTissue: TrainingItem[] = []
  for (const item of items) {
    if (item.region === null) {
      const files = filesOf.get(item.id)
      if (files !== undefined) encoded.push({ item, fields: [files], centres: null })
      continue
    }
    const files = byRegion.get(item.region.id)
    if (files === undefined) continue
    const kept = zip(item.region.fields, files).flatMap(([centre, own]) =>
      own === null ? [] : [{ centre, own }],
    )
    if (kept.length === 0) withoutTissue.push(item)
    else
      encoded.push({
        item,
        fields: kept.map(({ own }) => own),
        centres: kept.map(({ centre }) => centre),
      })
  }
  const failed = new Map(
    [...ofRegions.failed, ...described.failed].map((failure) => [failure.imageId, failure]),
  )
  // An image fails as a whole: its fields may be lost where its own descriptors are there, or the other way round.
  const isThere = ({ id }: TrainingItem): boolean => !failed.has(id)
  return {
    encoded: encoded.filter(({ item }) => isThere(item)),
    failed: [...failed.values()],
    withoutTissue: withoutTissue.filter(isThere),
  }
}

/** The values of each item from those of all fields in turn: the mean over its own, or the field's where it has one. */
export function perItem(
  items: readonly Pick<EncodedItem, 'fields'>[],
  values: readonly (readonly number[])[],
): number[][] {
  let from = 0
  return items.map(({ fields }) => {
    const own = values.slice(from, (from += fields.length))
    const [first = []] = own
    if (own.length === 1) return [...first]
    return first.map((_, column) => own.reduce((sum, row) => sum + at(row, column), 0) / own.length)
  })
}
