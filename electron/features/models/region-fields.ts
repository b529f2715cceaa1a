import type { Sliced } from '../../base/slices.ts'
import {
  isSlide,
  tissueRegionName,
  type ImageView,
  type Recipe,
  type RegionView,
  type TrainingFields,
} from '../../contract/index.ts'
import { planFields, type FieldCentre, type LabelledRegion } from '../../engine/fields/plan-fields.ts'
import { cropEdgePx } from '../../engine/prediction/heat-map-grid.ts'
import {
  currentImages,
  listImagesWithClassedRegions,
  listRegionStates,
  type Readable,
  type StoredRegionEntry,
} from '../../store/index.ts'
import { drawnTissue } from '../slides/drawn-tissue.ts'

/** A labelled region with the fields that are cut from it. */
export interface RegionFields {
  readonly id: number
  readonly uuid: string
  /** The newest change of it. */
  readonly changeId: number
  readonly className: string
  readonly fields: readonly FieldCentre[]
}

/** An image with the fields of its regions. */
export interface FieldsOfImage {
  readonly image: ImageView
  /** Of a slide: what readers drew as its tissue; null: not a slide. */
  readonly drawnTissue: readonly RegionView[] | null
  /** In the order in which they were drawn. */
  readonly regions: readonly RegionFields[]
}

export interface AllFields {
  readonly images: readonly FieldsOfImage[]
  /** All slides with labelled regions, also those without a field: none is encoded as a whole. */
  readonly slideIds: ReadonlySet<number>
  readonly withoutField: number
  readonly withoutPixelSize: number
}

/**
 * The training fields of all labelled regions outside locked test sets, of all readers, in slices. Rectangles and polygons count,
 * but for those that say where tissue is. Slides need a pixel size.
 * @param images of the workspace
 */
export function* fieldsOfRegions(
  database: Readable,
  images: readonly ImageView[],
  recipe: Pick<Recipe, 'crops'>,
): Sliced<AllFields> {
  const byId = new Map(images.map((image) => [image.id, image]))
  const found: FieldsOfImage[] = []
  const slideIds = new Set<number>()
  let [withoutField, withoutPixelSize] = [0, 0]
  for (const imageId of listImagesWithClassedRegions(database)) {
    const image = byId.get(imageId)
    if (image === undefined || image.testSet !== null) continue
    const entries = new Map<number, StoredRegionEntry>()
    const labelled = listRegionStates(database, imageId).flatMap((entry): LabelledRegion[] => {
      const { regionId, geometry, className, name, reader } = entry
      if (geometry === null || className === null || name === tissueRegionName) return []
      if (geometry.kind !== 'rectangle' && geometry.kind !== 'polygon') return []
      entries.set(regionId, entry)
      return [{ id: regionId, reader, className, geometry }]
    })
    const isOfSlide = isSlide(image)
    if (isOfSlide && labelled.length > 0) slideIds.add(imageId)
    if (isOfSlide && image.pixelSizeUm === null) withoutPixelSize += labelled.length
    else {
      const edgePx = Math.min(...recipe.crops.sets.map((set) => cropEdgePx(set, image.pixelSizeUm)))
      const { regions, without } = planFields(labelled, image, edgePx)
      withoutField += without.length
      if (regions.length > 0)
        found.push({
          image,
          drawnTissue: isOfSlide ? drawnTissue(database, image, null) : null,
          regions: regions.flatMap(({ region: { id, className }, fields }) => {
            const entry = entries.get(id)
            return entry === undefined
              ? []
              : [{ id, uuid: entry.uuid, changeId: entry.changeId, className, fields }]
          }),
        })
    }
    yield
  }
  return { images: found, slideIds, withoutField, withoutPixelSize }
}

/** The training fields counted by image and class, in slices. */
export function* readTrainingFields(
  database: Readable,
  recipe: Pick<Recipe, 'crops'>,
): Sliced<TrainingFields> {
  const all = yield* currentImages(database, null)
  const { images, slideIds, withoutField, withoutPixelSize } = yield* fieldsOfRegions(database, all, recipe)
  return {
    counts: images.flatMap(({ image, regions }) =>
      [...Map.groupBy(regions, ({ className }) => className)].map(([className, own]) => ({
        imageId: image.id,
        className,
        regions: own.length,
        fields: own.reduce((sum, { fields }) => sum + fields.length, 0),
      })),
    ),
    imageIds: all.flatMap(({ id, label }) => (slideIds.has(id) && label !== null ? id : [])),
    leftOut: { regions: withoutField, withoutPixelSize },
  }
}
