import { z } from 'zod'
import {
  AppError,
  inPlainWords,
  maxFileFeatures,
  maxFileVertices,
  type ClassScheme,
  type RegionGeometry,
  type RegionPoint,
  type RegionView,
} from '../../contract/index.ts'
import { partsOf } from './parts-of.ts'

/** The key of an annotation's description in QuPath (PathAnnotationObject). */
export const descriptionKey = 'ANNOTATION_DESCRIPTION'
/** Deeper than any GeoJSON: the numbers of a MultiPolygon are 9 levels deep. */
const maxDepth = 64

/** A feature of a file as a region. It is not checked yet against the image and the class scheme. */
export interface ReadFeature {
  /** From 1. */
  feature: number
  /** Its id if that is a UUID, in lower case. */
  uuid: string | null
  geometry: RegionGeometry
  className: string | null
  name: string | null
  comment: string | null
}

export interface RefusedFeature {
  feature: number
  name: string | null
  reason: string
}

/**
 * Regions as GeoJSON (RFC 7946) in the layout of QuPath 0.4 and later: a FeatureCollection of annotations,
 * coordinates in pixels of the full-resolution image, outlines closed; the comment as the annotation's
 * description; reader and time as metadata. One feature a line.
 * https://qupath.readthedocs.io/en/stable/docs/advanced/exporting_annotations.html; QuPath's classes
 * PathObjectTypeAdapters, ROITypeAdapters and GeometryTools (a line is a LineString). QuPath rounds to 2 decimals;
 * all digits are kept here.
 */
export function writeGeojson(regions: readonly RegionView[], classes: ClassScheme): string {
  const features = regions.map((region) => {
    const { className, name, comment, reader, at } = region
    const colour = classes.find((tissueClass) => tissueClass.name === className)?.colour
    const classification =
      className === null
        ? {}
        : { classification: { name: className, color: channelsOf(colour ?? '#7f7f7f') } }
    return JSON.stringify({
      type: 'Feature',
      id: region.uuid,
      geometry: geojsonGeometry(region.geometry),
      properties: {
        objectType: 'annotation',
        ...(name === null ? {} : { name }),
        ...classification,
        metadata: {
          ...(comment === null ? {} : { [descriptionKey]: comment }),
          'Lobule reader': reader,
          'Lobule time': at,
        },
      },
    })
  })
  return featureCollection(features)
}

/** A FeatureCollection of features in JSON, one a line. */
export const featureCollection = (features: readonly string[]): string =>
  `{"type":"FeatureCollection","features":[${features.map((line) => `\n${line}`).join(',')}\n]}\n`

/** Red, green and blue, 0 to 255, of `#rrggbb`: a colour as QuPath writes it. */
export const channelsOf = (colour: string): number[] =>
  [1, 3, 5].map((place) => Number.parseInt(colour.slice(place, place + 2), 16))

export function geojsonGeometry(geometry: RegionGeometry): { type: string; coordinates: unknown } {
  switch (geometry.kind) {
    case 'rectangle':
    case 'polygon': {
      const polygons = partsOf(geometry).map((rings) => rings.map(closed))
      return polygons.length === 1
        ? { type: 'Polygon', coordinates: polygons[0] }
        : { type: 'MultiPolygon', coordinates: polygons }
    }
    case 'point':
      return geometry.points.length === 1
        ? { type: 'Point', coordinates: geometry.points[0] }
        : { type: 'MultiPoint', coordinates: geometry.points }
    case 'line':
      return { type: 'LineString', coordinates: geometry.points }
  }
}

const closed = (ring: RegionPoint[]): RegionPoint[] => [...ring, ...ring.slice(0, 1)]

