import type { ImageView, RegionChangeView, RegionView } from '../../contract/index.ts'
import type { StoredRegionEntry } from '../../store/index.ts'
import { extentOf, lengthOf } from '../../engine/regions/geometry.ts'

/**
 * The entries in effect: those of changes that undo nothing, and were not undone, or redone since. An undo contains what
 * counted before it, so the newest entry of a region says the same as the newest one in effect.
 */
export function entriesInEffect(entries: readonly StoredRegionEntry[]): StoredRegionEntry[] {
  const followers = new Map(
    entries.flatMap(({ undoes, changeId }) => (undoes === null ? [] : [[undoes, changeId]])),
  )
  const isInEffect = (changeId: number): boolean => {
    let isEven = true
    for (let next = followers.get(changeId); next !== undefined; next = followers.get(next)) isEven = !isEven
    return isEven
  }
  return entries.filter(({ undoes, changeId }) => undoes === null && isInEffect(changeId))
}

/** The newest entry of each region, deleted ones included, in the order in which they were drawn. */
export function newestEntries(entries: readonly StoredRegionEntry[]): StoredRegionEntry[] {
  const newest = new Map<number, StoredRegionEntry>()
  for (const entry of entries) newest.set(entry.regionId, entry)
  return [...newest.values()].toSorted((a, b) => a.regionId - b.regionId)
}

/** The current regions of an image, without deleted ones, computed from its entries. */
export function currentRegions(
  entries: readonly StoredRegionEntry[],
  { id: imageId, pixelSizeUm }: Pick<ImageView, 'id' | 'pixelSizeUm'>,
): RegionView[] {
  const drawnBy = new Map<number, string>()
  for (const { regionId, reader } of entries) if (!drawnBy.has(regionId)) drawnBy.set(regionId, reader)
  return newestEntries(entriesInEffect(entries)).flatMap(
    ({ geometry, regionId, uuid, className, name, comment, reader, at }) =>
      geometry === null
        ? []
        : [
            {
              id: regionId,
              uuid,
              imageId,
              geometry,
              className,
              name,
              comment,
              drawnBy: drawnBy.get(regionId) ?? reader,
              reader,
              at,
              extent: extentOf(geometry, pixelSizeUm),
              length: lengthOf(geometry, pixelSizeUm),
            },
          ],
  )
}

/** The changes to an image's regions, oldest first. */
export function changesOf(entries: readonly StoredRegionEntry[], imageId: number): RegionChangeView[] {
  const changes = new Map<number, RegionChangeView>()
  for (const {
    changeId,
    reader,
    at,
    undoes,
    regionId,
    uuid,
    geometry,
    className,
    name,
    comment,
  } of entries) {
    const change = changes.get(changeId) ?? { id: changeId, imageId, reader, at, undoes, entries: [] }
    change.entries.push({ regionId, uuid, geometry, className, name, comment })
    changes.set(changeId, change)
  }
  return [...changes.values()]
}
