import { basename, resolve } from 'node:path'
import type { BoundedCompute } from '../../compute/bounded-compute.ts'
import { AppError, type ImageView, type RegionGeometry } from '../../contract/index.ts'
import { partsOf } from '../../engine/regions/parts-of.ts'

type ImageSize = Pick<ImageView, 'widthPx' | 'heightPx'>

/**
 * All areas of a GeoJSON file, checked against an image; lines and points are left out.
 * @throws AppError `region.invalid-file`, also if the file has no area, or one that the image cannot have
 */
export async function areasOfFile(
  source: { path: string } | { text: string },
  { widthPx, heightPx }: ImageSize,
  bounded: BoundedCompute,
): Promise<RegionGeometry[]> {
  const name = 'path' in source ? basename(source.path) : 'a text'
  const refuse = (reason: string): AppError => new AppError('region.invalid-file', { file: name, reason })
  const { features, refused } = await bounded.run(
    'readRegionFile',
    {
      name,
      // Only shapes are used: whatever the names in the file are written in, they cannot be misread.
      source: 'path' in source ? { path: resolve(source.path), encoding: 'windows-1252' } : source,
      size: { widthPx, heightPx },
    },
    { refuse },
  )
  const [first] = refused
  if (first !== undefined) throw refuse(`feature ${first.feature}: ${first.reason}`)
  const areas = features
    .map(({ geometryText }) => JSON.parse(geometryText) as RegionGeometry)
    .filter(({ kind }) => kind === 'rectangle' || kind === 'polygon')
  if (areas.length === 0) throw refuse('it has no area')
  return areas
}

/** All areas of a GeoJSON file as one region of an image. The codes of areasOfFile. */
export async function regionOfFile(
  path: string,
  size: ImageSize,
  bounded: BoundedCompute,
): Promise<RegionGeometry> {
  const areas = await areasOfFile({ path }, size, bounded)
  const [only, ...others] = areas
  return only !== undefined && others.length === 0 ? only : { kind: 'polygon', parts: areas.flatMap(partsOf) }
}
