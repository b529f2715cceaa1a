import { readBoundedFile } from '../../base/bounded-file.ts'
import { textOf } from '../../base/table-text.ts'
import { AppError, hasCode, type RegionGeometry, type TableEncoding } from '../../contract/index.ts'
import { readGeojson, type ReadFeature, type RefusedFeature } from './geojson.ts'
import { checkedGeometry, type CheckedGeometry, type ImageSize } from './geometry.ts'

/** Larger files are refused unread. */
const maxBytes = 32 * 1024 * 1024

export interface RegionFileRequest {
  /** For messages. */
  name: string
  source: { path: string; encoding?: TableEncoding | undefined } | { text: string }
  /** Of the image that the regions are for. */
  size: ImageSize
}

export interface CheckedFeature extends Omit<ReadFeature, 'geometry'> {
  /** JSON of its checked geometry, as it is stored: the main process need not look into it. */
  geometryText: string
}

export interface ReadRegionFile {
  features: CheckedFeature[]
  /** In the order of the file. */
  refused: RefusedFeature[]
}

/**
 * The annotations of a GeoJSON file, each checked against the image. A feature that cannot be used is listed with its
 * reason.
 * @throws AppError `region.invalid-file`, `path.not-found`, `path.unreadable`
 */
export async function readRegionFile({ name, source, size }: RegionFileRequest): Promise<ReadRegionFile> {
  const refuse = (reason: string): never => {
    throw new AppError('region.invalid-file', { file: name, reason })
  }
  const advice = ', or state on the command line how it is written (--encoding windows-1252)'
  const text =
    'text' in source
      ? source.text
      : textOf(await readBoundedFile(source.path, maxBytes, refuse), refuse, {
          encoding: source.encoding,
          advice,
        })
  // A browser decodes a file by itself, and puts this sign where it cannot.
  if ('text' in source && text.includes('\uFFFD')) refuse(`it is not UTF-8: save the file as UTF-8${advice}`)
  return readRegionText({ name, text, size })
}

/** As `readRegionFile`, without a file. @throws AppError `region.invalid-file` */
export function readRegionText({
  name,
  text,
  size,
}: Pick<RegionFileRequest, 'name' | 'size'> & { text: string }): ReadRegionFile {
  const { features, refused } = readGeojson(text, name)
  const checked: CheckedFeature[] = []
  for (const feature of features) {
    try {
      const { geometry, ...properties } = feature
      checked.push({ ...properties, geometryText: JSON.stringify(checkedGeometry(geometry, size)) })
    } catch (error) {
      if (!hasCode(error, 'region.invalid')) throw error
      const { reason } = (error as AppError<'region.invalid'>).details
      refused.push({ feature: feature.feature, name: feature.name, reason })
    }
  }
  return { features: checked, refused: refused.toSorted((a, b) => a.feature - b.feature) }
}

/** `checkedGeometry` for a geometry that may take long. @throws AppError `region.invalid` */
export const checkGeometry = ({
  geometry,
  size,
}: {
  geometry: RegionGeometry
  size: ImageSize
}): CheckedGeometry => checkedGeometry(geometry, size)
