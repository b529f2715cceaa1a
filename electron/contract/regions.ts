import { z } from 'zod'
import { actingReader as reader, done, filePath, id, isoTime, replace } from './atoms.ts'
import { call } from './call.ts'
import { tableEncodings } from './table-encodings.ts'

/** Maximum for one region, all rings and points together. */
export const maxRegionVertices = 10_000
/** Maximum for one region, parts and holes together. */
export const maxRegionOutlines = 500
/** Maximum for one GeoJSON file. */
export const maxFileVertices = 100_000
export const maxFileFeatures = 5000
/** Maximum length of a GeoJSON text: a page sends it in one frame, where quotes and line ends take two characters. */
export const maxFileCharacters = 3 * 1024 * 1024

const regionName = z.string().trim().min(1).max(200)
const regionComment = z.string().trim().min(1).max(2000)

/**
 * A position in the image: x to the right and y down, in pixels of the full-resolution image; (0, 0) is the outer
 * corner of the first pixel, (widthPx, heightPx) that of the last. Fractions of pixels are kept.
 */
const point = z.tuple([z.number(), z.number()])
/** A closed outline; the last vertex is joined to the first one and does not repeat it. */
const ring = z.array(point).min(3).max(maxRegionVertices)

/** Shape and position of a region. */
export const regionGeometrySchema = z.discriminatedUnion('kind', [
  z.strictObject({
    kind: z.literal('rectangle'),
    left: z.number(),
    top: z.number(),
    right: z.number(),
    bottom: z.number(),
  }),
  /** One or more parts; each part is its outline, then its holes. */
  z.strictObject({
    kind: z.literal('polygon'),
    parts: z.array(z.array(ring).min(1).max(maxRegionVertices)).min(1).max(maxRegionVertices),
  }),
  /** One or more positions that are one region together. */
  z.strictObject({ kind: z.literal('point'), points: z.array(point).min(1).max(maxRegionVertices) }),
  /** A path from point to point, such as a measured length: it has a length and no area. */
  z.strictObject({ kind: z.literal('line'), points: z.array(point).min(2).max(maxRegionVertices) }),
])
export type RegionGeometry = z.infer<typeof regionGeometrySchema>
export type RegionPoint = z.infer<typeof point>

export const regionViewSchema = z.object({
  id,
  /** The same in every file (QuPath's object id). */
  uuid: z.uuid(),
  imageId: id,
  geometry: regionGeometrySchema,
  className: z.string().nullable(),
  name: z.string().nullable(),
  comment: z.string().nullable(),
  /** The reader who drew or imported it. */
  drawnBy: z.string(),
  /** The reader of the newest change, and its time. */
  reader: z.string(),
  at: isoTime,
  /** null: a line or points, which enclose no area. */
  extent: z
    .object({
      /** Without the holes, square pixels. */
      areaPx: z.number(),
      /** Of all outlines, holes included, pixels. */
      perimeterPx: z.number(),
      /** um2 and um; null if the pixel size is unknown. */
      areaUm2: z.number().nullable(),
      perimeterUm: z.number().nullable(),
    })
    .nullable(),
  /** Of a line, from its first point to its last; null: not a line. */
  length: z
    .object({
      /** Pixels. */
      px: z.number(),
      /** um; null if the pixel size is unknown. */
      um: z.number().nullable(),
    })
    .nullable(),
})
export type RegionView = z.infer<typeof regionViewSchema>

/** One change to regions of an image. Changes are append-only. */
export const regionChangeViewSchema = z.object({
  id,
  imageId: id,
  reader: z.string(),
  at: isoTime,
  /** The change that this one undoes. */
  undoes: id.nullable(),
  entries: z.array(
    z.object({
      regionId: id,
      uuid: z.uuid(),
      /** null: it was deleted, or its creation was undone. */
      geometry: regionGeometrySchema.nullable(),
      className: z.string().nullable(),
      name: z.string().nullable(),
      comment: z.string().nullable(),
    }),
  ),
})
export type RegionChangeView = z.infer<typeof regionChangeViewSchema>

/** Result of an import of GeoJSON. */
export const regionImportReportSchema = z.object({
  added: z.int(),
  /** Regions of this image that differ in the file; they were changed to match it. */
  changed: z.int(),
  /** Regions of this image that are the same in the file. */
  known: z.int(),
  /** Classes of the file that the scheme does not have; their regions were imported without a class. */
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
  /** The current regions, in the order in which they were drawn. */
  'region.list': call({
    input: z.strictObject({ imageId: id, reader }),
    output: z.array(regionViewSchema),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
  }),
  /** Every change, oldest first. */
  'region.history': call({
    input: z.strictObject({ imageId: id, reader }),
    output: z.array(regionChangeViewSchema),
    audit: 'reads',
    blinded: 'open',
    role: 'read-only',
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
    role: 'technician',
  }),
  /** Fields that are left out stay unchanged. */
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
    role: 'technician',
  }),
  'region.delete': call({
    input: z.strictObject({ regionId: id, reader }),
    output: done,
    audit: ['region'],
    blinded: 'open',
    role: 'technician',
  }),
  /** Undoes the reader's newest change of an image by a new change with the previous state; see `label.undo`. */
  'region.undo': call({
    input: z.strictObject({ imageId: id, reader }),
    output: z.object({
      /** Kind of the change that was undone, and number of its regions. */
      kind: z.enum(['add', 'change', 'delete', 'several']),
      regions: z.int(),
    }),
    audit: ['region'],
    blinded: 'open',
    role: 'technician',
  }),
  /** GeoJSON as QuPath reads and writes it (docs/regions.md). */
  'region.export': call({
    input: z.strictObject({
      imageId: id,
      /** File to write; null: returns the text instead. */
      path: filePath.nullable(),
      replace,
      reader,
    }),
    output: z.object({ regions: z.int(), path: z.string().nullable(), text: z.string().nullable() }),
    audit: ['export'],
    blinded: 'open',
    role: 'technician',
  }),
  'region.import': call({
    input: z.strictObject({
      imageId: id,
      source: z.union([
        /** `encoding`: how the file is written; absent: UTF-8. */
        z.strictObject({ path: filePath, encoding: z.enum(tableEncodings).optional() }),
        z.strictObject({ text: z.string().max(maxFileCharacters) }),
      ]),
      /** For classes that the scheme does not have: import the region without a class, or refuse the file. */
      unknownClasses: z.enum(['drop', 'refuse']).default('drop'),
      reader,
    }),
    output: regionImportReportSchema,
    audit: ['region'],
    blinded: 'open',
    role: 'technician',
  }),
}