/** x, y and optionally a height, which is ignored. */
const position = z.union(
  [z.tuple([z.number(), z.number()]), z.tuple([z.number(), z.number(), z.number()])],
  'it is not two or three numbers',
)
const ring = z.array(position).min(3)
const geometrySchema = z.discriminatedUnion('type', [
  z.object({ type: z.literal('Point'), coordinates: position }),
  z.object({ type: z.literal('MultiPoint'), coordinates: z.array(position).min(1) }),
  z.object({ type: z.literal('LineString'), coordinates: z.array(position).min(2) }),
  z.object({ type: z.literal('Polygon'), coordinates: z.array(ring).min(1) }),
  z.object({ type: z.literal('MultiPolygon'), coordinates: z.array(z.array(ring).min(1)).min(1) }),
])
const text = z.string().trim().max(100_000)
/** Characters of a region's texts. */
const maxText = { name: 200, description: 2000 } as const
const featureSchema = z.object({
  type: z.literal('Feature'),
  id: z.unknown().optional(),
  geometry: z.unknown().optional(),
  properties: z
    .object({
      objectType: z.string().max(100).optional(),
      name: text.nullish(),
      /** `names`: the parts of a derived class, which QuPath shows joined by ": ". */
      classification: z.object({ name: text.optional(), names: z.array(text).max(20).optional() }).nullish(),
      metadata: z
        .object({ [descriptionKey]: text.optional() })
        .nullish()
        .catch(null),
    })
    .nullish(),
})
const planeSchema = z.object({
  plane: z.object({ z: z.number().optional(), t: z.number().optional() }).optional(),
})
const uuidSchema = z.uuid()

/** Object types that are annotations. Cells, detections and tiles are results of QuPath's own algorithms. */
const annotationTypes = ['annotation', 'PathAnnotationObject', 'unknown']

/**
 * Reads the annotations of a GeoJSON file: a FeatureCollection, a list of features, or one feature. Features that cannot
 * be read are returned in `refused` with a reason. The caller checks
 * whether the coordinates fit an image.
 * @throws AppError `region.invalid-file` if the whole file is not usable
 */
export function readGeojson(
  json: string,
  file: string,
): { features: ReadFeature[]; refused: RefusedFeature[] } {
  const all = featuresOf(parsed(json, file), file)
  if (all.length > maxFileFeatures) {
    throw unusable(file, `it holds ${all.length} features; at most ${maxFileFeatures} are read`)
  }
  const features: ReadFeature[] = []
  const refused: RefusedFeature[] = []
  let vertices = 0
  for (const [index, value] of all.entries()) {
    const feature = index + 1
    const read = readFeature(value)
    if ('reason' in read) refused.push({ feature, ...read })
    else {
      features.push({ feature, ...read })
      vertices += countVertices(read.geometry)
      if (vertices > maxFileVertices) {
        throw unusable(file, `it holds more than ${maxFileVertices} vertices`)
      }
    }
  }
  return { features, refused }
}

const unusable = (file: string, reason: string): AppError =>
  new AppError('region.invalid-file', { file, reason })

function parsed(json: string, file: string): unknown {
  if (isDeeper(json, maxDepth)) throw unusable(file, `it is nested more than ${maxDepth} deep`)
  try {
    return JSON.parse(json.replace(/^\uFEFF/, ''))
  } catch (error) {
    throw unusable(file, `it is not JSON (${(error as Error).message.slice(0, 120)})`)
  }
}

/** Whether brackets outside of strings are nested deeper than `max`. */
function isDeeper(json: string, max: number): boolean {
  let [depth, isInString] = [0, false]
  for (let place = 0; place < json.length; place++) {
    const character = json[place]
    if (isInString) {
      if (character === '\\') place++
      else if (character === '"') isInString = false
    } else if (character === '"') isInString = true
    else if (character === '[' || character === '{') {
      depth++
      if (depth > max) return true
    } else if (character === ']' || character === '}') depth--
  }
  return false
}

function featuresOf(value: unknown, file: string): unknown[] {
  if (Array.isArray(value)) return value
  const collection = z.object({ type: z.literal('FeatureCollection'), features: z.array(z.unknown()) })
  const found = collection.safeParse(value)
  if (found.success) return found.data.features
  if (z.object({ type: z.literal('Feature') }).safeParse(value).success) return [value]
  throw unusable(file, 'it is neither a FeatureCollection nor a feature of GeoJSON')
}

