import { basename, resolve } from 'node:path'
import type { BoundedCompute } from '../../compute/bounded-compute.ts'
import { AppError, type ImageView, type RegionGeometry } from '../../contract/index.ts'

/**
 * All areas of a GeoJSON file as one region of an image; lines and points are left out.
 * @throws AppError `region.invalid-file`, also if the file has no area, or one that the image cannot have
 */
export async function regionOfFile(
  path: string,
  { widthPx, heightPx }: Pick<ImageView, 'widthPx' | 'heightPx'>,
  bounded: BoundedCompute,
): Promise<RegionGeometry> {
  const name = basename(path)
  const refuse = (reason: string): AppError => new AppError('region.invalid-file', { file: name, reason })
  const { features, refused } = await bounded.run(
    'readRegionFile',
    { name, source: { path: resolve(path) }, size: { widthPx, heightPx } },
    { refuse },
  )
  const [first] = refused
  if (first !== undefined) throw refuse(`feature ${first.feature}: ${first.reason}`)
  const areas = features
    .map(({ geometryText }) => JSON.parse(geometryText) as RegionGeometry)
    .filter(({ kind }) => kind === 'rectangle' || kind === 'polygon')
  const [only, ...others] = areas
  if (only === undefined) throw refuse('it has no area')
  return others.length === 0 ? only : { kind: 'polygon', parts: areas.flatMap(partsOf) }
}

type Parts = Extract<RegionGeometry, { kind: 'polygon' }>['parts']

function partsOf(geometry: RegionGeometry): Parts {
  if (geometry.kind === 'polygon') return geometry.parts
  if (geometry.kind !== 'rectangle') return []
  const { left, top, right, bottom } = geometry
  return [[[[left, top], [right, top], [right, bottom], [left, bottom]]]] // prettier-ignore
}
