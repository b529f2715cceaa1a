import { z } from 'zod'
import { actingReader as reader, done, filePath, id, isoTime } from './atoms.ts'
import { call } from './call.ts'

/** Of one region, all rings and points together. */
export const mostRegionVertices = 10_000
/** Of one GeoJSON file. */
export const mostFileVertices = 200_000
export const mostFileFeatures = 10_000
/** Characters of a GeoJSON file: a page sends it in one frame, where quotes and line ends take two. */
export const mostFileCharacters = 3 * 1024 * 1024

const regionName = z.string().trim().min(1).max(200)
const regionComment = z.string().trim().min(1).max(2000)

/**
 * A place in the image: x to the right and y down, in pixels of the full-resolution image; (0, 0) is the outer
 * corner of the first pixel, (widthPx, heightPx) that of the last. Fractions are kept.
 */
const point = z.tuple([z.number(), z.number()])
/** A closed outline; the last vertex is joined to the first one and does not repeat it. */
const ring = z.array(point).min(3).max(mostRegionVertices)

/** Where a region lies. */
export const regionGeometrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rectangle'),
    left: z.number(),
    top: z.number(),
    right: z.number(),
    bottom: z.number(),
  }),
  /** One part or several; of each part the outline, then its holes. */
  z.strictObject({
    kind: z.literal('polygon'),
    parts: z.array(z.array(ring).min(1).max(mostRegionVertices)).min(1).max(mostRegionVertices),
  }),
  /** One place or several that are one thing together. */
  z.strictObject({ kind: z.literal('point'), points: z.array(point).min(1).max(mostRegionVertices) }),
  /** A way from point to point, such as a measured length: it has a length and no area. */
  z.strictObject({ kind: z.literal('line'), points: z.array(point).min(2).max(mostRegionVertices) }),
])
export type RegionGeometry = z.infer<typeof regionGeometrySchema>
export type RegionPoint = z.infer<typeof point>

export const regionViewSchema = z.object({
  id,
  /** The same in every file that it is written to (QuPath's id of an object). */
  uuid: z.uuid(),
  imageId: id,
  geometry: regionGeometrySchema,
  className: z.string().nullable(),
  name: z.string().nullable(),
  comment: z.string().nullable(),
  /** Who drew or imported it. */
  drawnBy: z.string(),
  /** Who gave the newest entry, and when. */
  reader: z.string(),
  at: isoTime,
  /** null: a line or points, which enclose nothing. */
  extent: z
    .object({
      /** Without the holes, pixels. */
      areaPx: z.number(),
      /** Of all outlines, holes included, pixels. */
      perimeterPx: z.number(),
      /** um2 and um; null where the pixel size is unknown. */
      areaUm2: z.number().nullable(),
      perimeterUm: z.number().nullable(),
    })
    .nullable(),
  /** Of a line, from its first point to its last; null: it is none. */
  length: z
    .object({
      /** Pixels. */
      px: z.number(),
      /** um; null where the pixel size is unknown. */
      um: z.number().nullable(),
    })
    .nullable(),
})
export type RegionView = z.infer<typeof regionViewSchema>

/** What one call did to regions of an image; regions are only ever added to. */
export const regionChangeViewSchema = z.object({
  id,
  imageId: id,
  reader: z.string(),
  at: isoTime,
  /** The change that this one takes back. */
  undoes: id.nullable(),
  entries: z.array(
    z.object({
      regionId: id,
      uuid: z.uuid(),
      /** null: it was deleted, or taken back to where it did not exist. */
      geometry: regionGeometrySchema.nullable(),
      className: z.string().nullable(),
      name: z.string().nullable(),
      comment: z.string().nullable(),
    }),
  ),
})
export type RegionChangeView = z.infer<typeof regionChangeViewSchema>

/** What an import of GeoJSON found. */
export const regionImportReportSchema = z.object({
  added: z.int(),
  /** Regions of this image that the file knows in another state; they follow it. */
  changed: z.int(),
  /** Regions of this image that the file repeats. */
  known: z.int(),
  /** Classes of the file that the scheme does not hold; their regions came without a class. */
  unknownClasses: z.array(z.object({ name: z.string(), features: z.int() })),
  /** Features that were not taken; `feature` counts from 1. */
  refused: z.array(z.object({ feature: z.int(), name: z.string().nullable(), reason: z.string() })),
})
export type RegionImportReport = z.infer<typeof regionImportReportSchema>

const fields = {
  className: z.string().min(1).max(60).nullable(),
  name: regionName.nullable(),
  comment: regionComment.nullable(),
}

/** Regions of an image: rectangles, polygons, lines and points with a class, a name and a comment. */
export const regionCalls = {
  /** As they stand, in the order in which they were drawn. */
  'region.list': call({
    input: z.strictObject({ imageId: id, reader }),
    output: z.array(regionViewSchema),
    audit: 'reads',
    blinded: 'open',
  }),
  /** Every change, oldest first. */
  'region.history': call({
    input: z.strictObject({ imageId: id, reader }),
    output: z.array(regionChangeViewSchema),
    audit: 'reads',
    blinded: 'open',
  }),
  'region.add': call({
    input: z.strictObject({
      imageId: id,
      geometry: regionGeometrySchema,
      className: fields.className.default(null),
      name: fields.name.default(null),
      comment: fields.comment.default(null),
      reader,
    }),
    output: regionViewSchema,
    audit: ['region'],
    blinded: 'open',
  }),
  /** What is left out stays. */
  'region.change': call({
    input: z.strictObject({
      regionId: id,
      geometry: regionGeometrySchema.optional(),
      className: fields.className.optional(),
      name: fields.name.optional(),
      comment: fields.comment.optional(),
      reader,
    }),
    output: regionViewSchema,
    audit: ['region'],
    blinded: 'open',
  }),
  'region.delete': call({
    input: z.strictObject({ regionId: id, reader }),
    output: done,
    audit: ['region'],
    blinded: 'open',
  }),
  /** Takes the reader's newest change of an image back by a new one that says what stood before. */
  'region.undo': call({
    input: z.strictObject({ imageId: id, reader }),
    output: z.object({
      /** What was taken back, and of how many regions. */
      kind: z.enum(['add', 'change', 'delete', 'several']),
      regions: z.int(),
    }),
    audit: ['region'],
    blinded: 'open',
  }),
  /** GeoJSON as QuPath reads and writes it (docs/regions.md). */
  'region.export': call({
    input: z.strictObject({
      imageId: id,
      /** Where to write; null: answers the text instead. */
      path: filePath.nullable(),
      /** Whether a file that is there already is written over. */
      replace: z.boolean().default(false),
      reader,
    }),
    output: z.object({ regions: z.int(), path: z.string().nullable(), text: z.string().nullable() }),
    audit: ['export'],
    blinded: 'open',
  }),
  'region.import': call({
    input: z.strictObject({
      imageId: id,
      source: z.union([
        z.strictObject({ path: filePath }),
        z.strictObject({ text: z.string().max(mostFileCharacters) }),
      ]),
      /** Of classes that the scheme does not hold: the region comes without a class, or nothing is taken. */
      unknownClasses: z.enum(['drop', 'refuse']).default('drop'),
      reader,
    }),
    output: regionImportReportSchema,
    audit: ['region'],
    blinded: 'open',
  }),
}