type Read = Omit<ReadFeature, 'feature'> | Omit<RefusedFeature, 'feature'>

function readFeature(value: unknown): Read {
  const result = featureSchema.safeParse(value, inPlainWords)
  if (!result.success) return { name: null, reason: reasonOf(result.error) }
  const { id, geometry: shape, properties } = result.data
  const whole = {
    name: trimmed(properties?.name),
    description: trimmed(properties?.metadata?.[descriptionKey]),
  }
  const name = whole.name?.slice(0, maxText.name) ?? null
  const refuse = (reason: string): Read => ({ name, reason })
  for (const what of ['name', 'description'] as const) {
    const length = whole[what]?.length ?? 0
    if (length > maxText[what])
      return refuse(`its ${what} has ${length} characters; at most ${maxText[what]} are kept`)
  }
  const type = properties?.objectType ?? 'annotation'
  if (!annotationTypes.includes(type)) return refuse(`it is a ${type}, not an annotation`)
  const plane = planeSchema.safeParse(shape)
  if (plane.success && ((plane.data.plane?.z ?? 0) !== 0 || (plane.data.plane?.t ?? 0) !== 0)) {
    return refuse('it is on another plane than the first one')
  }
  const kind = z.object({ type: z.string().max(40) }).safeParse(shape)
  const known = geometrySchema.options.map((option) => option.shape.type.value) as string[]
  if (kind.success && !known.includes(kind.data.type)) return refuse(`a ${kind.data.type} is not kept`)
  const geometry = geometrySchema.safeParse(shape, inPlainWords)
  if (!geometry.success) return refuse(`its geometry is not usable: ${reasonOf(geometry.error)}`)
  const uuid = uuidSchema.safeParse(id)
  return {
    uuid: uuid.success ? uuid.data.toLowerCase() : null,
    name,
    geometry: asRegion(geometry.data),
    // No class has a longer name.
    className: trimmed(
      (properties?.classification?.name ?? properties?.classification?.names?.join(': '))?.slice(0, 200),
    ),
    comment: whole.description,
  }
}

const trimmed = (value: string | null | undefined): string | null => value?.trim() || null

/** The first problem, with its path. */
function reasonOf(error: z.ZodError): string {
  const [issue] = error.issues
  const place = issue?.path.slice(0, 6).join('.').slice(0, 80) ?? ''
  return `${place === '' ? '' : `${place}: `}${issue?.message ?? 'not a feature'}`
}

function asRegion(shape: z.output<typeof geometrySchema>): RegionGeometry {
  switch (shape.type) {
    case 'Point':
      return { kind: 'point', points: [flat(shape.coordinates)] }
    case 'MultiPoint':
      return { kind: 'point', points: shape.coordinates.map(flat) }
    case 'LineString':
      return { kind: 'line', points: shape.coordinates.map(flat) }
    case 'Polygon':
      return { kind: 'polygon', parts: [shape.coordinates.map(opened)] }
    case 'MultiPolygon':
      return { kind: 'polygon', parts: shape.coordinates.map((rings) => rings.map(opened)) }
  }
}

type Position = z.output<typeof position>

const flat = ([x, y]: Position): RegionPoint => [x, y]

/** Removes the repeated vertex at the end. A ring that is not closed is accepted too. */
function opened(positions: Position[]): RegionPoint[] {
  const points = positions.map(flat)
  const [first, last] = [points[0], points.at(-1)]
  const isClosed = first?.[0] === last?.[0] && first?.[1] === last?.[1]
  return isClosed ? points.slice(0, -1) : points
}

function countVertices(geometry: RegionGeometry): number {
  switch (geometry.kind) {
    case 'rectangle':
      return 2
    case 'polygon':
      return geometry.parts.flat().reduce((sum, vertices) => sum + vertices.length, 0)
    case 'line':
    case 'point':
      return geometry.points.length
  }
}
