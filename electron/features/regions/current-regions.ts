import type { ImageView, RegionChangeView, RegionView } from '../../contract/index.ts'
import { entriesInEffect, newestEntries, type StoredRegionEntry } from '../../store/index.ts'
import { extentOf, lengthOf } from '../../engine/regions/geometry.ts'

/**
 * The states of the regions of a change after it is undone: what counts without it.
 * @param entries of the image
 * @param root the change, which undoes none
 */
export function statesWithout(
  entries: readonly StoredRegionEntry[],
  root: number,
): { entry: StoredRegionEntry; other: StoredRegionEntry | null }[] {
  const others = newestEntries(entriesInEffect(entries).filter(({ changeId }) => changeId !== root))
  const newest = new Map(others.map((entry) => [entry.regionId, entry]))
  return entries.flatMap((entry) =>
    entry.changeId === root ? [{ entry, other: newest.get(entry.regionId) ?? null }] : [],
  )
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
