import { AppError } from '../contract/index.ts'
import type { BlindedView } from './blinded-view.ts'

/** Keys of what a person writes. Where it is the reader's own, it stays as they wrote it. */
const writtenKeys: ReadonlySet<string> = new Set(['comment', 'name', 'reason'])

/**
 * The input of a call with the images' own ids in the place of those that a blinded reader gets (`BlindedView.aliasOf`).
 * @throws AppError `image.not-found` for every other id
 */
export const withImages = (input: unknown, view: BlindedView): unknown =>
  mapImageIds(input, (alias) => {
    const imageId = view.imageBehind(alias)
    if (imageId === null) throw new AppError('image.not-found', { image: String(alias) })
    return imageId
  })

/**
 * Any answer or event with the ids that a blinded reader gets, and without names of withheld images. Ids of images have
 * the keys `imageId` and `imageIds` everywhere; those of an `ImageView` are replaced in redactions.ts.
 * @param typed what the reader sent; it comes back as it was (WithheldNames)
 */
export const withAliases = (value: unknown, view: BlindedView, typed: readonly string[] = []): unknown =>
  mapValue(value, {
    imageId: (imageId) => view.aliasOf(imageId),
    text: (text) => view.names.in(text, typed),
    reader: view.reader,
  })

/** Every text in a value. */
export function textsIn(value: unknown): string[] {
  if (typeof value === 'string') return [value]
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : []
}

/** The images that the input of a call names. */
export function imageIdsIn(input: unknown): number[] {
  const found: number[] = []
  mapImageIds(input, (imageId) => {
    found.push(imageId)
    return imageId
  })
  return found
}

const mapImageIds = (value: unknown, imageId: (imageId: number) => number): unknown =>
  mapValue(value, { imageId, text: (text) => text, reader: null })

interface Mapping {
  readonly imageId: (imageId: number) => number
  readonly text: (text: string) => string
  /** Whose own words stay; null: no text is replaced. */
  readonly reader: string | null
}

/** A value with other ids and texts. What does not change is not copied: a list may hold ten thousand images. */
function mapValue(value: unknown, mapping: Mapping): unknown {
  if (typeof value === 'string') return mapping.text(value)
  if (typeof value !== 'object' || value === null) return value
  if (Array.isArray(value)) return mapItems(value, (item) => mapValue(item, mapping))
  const object = value as Readonly<Record<string, unknown>>
  const isOthers = 'reader' in object && object['reader'] !== mapping.reader
  let copy: Record<string, unknown> | null = null
  for (const key of Object.keys(object)) {
    const part = object[key]
    const mapped = mapPart(key, part, mapping, isOthers)
    if (mapped !== part) (copy ??= { ...object })[key] = mapped
  }
  return copy ?? value
}

function mapPart(key: string, part: unknown, mapping: Mapping, isOthers: boolean): unknown {
  if (key === 'imageId' && typeof part === 'number') return mapping.imageId(part)
  if (key === 'imageIds' && Array.isArray(part))
    return mapItems(part, (item) => (typeof item === 'number' ? mapping.imageId(item) : item))
  return writtenKeys.has(key) && !isOthers ? part : mapValue(part, mapping)
}

function mapItems(items: readonly unknown[], map: (item: unknown) => unknown): readonly unknown[] {
  let copy: unknown[] | null = null
  for (const [index, item] of items.entries()) {
    const mapped = map(item)
    if (mapped !== item) (copy ??= [...items])[index] = mapped
  }
  return copy ?? items
}
